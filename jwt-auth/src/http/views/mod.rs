//! The token views, what they take and answer, and the traits by which an application puts its own in their place.
//!
//! A view of your own is a type that implements [`ObtainView`] or [`RefreshView`], named in the attribute,
//! `#[token_routes("/api/token", obtain = MyView)]`, or in the builder it writes, `TokenRoutes::at("/api/token").obtain::<MyView>()`.
//! The guide *Token routes* shows a login by e-mail address, password and one-time code.

pub(crate) mod bodies;
mod credentials;
mod discovery;
mod jwks;
mod obtain_response;
mod obtain_view;
#[cfg(feature = "openapi")]
pub(crate) mod operations;
mod refresh_view;
mod sessions;
mod ticket;
mod token;
mod view_request;

#[cfg(feature = "django")]
pub use crate::django::sliding::{TokenRefreshSlidingRequest, TokenSlidingResponse};
#[cfg(feature = "password")]
pub use bodies::TokenReauthenticateRequest;
pub use bodies::{
    SessionResponse, TicketResponse, TokenBlacklistRequest, TokenObtainPairRequest, TokenObtainPairResponse,
    TokenRefreshRequest, TokenRefreshResponse, TokenVerifyRequest,
};
pub use credentials::Credentials;
pub use obtain_response::ObtainResponse;
pub use obtain_view::ObtainView;
#[cfg(feature = "password")]
pub use obtain_view::TokenObtainPairView;
pub use refresh_view::{RefreshView, TokenRefreshView};
pub use view_request::ViewRequest;

pub(crate) use discovery::{DISCOVERY_PATHS, discovery};
pub(crate) use jwks::jwks;
pub(crate) use obtain_view::token_obtain;
pub(crate) use refresh_view::token_refresh;
pub(crate) use sessions::{end_all_sessions, end_other_sessions, end_session, list_sessions};
pub(crate) use ticket::token_ticket;
#[cfg(feature = "password")]
pub(crate) use token::token_reauthenticate;
pub(crate) use token::{token_blacklist, token_verify};

use super::body::{Fields, InvalidBody};
use super::cookies::{self, Delivery};
use super::rejection::{Rejection, json};
use super::state::AuthState;
use crate::auth::JwtAuth;
use crate::error::AuthError;
use crate::secret::Secret;
use crate::settings::Settings;
use crate::tokens::TokenPair;
use ::http::header::{CACHE_CONTROL, HeaderValue};
use ::http::request::Parts;
use ::http::{HeaderMap, StatusCode};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// An answer that holds tokens, or whatever else is this caller's alone.
pub(crate) fn private(body: &impl Serialize) -> Response {
    let mut response = json(StatusCode::OK, body);
    // RFC 6749 5.1: answers with tokens are not kept by anybody on the way.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What a view takes with a refresh token, which may be in its cookie and then has to come from a page of ours; and how it is answered.
async fn presented<S: AuthState, T>(
    parts: &mut Parts,
    body: Body,
    state: &S,
    read: fn(Fields) -> Result<T, InvalidBody>,
    refresh: fn(&T) -> &Secret,
) -> Result<(T, Delivery), Response> {
    let settings = state.jwt_auth().settings();
    let mut fields = Fields::read(parts, body, settings).await.map_err(IntoResponse::into_response)?;
    let delivery = cookies::lend(&mut fields, &parts.headers, settings);
    let taken = read(fields).map_err(IntoResponse::into_response)?;
    let checked = cookies::check_presented(parts, state, delivery, refresh(&taken).expose());
    checked.map_err(IntoResponse::into_response)?;
    Ok((taken, delivery))
}

/// The answer with headers of the application's own beside ours.
fn add_headers(mut answer: Response, write: impl FnOnce(&mut HeaderMap)) -> Response {
    let mut own = HeaderMap::new();
    write(&mut own);
    // What holds tokens is kept by nobody, whatever else is said.
    own.remove(CACHE_CONTROL);
    let mut last = None;
    for (name, value) in own {
        last = name.or(last);
        if let Some(name) = &last {
            answer.headers_mut().append(name, value);
        }
    }
    answer
}

/// The next pair of a session, as the refresh view answers it.
fn hand_out_pair<U: Send + Sync + 'static>(auth: &JwtAuth<U>, delivery: Delivery, pair: TokenPair) -> Response {
    let body = TokenRefreshResponse::from(pair);
    let answer = cookies::hand_out(auth, delivery, (&body.access, body.refresh.as_ref()), &body);
    answer.unwrap_or_else(|error| refuse(error, auth.settings()))
}

/// A logout, which takes the cookies away where there may be any.
fn logged_out(settings: &Settings) -> Response {
    let mut answer = done(Ok(()), settings);
    match cookies::take_away(&mut answer, settings) {
        Ok(()) => answer,
        Err(error) => refuse(error, settings),
    }
}

fn done(outcome: Result<(), AuthError>, settings: &Settings) -> Response {
    match outcome {
        Ok(()) => json(StatusCode::OK, &serde_json::json!({})),
        Err(error) => refuse(error, settings),
    }
}

pub(crate) fn refuse(error: AuthError, settings: &Settings) -> Response {
    Rejection::new(error, settings).into_response()
}
