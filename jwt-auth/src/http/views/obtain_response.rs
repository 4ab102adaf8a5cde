//! What a login answers.

use super::bodies::TokenObtainPairResponse;
use super::view_request::ViewRequest;
use crate::error::AuthError;
#[cfg(feature = "openapi")]
use crate::http::described::any_object;
use crate::http::state::UserState;
use crate::tokens::TokenPair;
use ::http::HeaderMap;
use serde::Serialize;
use std::future::Future;

/// What a login answers: the body of the obtain view's 200.
///
/// [`TokenObtainPairResponse`] is the shipped one, `{"refresh", "access"}`. One with more members holds it with
/// `#[serde(flatten)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not what a login can answer",
    label = "does not implement `jwt_auth::views::ObtainResponse<{S}>`",
    note = "write `impl ObtainResponse<{S}> for {Self}`, or take `TokenObtainPairResponse`: both tokens and nothing else"
)]
pub trait ObtainResponse<S: UserState>: Serialize + Send + Sized + 'static {
    /// The answer for this user and these tokens.
    ///
    /// # Errors
    /// Any [`AuthError`]: the tokens are not handed out, and their session is ended.
    fn new(
        request: &ViewRequest<'_, S>,
        user: &S::User,
        pair: TokenPair,
    ) -> impl Future<Output = Result<Self, AuthError>> + Send;

    /// Headers of the application's own, cookies among them: they are added to what the answer has. Defaults to none.
    fn headers(&self, headers: &mut HeaderMap) {
        let _ = headers;
    }

    /// What stands for this type in an OpenAPI document: with `#[derive(ToSchema)]`, `<Self as PartialSchema>::schema()`.
    /// Defaults to any object.
    #[cfg(feature = "openapi")]
    fn openapi_schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        any_object()
    }
}

impl<S: UserState> ObtainResponse<S> for TokenObtainPairResponse {
    async fn new(_: &ViewRequest<'_, S>, _: &S::User, pair: TokenPair) -> Result<Self, AuthError> {
        Ok(pair.into())
    }

    #[cfg(feature = "openapi")]
    fn openapi_schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        <Self as utoipa::PartialSchema>::schema()
    }
}
