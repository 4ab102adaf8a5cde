//! What a client logs in with.

#[cfg(feature = "password")]
use super::bodies::TokenObtainPairRequest;
use super::view_request::ViewRequest;
use crate::error::AuthError;
use crate::flows::PASSWORD;
use crate::http::body::{Fields, InvalidBody};
#[cfg(feature = "openapi")]
use crate::http::described::any_object;
use crate::http::state::UserState;
use crate::settings::Settings;
use serde::de::DeserializeOwned;
use std::future::Future;

/// What a client logs in with, and how it is proven: the body of the obtain view.
///
/// [`TokenObtainPairRequest`](super::TokenObtainPairRequest), a user name and a password, is the shipped one. One of your own
/// is a struct with `#[derive(Deserialize)]`. A member that is missing or of another type is answered with 400 in DRF's
/// shape, `{"otp": ["This field is required."]}`, before `authenticate` is called. Values come as they were sent: nothing is
/// trimmed or converted, and fields of a form (feature `django`) are texts.
///
/// ```
/// # #[cfg(feature = "password")] {
/// use jwt_auth::views::{Credentials, ViewRequest};
/// use jwt_auth::{AuthError, AuthState, Secret};
/// # use jwt_auth::{JwtAuth, User, user::Identity};
/// # #[derive(Clone)] struct Account { otp: String }
/// # impl User for Account { fn identity(&self) -> Identity<'_> { unreachable!() } }
/// # type App = JwtAuth<Account>;
///
/// #[derive(serde::Deserialize)]
/// struct EmailLogin { email: String, password: Secret, otp: String }
///
/// impl Credentials<App> for EmailLogin {
///     fn username(&self) -> &str { &self.email }
///
///     async fn authenticate(&self, request: &ViewRequest<'_, App>) -> Result<Account, AuthError> {
///         let user = request.state().jwt_auth().check_password(&self.email, &self.password).await?;
///         if user.otp == self.otp { Ok(user) } else { Err(AuthError::NoActiveAccount) }
///     }
/// }
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not what a client can log in with",
    label = "does not implement `jwt_auth::views::Credentials<{S}>`",
    note = "write `impl Credentials<{S}> for {Self}`, or take `TokenObtainPairRequest`: a user name and a password"
)]
pub trait Credentials<S: UserState>: DeserializeOwned + Send + Sync + 'static {
    /// The name under which the client wants to log in, for [`on_login_failed`](super::ObtainView::on_login_failed) and logs;
    /// empty when there is none. Never a secret.
    fn username(&self) -> &str;

    /// The user whom these credentials prove, as the user store gives them.
    ///
    /// `JwtAuth::check_password` (feature `password`) looks a user up by name and checks the password, with
    /// one hash whoever the name belongs to. What is checked after it should not take longer for some users than for others.
    ///
    /// The user is looked up again afterwards: who was switched off meanwhile, has another password hash, or
    /// [may not log in](crate::User::may_log_in), gets no token.
    ///
    /// # Errors
    /// Whatever says that the credentials are not good is answered alike, as [`AuthError::NoActiveAccount`]: 401. An outage is
    /// [`AuthError::Unavailable`] (a [`StoreError`](crate::StoreError) becomes one with `?`): 503.
    fn authenticate(&self, request: &ViewRequest<'_, S>) -> impl Future<Output = Result<S::User, AuthError>> + Send;

    /// How the user has proven who they are, when [`authenticate`](Self::authenticate) has succeeded: names of RFC 8176, for
    /// the claim `amr`. Defaults to `pwd`.
    fn amr(&self) -> Vec<String> {
        vec![PASSWORD.to_owned()]
    }

    /// Which authentication context class that reaches (`mfa`), for the claim `acr` and `#[protected(acr = "mfa")]`. Defaults to
    /// none.
    fn acr(&self) -> Option<String> {
        None
    }

    /// What stands for this type in an OpenAPI document: with `#[derive(ToSchema)]`, `<Self as PartialSchema>::schema()`.
    /// Defaults to any object.
    #[cfg(feature = "openapi")]
    fn openapi_schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        any_object()
    }

    #[doc(hidden)]
    #[allow(private_interfaces)]
    fn __read(fields: Fields, settings: &Settings) -> Result<Self, InvalidBody> {
        let _ = settings;
        fields.typed()
    }
}

#[cfg(feature = "password")]
impl<S: UserState> Credentials<S> for TokenObtainPairRequest {
    fn username(&self) -> &str {
        &self.username
    }

    async fn authenticate(&self, request: &ViewRequest<'_, S>) -> Result<S::User, AuthError> {
        request.state().jwt_auth().check_password(&self.username, &self.password).await
    }

    #[cfg(feature = "openapi")]
    fn openapi_schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        <Self as utoipa::PartialSchema>::schema()
    }

    #[allow(private_interfaces)]
    fn __read(fields: Fields, settings: &Settings) -> Result<Self, InvalidBody> {
        Self::read(fields, settings)
    }
}
