//! SimpleJWT's other views: body in, flow, JSON out.

use super::bodies::{TokenBlacklistRequest, TokenVerifyRequest};
use super::done;
use crate::http::serializer::Fields;
use crate::http::state::AuthState;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
#[cfg(feature = "django")]
use {
    super::bodies::{TokenObtainPairRequest, TokenRefreshSlidingRequest, TokenSlidingResponse},
    super::{private, refuse},
    crate::http::state::UserState,
};

/// `TokenVerifyView`: `{"token"}` in, `{}` out.
pub(crate) async fn token_verify<S: AuthState>(state: S, request: Request) -> Response {
    let (auth, (parts, body)) = (state.jwt_auth(), request.into_parts());
    match Fields::read(&parts, body, auth.settings()).await.and_then(TokenVerifyRequest::read) {
        Ok(body) => done(auth.verify(body.token.expose()).await, auth.settings()),
        Err(invalid) => invalid.into_response(),
    }
}

/// `TokenBlacklistView`: `{"refresh"}` in, `{}` out, and its session is over.
pub(crate) async fn token_blacklist<S: AuthState>(state: S, request: Request) -> Response {
    let (auth, (parts, body)) = (state.jwt_auth(), request.into_parts());
    match Fields::read(&parts, body, auth.settings()).await.and_then(TokenBlacklistRequest::read) {
        Ok(body) => done(auth.blacklist(body.refresh.expose()).await, auth.settings()),
        Err(invalid) => invalid.into_response(),
    }
}

/// `TokenObtainSlidingView`: name and password in, `{"token"}` out.
#[cfg(feature = "django")]
pub(crate) async fn token_obtain_sliding<S: UserState>(state: S, request: Request) -> Response {
    let (auth, (parts, body)) = (state.jwt_auth(), request.into_parts());
    let settings = auth.settings();
    let fields = Fields::read(&parts, body, settings).await;
    let TokenObtainPairRequest { username, password } =
        match fields.and_then(|fields| TokenObtainPairRequest::read(fields, settings)) {
            Ok(body) => body,
            Err(invalid) => return invalid.into_response(),
        };
    match auth.obtain_sliding(&username, password).await {
        Ok(token) => private(&TokenSlidingResponse { token }),
        Err(error) => refuse(error, settings),
    }
}

/// `TokenRefreshSlidingView`: `{"token"}` in, `{"token"}` out.
#[cfg(feature = "django")]
pub(crate) async fn token_refresh_sliding<S: AuthState>(state: S, request: Request) -> Response {
    let (auth, (parts, body)) = (state.jwt_auth(), request.into_parts());
    let TokenRefreshSlidingRequest { token } =
        match Fields::read(&parts, body, auth.settings()).await.and_then(TokenRefreshSlidingRequest::read) {
            Ok(body) => body,
            Err(invalid) => return invalid.into_response(),
        };
    match auth.refresh_sliding(token.expose()).await {
        Ok(token) => private(&TokenSlidingResponse { token }),
        Err(error) => refuse(error, auth.settings()),
    }
}
