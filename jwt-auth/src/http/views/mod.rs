//! The token views, what they take and answer, and the traits by which an application puts its own in their place.
//!
//! A view of your own is a type that implements [`ObtainView`] or [`RefreshView`], named in the attribute,
//! `#[token_routes("/api/token", obtain = MyView)]`, or in the builder it writes, `TokenRoutes::at("/api/token").obtain::<MyView>()`.
//! The guide *Token routes* shows a login by e-mail address, password and one-time code.

pub(crate) mod bodies;
mod credentials;
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

pub(crate) use jwks::jwks;
pub(crate) use obtain_view::token_obtain;
pub(crate) use refresh_view::token_refresh;
pub(crate) use sessions::{end_all_sessions, end_other_sessions, end_session, list_sessions};
pub(crate) use ticket::token_ticket;
#[cfg(feature = "password")]
pub(crate) use token::token_reauthenticate;
pub(crate) use token::{token_blacklist, token_verify};

use super::rejection::{Rejection, json};
use crate::error::AuthError;
use crate::settings::Settings;
use ::http::StatusCode;
use ::http::header::{CACHE_CONTROL, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// An answer that holds tokens, or whatever else is this caller's alone.
pub(crate) fn private(body: &impl Serialize) -> Response {
    let mut response = json(StatusCode::OK, body);
    // RFC 6749 5.1: answers with tokens are not kept by anybody on the way.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
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
