//! SimpleJWT's other views: body in, flow, JSON out.

use super::bodies::{TokenBlacklistRequest, TokenVerifyRequest};
use super::done;
#[cfg(feature = "password")]
use super::{
    bodies::{TokenReauthenticateRequest, TokenRefreshResponse},
    private, refuse,
};
use crate::http::body::Fields;
use crate::http::client::client_of;
use crate::http::state::AuthState;
#[cfg(feature = "password")]
use crate::http::state::UserState;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};

/// `TokenVerifyView`: `{"token"}` in, `{}` out.
pub(crate) async fn token_verify<S: AuthState>(state: S, request: Request) -> Response {
    let (auth, (parts, body)) = (state.jwt_auth(), request.into_parts());
    match Fields::read(&parts, body, auth.settings()).await.and_then(TokenVerifyRequest::read) {
        Ok(body) => {
            let client = client_of(&parts, &state);
            done(auth.verify_for(body.token.expose(), &client).await, auth.settings())
        }
        Err(invalid) => invalid.into_response(),
    }
}

/// `TokenBlacklistView`: `{"refresh"}` in, `{}` out, and its session is over.
pub(crate) async fn token_blacklist<S: AuthState>(state: S, request: Request) -> Response {
    let (auth, (parts, body)) = (state.jwt_auth(), request.into_parts());
    match Fields::read(&parts, body, auth.settings()).await.and_then(TokenBlacklistRequest::read) {
        Ok(body) => done(auth.log_out(body.refresh.expose(), client_of(&parts, &state)).await, auth.settings()),
        Err(invalid) => invalid.into_response(),
    }
}

/// Password of the user whom `{"refresh"}` names in, the next pair out, with a new `auth_time` (RFC 9470).
#[cfg(feature = "password")]
pub(crate) async fn token_reauthenticate<S: UserState>(state: S, request: Request) -> Response {
    let (auth, (parts, body)) = (state.jwt_auth(), request.into_parts());
    let body = Fields::read(&parts, body, auth.settings()).await.and_then(TokenReauthenticateRequest::read);
    let TokenReauthenticateRequest { refresh, password } = match body {
        Ok(body) => body,
        Err(invalid) => return invalid.into_response(),
    };
    let client = client_of(&parts, &state);
    match auth.reauthenticate(refresh.expose(), password, client.clone()).await {
        Ok(pair) => private(&TokenRefreshResponse::from(pair)),
        Err(error) => {
            auth.tell_failed_reauthentication(&error, refresh.expose(), client);
            refuse(error, auth.settings())
        }
    }
}
