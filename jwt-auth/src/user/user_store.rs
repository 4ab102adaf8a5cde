//! Where users are found.

use super::User;
use crate::clock::Timestamp;
use crate::error::StoreError;
use std::future::Future;

/// Finds users: implement it over the table you have.
///
/// ```
/// # use jwt_auth::user::{Identity, User, UserStore};
/// # use jwt_auth::StoreError;
/// # #[derive(Clone)] struct Account;
/// # impl User for Account { fn identity(&self) -> Identity<'_> { Identity { id: String::new(), password_hash: "", is_active: true } } }
/// # #[derive(Clone)] struct Accounts;
/// # impl Accounts {
/// #     async fn with_id(&self, _: &str) -> Result<Option<Account>, std::io::Error> { Ok(None) }
/// #     async fn with_email(&self, _: &str) -> Result<Option<Account>, std::io::Error> { Ok(None) }
/// # }
/// impl UserStore for Accounts {
///     type User = Account;
///
///     async fn find_by_id(&self, id: &str) -> Result<Option<Account>, StoreError> {
///         self.with_id(id).await.map_err(StoreError::unavailable)
///     }
///
///     async fn find_by_username(&self, name: &str) -> Result<Option<Account>, StoreError> {
///         self.with_email(name).await.map_err(StoreError::unavailable)
///     }
/// }
/// ```
///
/// # Errors
/// A database that cannot be asked is [`StoreError::Unavailable`]: the client is told 503. `Ok(None)` is for a user who does
/// not exist, and nothing else.
pub trait UserStore: Send + Sync + 'static {
    /// The application's user type.
    type User: User;

    /// The user with this id; `None` also for an id that no user can have (a word where ids are numbers).
    fn find_by_id(&self, id: &str) -> impl Future<Output = Result<Option<Self::User>, StoreError>> + Send;

    /// The user who logs in under this name, exactly as it was typed: what counts as the same name is the store's to say.
    fn find_by_username(&self, username: &str) -> impl Future<Output = Result<Option<Self::User>, StoreError>> + Send;

    /// Notes a login, with `update_last_login`. Defaults to doing nothing.
    fn record_login(&self, user: &Self::User, at: Timestamp) -> impl Future<Output = Result<(), StoreError>> + Send {
        let _ = (user, at);
        std::future::ready(Ok(()))
    }
}
