//! The token views.

use super::state::AuthState;
use ::http::StatusCode;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};

/// Stub.
#[cfg(feature = "password")]
pub async fn token_obtain_pair<S: AuthState>(State(_): State<S>, _: Request) -> Response
where
    S::User: crate::user::User,
{
    StatusCode::NOT_IMPLEMENTED.into_response()
}

/// Stub.
pub async fn token_refresh<S: AuthState>(State(_): State<S>, _: Request) -> Response {
    StatusCode::NOT_IMPLEMENTED.into_response()
}

/// Stub.
pub async fn token_verify<S: AuthState>(State(_): State<S>, _: Request) -> Response {
    StatusCode::NOT_IMPLEMENTED.into_response()
}

/// Stub.
pub async fn token_blacklist<S: AuthState>(State(_): State<S>, _: Request) -> Response {
    StatusCode::NOT_IMPLEMENTED.into_response()
}
