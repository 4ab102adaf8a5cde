//! The refresh token of a token view: from the body, or else from its cookie.

use super::answer::Delivery;
use super::forgery;
use super::jar::{Cookie, CookieText};
use super::origin::is_of_browser;
use crate::auth::JwtAuth;
use crate::error::AuthError;
use crate::flows::{Client, Deed, LOGOUT};
use crate::http::body::Fields;
use crate::http::denial::tell_denial;
use crate::http::rejection::Rejection;
use crate::http::state::AuthState;
use crate::settings::Settings;
use ::http::HeaderMap;
use ::http::header::SET_COOKIE;
use ::http::request::Parts;

/// Whether a request brings an access token in its cookie, good or bad.
pub(crate) fn has_access_token(headers: &HeaderMap, settings: &Settings) -> bool {
    settings.cookies && Cookie::Access.read(headers, settings) != CookieText::Absent
}

/// What a request shows as the cookie of a known device.
pub(crate) fn device<'a>(headers: &'a HeaderMap, settings: &Settings) -> Option<&'a str> {
    match Cookie::Device.read(headers, settings) {
        CookieText::One(text) if settings.cookies => Some(text),
        _ => None,
    }
}

/// The refresh token that the cookies of this answer overwrite.
pub(crate) fn replaced<'a>(headers: &'a HeaderMap, answer: &HeaderMap, settings: &Settings) -> Option<&'a str> {
    match Cookie::Refresh.read(headers, settings) {
        CookieText::One(text) if answer.contains_key(SET_COOKIE) => Some(text),
        _ => None,
    }
}

/// Ends the session of a browser; `false` when it was over already.
pub(crate) async fn leave<U: Send + Sync + 'static>(
    auth: &JwtAuth<U>,
    refresh: &str,
    client: &Client,
) -> Result<bool, AuthError> {
    match auth.take_back(refresh, Deed::new(LOGOUT, client)).await {
        Ok(()) => Ok(true),
        Err(AuthError::InvalidToken(_) | AuthError::SessionEnded(_) | AuthError::NoUserInToken) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Puts the refresh token of the cookie where the body has none. What came in a cookie is answered in cookies.
pub(crate) fn lend(fields: &mut Fields, headers: &HeaderMap, settings: &Settings) -> Delivery {
    if !settings.cookies || fields.has(REFRESH) {
        return Delivery::Body;
    }
    match Cookie::Refresh.read(headers, settings) {
        CookieText::Absent => return Delivery::Body,
        CookieText::One(text) if !text.trim().is_empty() => fields.put(REFRESH, text),
        // No token, and refused as one.
        CookieText::One(_) | CookieText::Unreadable => fields.put(REFRESH, "."),
    }
    Delivery::Cookies
}

/// Whether a page of ours has sent this refresh token, if it came in a cookie. One that is not authentic is for the flow to refuse.
pub(crate) fn check_presented<S: AuthState>(
    parts: &mut Parts,
    state: &S,
    delivery: Delivery,
    refresh: &str,
) -> Result<(), Rejection> {
    let auth = state.jwt_auth();
    if delivery != Delivery::Cookies {
        return Ok(());
    }
    let outcome = match auth.authentic_refresh(refresh) {
        Some(token) => forgery::check(parts, auth.settings(), auth.parts().csrf_keys.as_ref(), token.session_id()),
        None => forgery::check_origin(parts, auth.settings()),
    };
    outcome.map_err(|failure| {
        let rejection = Rejection::new(AuthError::CsrfFailed(failure), auth.settings());
        tell_denial(parts, state, &rejection);
        rejection
    })
}

/// Whether a login, or a logout without a token, was sent by a page of ours or by no page at all; and how a login is answered.
pub(crate) fn check_login(parts: &Parts, settings: &Settings) -> Result<Delivery, AuthError> {
    if !settings.cookies {
        return Ok(Delivery::Body);
    }
    match forgery::check_origin(parts, settings) {
        // A page cannot pass for something else: browsers say `Origin` with every `POST` of one.
        Ok(()) if is_of_browser(&parts.headers) => Ok(Delivery::Cookies),
        Ok(()) => Ok(Delivery::BodyAndCookies),
        Err(failure) => Err(AuthError::CsrfFailed(failure)),
    }
}

const REFRESH: &str = "refresh";
