//! In place of the cookies, where the feature `cookies` is off: then `cookies` is off as well, else nothing starts.

use super::body::Fields;
use super::rejection::Rejection;
use super::state::AuthState;
use super::views::private;
use crate::auth::JwtAuth;
use crate::error::{AuthError, CsrfFailure};
use crate::flows::Client;
use crate::secret::Secret;
use crate::settings::Settings;
use crate::tokens::{CsrfKeys, TokenPair};
use ::http::HeaderMap;
use ::http::request::Parts;
use axum::response::Response;
use serde::Serialize;

pub(super) enum Cookie {
    Access,
}

#[allow(dead_code, reason = "said by the cookies that are not here")]
pub(super) enum CookieText<'a> {
    Absent,
    One(&'a str),
    Unreadable,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivery {
    Body,
}

impl Cookie {
    pub(super) fn read<'a>(self, _: &'a HeaderMap, _: &Settings) -> CookieText<'a> {
        CookieText::Absent
    }
}

pub(super) fn check(_: &Parts, _: &Settings, _: Option<&CsrfKeys>, _: Option<&str>) -> Result<(), CsrfFailure> {
    Ok(())
}

pub(super) fn check_login(_: &Parts, _: &Settings) -> Result<Delivery, AuthError> {
    Ok(Delivery::Body)
}

pub(super) fn check_presented<S: AuthState>(_: &mut Parts, _: &S, _: Delivery, _: &str) -> Result<(), Rejection> {
    Ok(())
}

pub(super) fn has_access_token(_: &HeaderMap, _: &Settings) -> bool {
    false
}

pub(super) async fn leave<U>(_: &JwtAuth<U>, _: &str, _: &Client) -> Result<bool, AuthError> {
    Ok(false)
}

pub(super) fn lend(_: &mut Fields, _: &HeaderMap, _: &Settings) -> Delivery {
    Delivery::Body
}

pub(super) fn hand_out<U: Send + Sync + 'static>(
    _: &JwtAuth<U>,
    _: Delivery,
    _: (&Secret, Option<&Secret>),
    body: &impl Serialize,
) -> Result<Response, AuthError> {
    Ok(private(body))
}

pub(super) fn hand_out_at_login<U: Send + Sync + 'static>(
    _: &JwtAuth<U>,
    _: Delivery,
    _: &TokenPair,
    _: &str,
    body: &impl Serialize,
) -> Result<Response, AuthError> {
    Ok(private(body))
}

pub(super) fn device<'a>(_: &'a HeaderMap, _: &Settings) -> Option<&'a str> {
    None
}

pub(super) fn replaced<'a>(_: &'a HeaderMap, _: &HeaderMap, _: &Settings) -> Option<&'a str> {
    None
}

pub(super) fn take_away(_: &mut Response, _: &Settings) -> Result<(), AuthError> {
    Ok(())
}
