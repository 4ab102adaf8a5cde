//! Whether a request that carries cookies was meant: cross-site request forgery (OWASP).

use super::origin::{Provenance, provenance};
use crate::error::{CsrfFailure, CsrfReason};
use crate::settings::Settings;
use crate::tokens::CsrfKeys;
use ::http::Method;
use ::http::header::{HeaderName, UPGRADE};
use ::http::request::Parts;

/// Checks a request whose token came in a cookie; `sid` is what that token says of its session.
///
/// Reading is free. What may change something has to come from a page of ours and repeat that session's CSRF token. A handshake, of a
/// WebSocket say, is no reading whatever its method: browsers let every page open one. No page can put a header on it, so where it comes
/// from has to be known.
pub(crate) fn check(
    parts: &Parts,
    settings: &Settings,
    keys: Option<&CsrfKeys>,
    sid: Option<&str>,
) -> Result<(), CsrfFailure> {
    let is_reading = [Method::GET, Method::HEAD, Method::OPTIONS, Method::TRACE].contains(&parts.method);
    let is_handshake = parts.method == Method::CONNECT || is_reading && parts.headers.contains_key(UPGRADE);
    if is_reading && !is_handshake {
        return Ok(());
    }
    let provenance = provenance(parts, settings);
    match (provenance, is_handshake) {
        (Provenance::Strange, _) | (Provenance::Unsaid, true) => return Err(CsrfReason::CrossSite.into()),
        (Provenance::Known, true) => return Ok(()),
        (Provenance::Known | Provenance::Unsaid, false) => {}
    }
    let Err(reason) = check_token(parts, keys, sid) else { return Ok(()) };
    // A page of ours that has lost its token, or has one of before a changed key, goes on with this one. Another page cannot read it.
    let another = (provenance == Provenance::Known).then(|| keys?.token(sid?).ok()).flatten();
    Err(CsrfFailure { reason, token: another })
}

/// Checks what carries no token of ours: a login, say, as a page that logs its visitor in as somebody else learns what they do then.
pub(super) fn check_origin(parts: &Parts, settings: &Settings) -> Result<(), CsrfFailure> {
    match provenance(parts, settings) {
        Provenance::Strange => Err(CsrfReason::CrossSite.into()),
        Provenance::Known | Provenance::Unsaid => Ok(()),
    }
}

fn check_token(parts: &Parts, keys: Option<&CsrfKeys>, sid: Option<&str>) -> Result<(), CsrfReason> {
    let mut values = parts.headers.get_all(X_CSRF_TOKEN).into_iter();
    let given = values.next().ok_or(CsrfReason::MissingHeader)?.as_bytes();
    if values.next().is_some() || !CsrfKeys::is_token(given) {
        return Err(CsrfReason::BadToken);
    }
    match (keys, sid) {
        (Some(keys), Some(sid)) if keys.fits(given, sid) => Ok(()),
        _ => Err(CsrfReason::WrongSession),
    }
}

const X_CSRF_TOKEN: HeaderName = HeaderName::from_static("x-csrf-token");
