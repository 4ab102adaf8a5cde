//! Which passwords users may choose.

use super::PasswordFault;
use crate::error::StoreError;
use crate::secret::Secret;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// Which passwords users may choose: Django's `AUTH_PASSWORD_VALIDATORS`.
///
/// Asked wherever a new password is made: by [`JwtAuth::hash_password`](crate::JwtAuth::hash_password) (the builder's
/// `password_policy`), by `SqlUserStore::get_or_create` (its own `password_policy`), by the command `jwt-auth`. Never at a login: whoever has
/// a password keeps it. [`StandardPasswordPolicy`](super::StandardPasswordPolicy) is the ready one; one of your own may ask it first:
///
/// ```
/// use jwt_auth::password::{PasswordFault, PasswordPolicy, StandardPasswordPolicy};
/// use jwt_auth::{Secret, StoreError};
///
/// struct NotOurName(StandardPasswordPolicy);
///
/// impl PasswordPolicy for NotOurName {
///     async fn faults(&self, username: &str, password: &Secret) -> Result<Vec<PasswordFault>, StoreError> {
///         let mut faults = self.0.faults(username, password).await?;
///         if password.expose().to_lowercase().contains("acme") {
///             faults.push(PasswordFault::Other("This password has our name in it.".to_owned()));
///         }
///         Ok(faults)
///     }
/// }
/// ```
#[doc(alias = "AUTH_PASSWORD_VALIDATORS")]
#[doc(alias = "CompromisedPasswordChecker")]
pub trait PasswordPolicy: Send + Sync + 'static {
    /// Everything that is wrong with a new password of the user of this name (empty where there is none); nothing when it is good.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be told, as when a service that knows leaked passwords is down: the client is answered 503.
    fn faults(
        &self,
        username: &str,
        password: &Secret,
    ) -> impl Future<Output = Result<Vec<PasswordFault>, StoreError>> + Send;
}

/// A policy whose type is forgotten.
pub(crate) type AnyPasswordPolicy = Arc<dyn DynPasswordPolicy>;

/// The object-safe twin of [`PasswordPolicy`].
pub(crate) trait DynPasswordPolicy: Send + Sync {
    fn dyn_faults<'a>(
        &'a self,
        username: &'a str,
        password: &'a Secret,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<PasswordFault>, StoreError>> + Send + 'a>>;
}

impl<P: PasswordPolicy> DynPasswordPolicy for P {
    fn dyn_faults<'a>(
        &'a self,
        username: &'a str,
        password: &'a Secret,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<PasswordFault>, StoreError>> + Send + 'a>> {
        Box::pin(self.faults(username, password))
    }
}
