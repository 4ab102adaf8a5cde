//! Answers that put tokens into cookies, and that take them away.

use super::jar::Cookie;
use crate::auth::JwtAuth;
use crate::error::{AuthError, IssueFault};
use crate::http::views::private;
use crate::secret::Secret;
use crate::settings::{LONGEST_IN_COOKIE, Settings};
use crate::tokens::issuer::{largest, not_issued};
use crate::tokens::{DeviceKeys, TokenClass, TokenPair};
use ::http::header::{CACHE_CONTROL, HeaderValue, SET_COOKIE, VARY};
use axum::response::Response;
use serde::Serialize;
use serde_json::{Map, Value};
use std::time::Duration;

/// Where the tokens of an answer go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// Into the body: to a client that keeps them itself.
    Body,
    /// Into cookies, where no script can read them: to a browser.
    Cookies,
    /// Into both: to a client that logs in and is no browser.
    BodyAndCookies,
}

/// An answer with new tokens; with cookies it has the CSRF token of their session, too.
///
/// `refresh` is left out where the one that the client has stays good. The body is the application's, so tokens in it are found by what
/// they are.
pub(crate) fn hand_out<U: Send + Sync + 'static>(
    auth: &JwtAuth<U>,
    delivery: Delivery,
    (access, refresh): (&Secret, Option<&Secret>),
    body: &impl Serialize,
) -> Result<Response, AuthError> {
    if delivery == Delivery::Body {
        return Ok(private(body));
    }
    let settings = auth.settings();
    let token = auth.read_token(access.expose(), TokenClass::Access)?;
    let (keys, sid) = (auth.parts().csrf_keys.as_ref(), token.session_id());
    let (keys, sid) = keys.zip(sid).ok_or(AuthError::Misconfigured("cookies need sessions"))?;
    let longest = [Some(access), refresh].into_iter().flatten().map(|token| token.expose().len()).max().unwrap_or(0);
    if longest > LONGEST_IN_COOKIE && delivery == Delivery::BodyAndCookies {
        return Ok(private(body));
    }
    if longest > LONGEST_IN_COOKIE {
        // Browsers drop it without a word, and then nobody is logged in.
        let user = token.user_id().unwrap_or_default().to_owned();
        let (bytes, most, largest) = (longest, LONGEST_IN_COOKIE, largest(&token.claims()));
        return Err(not_issued(user, IssueFault::TooLongForCookie { bytes, most, largest }));
    }
    let csrf = keys.token(sid)?;
    let mut body = serde_json::to_value(body).map_err(|_| AuthError::Misconfigured("an answer that is no JSON"))?;
    if delivery == Delivery::Cookies {
        remove(&mut body, &[access.expose(), refresh.map_or(access.expose(), Secret::expose)]);
    }
    if let Value::Object(members) = &mut body {
        members.insert("csrf_token".to_owned(), csrf.expose().into());
    }
    let mut answer = private(&body);
    let lives = [
        (Cookie::Access, Some(access), settings.access_token_lifetime),
        (Cookie::Refresh, refresh, settings.refresh_token_lifetime),
        (Cookie::Csrf, Some(&csrf), settings.refresh_token_lifetime),
    ];
    for (cookie, value, life) in lives {
        if let Some(value) = value {
            set(&mut answer, cookie, value.expose(), life, settings)?;
        }
    }
    Ok(answer)
}

/// The same at a login: the browser is known as a device of the user from now on, whatever becomes of the session.
pub(crate) fn hand_out_at_login<U: Send + Sync + 'static>(
    auth: &JwtAuth<U>,
    delivery: Delivery,
    pair: &TokenPair,
    user_id: &str,
    body: &impl Serialize,
) -> Result<Response, AuthError> {
    let mut answer = hand_out(auth, delivery, (&pair.access, Some(&pair.refresh)), body)?;
    let sets_cookies = answer.headers().contains_key(SET_COOKIE);
    if let Some(keys) = auth.parts().device_keys.as_ref().filter(|_| sets_cookies) {
        let device = keys.cookie(user_id, auth.now())?;
        set(&mut answer, Cookie::Device, device.expose(), DeviceKeys::LIFE, auth.settings())?;
    }
    Ok(answer)
}

/// Has the answer take the cookies away: a logout.
pub(crate) fn take_away(answer: &mut Response, settings: &Settings) -> Result<(), AuthError> {
    let cookies = Cookie::OF_A_SESSION.into_iter().filter(|_| settings.cookies);
    cookies.into_iter().try_for_each(|cookie| set(answer, cookie, "", Duration::ZERO, settings))
}

fn set(
    answer: &mut Response,
    cookie: Cookie,
    value: &str,
    life: Duration,
    settings: &Settings,
) -> Result<(), AuthError> {
    let header = cookie.set(value, life, settings);
    let header = header.map_err(|_| AuthError::Misconfigured("a token that cannot stand in a header"))?;
    answer.headers_mut().append(SET_COOKIE, header);
    // Caches on the way have given one user's cookies to another.
    answer.headers_mut().insert(VARY, HeaderValue::from_static("Cookie"));
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(())
}

/// Without the members and items that hold one of these texts.
fn remove(value: &mut Value, texts: &[&str]) {
    let holds = |text: &str| texts.iter().any(|one| text.contains(one));
    let is_one = |value: &Value| value.as_str().is_some_and(holds);
    match value {
        Value::Object(members) => {
            members.retain(|name, value| !holds(name) && !is_one(value));
            members.values_mut().for_each(|value| remove(value, texts));
        }
        Value::Array(items) => {
            items.retain(|item| !is_one(item));
            items.iter_mut().for_each(|item| remove(item, texts));
        }
        Value::String(text) if holds(text) => *value = Value::Object(Map::new()),
        _ => {}
    }
}
