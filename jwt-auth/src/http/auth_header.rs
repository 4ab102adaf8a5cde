//! The header that carries scheme and token, and the forms it may have.

use super::credentials::not_valid;
use crate::error::{AuthError, TokenError};
use crate::settings::Settings;
use ::http::header::{AUTHORIZATION, GetAll};
use ::http::{HeaderMap, HeaderValue};
use std::borrow::Cow;

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

/// The raw token of the authorization header.
pub(super) fn find_token<'a>(headers: &'a HeaderMap, settings: &Settings) -> Result<Option<Cow<'a, str>>, AuthError> {
    let mut values = auth_header(headers, settings).into_iter().map(HeaderValue::as_bytes);
    let Some(first) = values.next() else { return Ok(None) };
    let rest: Vec<&[u8]> = values.collect();
    if rest.is_empty() {
        return token_in(first, settings).map(|token| token.map(Cow::Borrowed));
    }
    if settings.profile.rules().one_header {
        // Which of two a proxy in front has looked at cannot be known.
        return Err(AuthError::BadAuthorizationHeader);
    }
    // As WSGI servers hand them on (RFC 9110 5.3); a comma is in no token and in no scheme.
    let joined = rest.into_iter().fold(first.to_vec(), |joined, value| [&joined, value].join(&b','));
    token_in(&joined, settings).map(|token| token.map(|token| Cow::Owned(token.to_owned())))
}

/// What stands behind the scheme, where there is one header and it is written as nearly everybody does: the first scheme as it is asked for,
/// and one blank.
pub(super) fn behind_scheme<'a>(headers: &'a HeaderMap, settings: &Settings) -> Option<(&'a HeaderValue, &'a [u8])> {
    let mut values = auth_header(headers, settings).into_iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    let rest = value.as_bytes().strip_prefix(settings.auth_header_types.first()?.as_bytes())?.strip_prefix(b" ")?;
    Some((value, rest))
}

/// The token of a header's value, as DRF splits it: scheme and token between runs of white space. Another scheme is no
/// credential of ours.
fn token_in<'a>(value: &'a [u8], settings: &Settings) -> Result<Option<&'a str>, AuthError> {
    let (scheme, rest) = split_word(value);
    let any_case = settings.profile.rules().any_case_scheme;
    let is_ours = |known: &str| {
        if any_case { known.as_bytes().eq_ignore_ascii_case(scheme) } else { known.as_bytes() == scheme }
    };
    if !settings.auth_header_types.iter().any(|known| is_ours(known)) {
        return Ok(None);
    }
    let (token, rest) = split_word(rest);
    if token.is_empty() || !rest.trim_ascii().is_empty() {
        return Err(AuthError::BadAuthorizationHeader);
    }
    std::str::from_utf8(token).map(Some).map_err(|_| not_valid(settings, TokenError::Malformed))
}

/// The first word, and what stands behind it. The only white space in a header's value are blanks and tabs (RFC 9110 5.5).
fn split_word(text: &[u8]) -> (&[u8], &[u8]) {
    let text = text.trim_ascii_start();
    text.split_at(memchr::memchr2(b' ', b'\t', text).unwrap_or(text.len()))
}
