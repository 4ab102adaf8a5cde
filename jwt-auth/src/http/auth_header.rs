//! The header that carries scheme and token.

use crate::settings::Settings;
use ::http::header::{AUTHORIZATION, GetAll};
use ::http::{HeaderMap, HeaderValue};

/// Its values in a request.
pub(super) fn auth_header<'h>(headers: &'h HeaderMap, settings: &Settings) -> GetAll<'h, HeaderValue> {
    let name = settings.auth_header_name.as_str();
    // The default one by a constant: http parses and lower-cases a name that is a text, at each look.
    if name == "Authorization" { headers.get_all(AUTHORIZATION) } else { headers.get_all(name) }
}

/// Whether there is one, whatever it says.
pub(super) fn has_auth_header(headers: &HeaderMap, settings: &Settings) -> bool {
    auth_header(headers, settings).iter().next().is_some()
}
