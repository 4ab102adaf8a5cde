//! The view that refreshes.

use super::bodies::{TokenRefreshRequest, TokenRefreshResponse};
use super::view_request::ViewRequest;
use super::{add_headers, presented, private, refuse};
use crate::error::AuthError;
use crate::flows::{Client, Refreshed};
use crate::http::cookies::{self, Delivery};
#[cfg(feature = "openapi")]
use crate::http::described::any_object;
use crate::http::state::UserState;
use ::http::HeaderMap;
use axum::extract::Request;
use axum::response::Response;
use serde::Serialize;
use std::future::Future;

/// A refresh with an answer of the application's own (`TOKEN_REFRESH_SERIALIZER`). [`TokenRefreshView`] is the shipped one.
///
/// Claims need no view: those of the user are read from [`UserStore::claims`](crate::UserStore::claims) at every refresh, and
/// those of the login are copied.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a refresh view",
    label = "does not implement `jwt_auth::views::RefreshView` for the router's state",
    note = "write `impl RefreshView<App> for {Self}`, `App` being the state; it says what a refresh answers"
)]
pub trait RefreshView<S: UserState>: Send + Sync + 'static {
    /// What a client gets for its refresh token.
    type Response: Serialize + Send;

    /// The device that refreshes. Defaults to what is known of the request; where [`ObtainView::client`](super::ObtainView::client)
    /// says something else, this has to say the same.
    fn client(request: &ViewRequest<'_, S>) -> Client {
        request.client().clone()
    }

    /// The answer for these tokens. Whose they are the access token says:
    /// [`JwtAuth::authenticate`](crate::JwtAuth::authenticate) and [`JwtAuth::load_user`](crate::JwtAuth::load_user).
    ///
    /// # Errors
    /// Any [`AuthError`]: the client gets no tokens. The session has moved on, and the client asks again with the token it
    /// has, as after a lost answer; so answer an outage as [`AuthError::Unavailable`].
    fn response(
        request: &ViewRequest<'_, S>,
        refreshed: Refreshed,
    ) -> impl Future<Output = Result<Self::Response, AuthError>> + Send;

    /// Headers of the application's own, cookies among them: they are added to what the answer has. Defaults to none.
    fn headers(response: &Self::Response, headers: &mut HeaderMap) {
        let _ = (response, headers);
    }

    /// What stands for the answer in an OpenAPI document: with `#[derive(ToSchema)]` on it, `<Self::Response as PartialSchema>::schema()`.
    /// Defaults to any object.
    #[cfg(feature = "openapi")]
    fn openapi_schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        any_object()
    }
}

/// SimpleJWT's `TokenRefreshView`: `{"refresh"}` in, `{"access"}` out, with rotation also the next `"refresh"`.
#[derive(Clone, Copy, Debug)]
pub struct TokenRefreshView;

impl<S: UserState> RefreshView<S> for TokenRefreshView {
    type Response = TokenRefreshResponse;

    async fn response(_: &ViewRequest<'_, S>, refreshed: Refreshed) -> Result<TokenRefreshResponse, AuthError> {
        Ok(refreshed.into())
    }

    #[cfg(feature = "openapi")]
    fn openapi_schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        <TokenRefreshResponse as utoipa::PartialSchema>::schema()
    }
}

/// Serves a refresh view.
pub(crate) async fn token_refresh<S: UserState, V: RefreshView<S>>(state: S, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let auth = state.jwt_auth();
    let presented = presented(&mut parts, body, &state, TokenRefreshRequest::read, |body| &body.refresh).await;
    let (TokenRefreshRequest { refresh }, delivery) = match presented {
        Ok(presented) => presented,
        Err(answer) => return answer,
    };
    let request = ViewRequest::new(&parts, &state);
    let client = V::client(&request);
    let request = request.with_client(client);
    let outcome = auth.refresh(refresh.expose(), request.client().clone()).await;
    auth.tell_refresh(outcome.as_ref(), refresh.expose(), request.client().clone());
    let answer = match outcome {
        Ok(refreshed) => answer::<S, V>(&request, delivery, refreshed).await,
        Err(error) => Err(error),
    };
    answer.unwrap_or_else(|error| refuse(error, auth.settings()))
}

async fn answer<S: UserState, V: RefreshView<S>>(
    request: &ViewRequest<'_, S>,
    delivery: Delivery,
    refreshed: Refreshed,
) -> Result<Response, AuthError> {
    // The view takes them; cookies need them once more.
    let tokens = (delivery != Delivery::Body).then(|| refreshed.clone());
    let answer = V::response(request, refreshed).await?;
    let auth = request.state().jwt_auth();
    let response = match &tokens {
        Some(tokens) => cookies::hand_out(auth, delivery, (&tokens.access, tokens.refresh.as_ref()), &answer)?,
        None => private(&answer),
    };
    Ok(add_headers(response, |headers| V::headers(&answer, headers)))
}
