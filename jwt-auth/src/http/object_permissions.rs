//! DRF's object permissions: whether the caller may have this very thing.

use super::client::client_of;
use super::credentials;
use super::denial::uri_of;
use super::extract::or_refused;
use super::rejection::Rejection;
use super::rule::{Question, RuleError, short_name};
use super::state::AuthState;
use crate::audit::{Auditor, Subject};
use crate::auth::{JwtAuth, NoUser};
use crate::error::AuthError;
use crate::flows::Client;
use crate::settings::Settings;
use crate::verify::VerifiedToken;
use ::http::request::Parts;
use ::http::{Method, Uri};
use axum::extract::{FromRequestParts, MatchedPath};
use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

/// Whether a user may have one thing, an order say: what no rule of a route can know before the thing is loaded.
///
/// DRF's `has_object_permission`. `U` is the application's user type, or [`TokenUser`](crate::TokenUser) where no user is
/// loaded. [`ObjectPermissions`] asks it.
///
/// ```
/// use jwt_auth::rule::{ObjectPermission, RuleError};
/// use jwt_auth::TokenUser;
///
/// struct Order { owner: String }
///
/// struct IsOwner;
///
/// impl ObjectPermission<TokenUser, Order> for IsOwner {
///     async fn has_object_permission(&self, user: &TokenUser, order: &Order) -> Result<bool, RuleError> {
///         Ok(order.owner == user.id())
///     }
/// }
/// ```
#[doc(alias = "has_object_permission")]
#[doc(alias = "get_object_or_404")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say whether a `{U}` may have a `{T}`",
    label = "not an object permission for this user and this thing",
    note = "write `impl ObjectPermission<{U}, {T}> for {Self}`"
)]
pub trait ObjectPermission<U, T> {
    /// Judges.
    ///
    /// # Errors
    /// [`RuleError`] when it cannot be decided: 503 for what could not be loaded. An error is never a grant.
    fn has_object_permission(&self, user: &U, object: &T) -> impl Future<Output = Result<bool, RuleError>> + Send;

    /// The permission as it stands in logs. Defaults to the type's name.
    fn describe(&self) -> Cow<'static, str> {
        short_name(std::any::type_name::<Self>()).into()
    }
}

/// An extractor that asks [`ObjectPermission`]s in a handler. A refusal leaves the tracing event of a refused rule.
///
/// ```
/// # use jwt_auth::rule::{ObjectPermission, RuleError};
/// # use jwt_auth::{TokenUser, protected};
/// # use axum::extract::Path;
/// # struct Order { owner: String, text: String }
/// # async fn find(_: u64) -> Option<Order> { None }
/// # struct IsOwner;
/// # impl ObjectPermission<TokenUser, Order> for IsOwner {
/// #     async fn has_object_permission(&self, user: &TokenUser, order: &Order) -> Result<bool, RuleError> { Ok(order.owner == user.id()) }
/// # }
/// use jwt_auth::{ObjectPermissions, Rejection};
///
/// #[protected]
/// async fn order(user: TokenUser, objects: ObjectPermissions, Path(id): Path<u64>) -> Result<String, Rejection> {
///     let order = objects.get_or_404(IsOwner, &user, find(id).await).await?;
///     Ok(order.text)
/// }
/// ```
///
/// # Errors
/// As an extractor: 401 without a good token.
#[derive(Clone)]
pub struct ObjectPermissions {
    settings: Arc<Settings>,
    audit: Auditor,
    token: VerifiedToken,
    client: Client,
    route: Option<MatchedPath>,
    method: Method,
    uri: Uri,
}

impl ObjectPermissions {
    /// Lets the caller go on when the user may have the thing: DRF's `check_object_permissions`.
    ///
    /// # Errors
    /// 403 when not, 503 when it cannot be decided.
    pub async fn check<U, T>(
        &self,
        permission: impl ObjectPermission<U, T>,
        user: &U,
        object: &T,
    ) -> Result<(), Rejection> {
        self.judge(&permission, user, object).await.map_err(|error| self.refuse(error))
    }

    /// The thing, when it is there and the user may have it: DRF's `get_object_or_404`.
    ///
    /// # Errors
    /// 404 when not, in the same words for both, where 403 would tell that the thing exists; 503 when it cannot be decided.
    pub async fn get_or_404<U, T>(
        &self,
        permission: impl ObjectPermission<U, T>,
        user: &U,
        object: Option<T>,
    ) -> Result<T, Rejection> {
        let refused = match object {
            None => AuthError::NotFound,
            Some(object) => match self.judge(&permission, user, &object).await {
                Ok(()) => return Ok(object),
                Err(AuthError::PermissionDenied(_)) => AuthError::NotFound,
                Err(error) => error,
            },
        };
        Err(self.refuse(refused))
    }

    fn refuse(&self, error: AuthError) -> Rejection {
        // Who judged has told of a denial.
        let told = matches!(error, AuthError::PermissionDenied(_));
        let rejection = Rejection::new(error, &self.settings);
        if told { rejection.logged() } else { rejection }
    }

    async fn judge<U, T, P: ObjectPermission<U, T>>(
        &self,
        permission: &P,
        user: &U,
        object: &T,
    ) -> Result<(), AuthError> {
        let verdict = permission.has_object_permission(user, object).await;
        let rule = permission.describe();
        let question =
            Question { rule: &rule, user: self.token.user_id(), method: &self.method, path: self.uri.path() };
        question.answer(verdict).inspect_err(|error| {
            if matches!(error, AuthError::PermissionDenied(_)) {
                let subject = Subject::of_token(Some(&self.token), self.client.clone());
                let route = self.route.as_ref().map(|route| route.as_str().to_owned());
                self.audit.tell(&JwtAuth::<NoUser>::denial(error, subject, route));
            }
        })
    }
}

impl<S: AuthState> FromRequestParts<S> for ObjectPermissions {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let token = credentials::require(parts, state).await;
        let token = or_refused(parts, state, token)?;
        Ok(Self {
            settings: Arc::clone(&state.jwt_auth().parts().settings),
            audit: state.jwt_auth().parts().audit.clone(),
            token,
            client: client_of(parts, state),
            route: parts.extensions.get::<MatchedPath>().cloned(),
            method: parts.method.clone(),
            uri: uri_of(parts).clone(),
        })
    }
}

impl fmt::Debug for ObjectPermissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectPermissions").field("user", &self.token.user_id()).finish_non_exhaustive()
    }
}
