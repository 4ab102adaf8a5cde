//! Extractors: who is calling.

use super::credentials;
use super::denial::refused;
use super::rejection::Rejection;
use super::state::AuthState;
use crate::auth::CurrentSession;
use crate::error::{AuthError, ClassError, TokenError};
use crate::user::{TokenUser, User};
use crate::verify::VerifiedToken;
use ::http::request::Parts;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// The user of the request, loaded from the user store and found active.
///
/// `Option<CurrentUser<U>>` is `None` without credentials; a bad token is refused all the same.
///
/// ```
/// # #[cfg(feature = "macros")] {
/// use axum::Json;
/// use jwt_auth::{CurrentUser, protected, public};
/// # use jwt_auth::user::{Identity, User};
/// # #[derive(Clone)] struct Account { name: String }
/// # impl User for Account {
/// #     fn identity(&self) -> Identity<'_> { Identity { id: "1".to_owned(), password_hash: "", is_active: true } }
/// # }
///
/// #[protected]
/// async fn me(CurrentUser(user): CurrentUser<Account>) -> Json<String> {
///     Json(user.name)
/// }
///
/// #[public]
/// async fn front_page(user: Option<CurrentUser<Account>>) -> String {
///     user.map_or_else(|| "Hello, stranger".to_owned(), |CurrentUser(user)| format!("Hello, {}", user.name))
/// }
/// # }
/// ```
///
/// # Errors
/// 401 without a good token, for an unknown user and for an inactive one; 503 when the store cannot be asked.
#[doc(alias = "AuthenticationPrincipal")]
#[doc(alias = "AuthSession")]
#[doc(alias = "request.user")]
#[doc(alias = "ClaimsPrincipal")]
#[derive(Clone, Copy, Debug)]
pub struct CurrentUser<U>(pub U);

impl<S> FromRequestParts<S> for CurrentUser<S::User>
where
    S: AuthState,
    S::User: User,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let loaded = credentials::load_user(parts, state).await;
        or_refused(parts, state, loaded).map(Arc::unwrap_or_clone).map(Self)
    }
}

impl<S> OptionalFromRequestParts<S> for CurrentUser<S::User>
where
    S: AuthState,
    S::User: User,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Rejection> {
        let loaded = credentials::optional_user(parts, state).await;
        Ok(or_refused(parts, state, loaded)?.map(Arc::unwrap_or_clone).map(Self))
    }
}

/// What DRF's `JWTAuthentication` returns: the loaded user and the token that named it.
///
/// ```
/// # #[cfg(feature = "macros")] {
/// use jwt_auth::{JwtAuthentication, protected};
/// # use jwt_auth::user::{Identity, User};
/// # #[derive(Clone)] struct Account { name: String }
/// # impl User for Account {
/// #     fn identity(&self) -> Identity<'_> { Identity { id: "1".to_owned(), password_hash: "", is_active: true } }
/// # }
///
/// #[protected]
/// async fn who(JwtAuthentication { user, token }: JwtAuthentication<Account>) -> String {
///     format!("{} until {:?}", user.name, token.expires_at())
/// }
/// # }
/// ```
///
/// # Errors
/// As [`CurrentUser`].
#[doc(alias = "JWTAuthentication")]
#[derive(Clone, Debug)]
pub struct JwtAuthentication<U> {
    /// The user.
    pub user: U,
    /// The verified token.
    pub token: VerifiedToken,
}

impl<S> FromRequestParts<S> for JwtAuthentication<S::User>
where
    S: AuthState,
    S::User: User,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let found = both(parts, state).await;
        or_refused(parts, state, found)
    }
}

impl<S> OptionalFromRequestParts<S> for JwtAuthentication<S::User>
where
    S: AuthState,
    S::User: User,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Rejection> {
        let found = optional_both(parts, state).await;
        or_refused(parts, state, found)
    }
}

/// The token's claims alone: no store is read.
///
/// # Errors
/// 401 without a good token, or for one that names no user.
impl<S: AuthState> FromRequestParts<S> for TokenUser {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let found = credentials::require(parts, state).await.and_then(|token| token_user(token, state));
        or_refused(parts, state, found)
    }
}

impl<S: AuthState> OptionalFromRequestParts<S> for TokenUser {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Rejection> {
        let found = credentials::authenticate_optional(parts, state).await;
        let found = found.and_then(|token| token.map(|token| token_user(token, state)).transpose());
        or_refused(parts, state, found)
    }
}

impl<S: AuthState> FromRequestParts<S> for CurrentSession {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let token = credentials::require(parts, state).await;
        Ok(state.jwt_auth().current_session(or_refused(parts, state, token)?))
    }
}

impl<S: AuthState> OptionalFromRequestParts<S> for CurrentSession {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Rejection> {
        let token = credentials::authenticate_optional(parts, state).await;
        Ok(or_refused(parts, state, token)?.map(|token| state.jwt_auth().current_session(token)))
    }
}

/// The claims as a type of the application's own; no store is read.
///
/// ```
/// #[derive(serde::Deserialize)]
/// struct Tenant { tenant: String }
///
/// async fn handler(jwt_auth::TokenClaims(claims): jwt_auth::TokenClaims<Tenant>) -> String {
///     claims.tenant
/// }
/// ```
///
/// # Errors
/// 401 without a good token, and for a token whose claims are not of this type.
#[derive(Clone, Copy, Debug)]
pub struct TokenClaims<C>(pub C);

impl<S: AuthState, C: DeserializeOwned> FromRequestParts<S> for TokenClaims<C> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let found = credentials::require(parts, state).await.and_then(|token| typed_claims(&token, state));
        or_refused(parts, state, found)
    }
}

impl<S: AuthState, C: DeserializeOwned> OptionalFromRequestParts<S> for TokenClaims<C> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Rejection> {
        let found = credentials::authenticate_optional(parts, state).await;
        let found = match found {
            Ok(Some(token)) => match typed_claims(&token, state) {
                Err(refusal) if credentials::is_dead_cookie(parts, state, refusal.error()) => Ok(None),
                claims => claims.map(Some),
            },
            Ok(None) => Ok(None),
            Err(refusal) => Err(refusal),
        };
        or_refused(parts, state, found)
    }
}

/// What an extractor found, or the refusal with everybody told.
pub(super) fn or_refused<S: AuthState, T>(
    parts: &mut Parts,
    state: &S,
    found: Result<T, Rejection>,
) -> Result<T, Rejection> {
    found.map_err(|rejection| refused(parts, state, rejection, None))
}

async fn both<S>(parts: &mut Parts, state: &S) -> Result<JwtAuthentication<S::User>, Rejection>
where
    S: AuthState,
    S::User: User,
{
    let token = credentials::require(parts, state).await?;
    let user = Arc::unwrap_or_clone(credentials::load_user(parts, state).await?);
    Ok(JwtAuthentication { user, token })
}

async fn optional_both<S>(parts: &mut Parts, state: &S) -> Result<Option<JwtAuthentication<S::User>>, Rejection>
where
    S: AuthState,
    S::User: User,
{
    let Some(token) = credentials::authenticate_optional(parts, state).await? else { return Ok(None) };
    let Some(user) = credentials::optional_user(parts, state).await? else { return Ok(None) };
    Ok(Some(JwtAuthentication { user: Arc::unwrap_or_clone(user), token }))
}

fn token_user<S: AuthState>(token: VerifiedToken, state: &S) -> Result<TokenUser, Rejection> {
    let auth = state.jwt_auth();
    let of_token = auth.settings_of(&token);
    TokenUser::new(token, of_token).ok_or_else(|| Rejection::new(AuthError::NoUserInToken, auth.settings()))
}

fn typed_claims<S: AuthState, C: DeserializeOwned>(
    token: &VerifiedToken,
    state: &S,
) -> Result<TokenClaims<C>, Rejection> {
    // serde_json's error quotes the claim, so it is not passed on.
    serde_json::from_str(token.payload()).map(TokenClaims).map_err(|_| {
        let settings = state.jwt_auth().settings();
        let errors = ClassError::for_each(&settings.auth_token_classes, TokenError::BadClaim);
        Rejection::new(AuthError::TokenNotValid(errors), settings)
    })
}
