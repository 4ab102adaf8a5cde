//! Users: who they are to this crate, and where they are kept.

use crate::error::StoreError;
use std::future::Future;

/// A user, as far as authentication needs to know one.
pub trait User: Clone + Send + Sync + 'static {
    /// What goes into the user id claim.
    fn id(&self) -> String;
    /// The stored password hash; empty: nobody can log in as this user with a password.
    fn password_hash(&self) -> &str {
        ""
    }
    /// Switched off users cannot log in, refresh, or pass a route that loads the user.
    fn is_active(&self) -> bool {
        true
    }
    /// For `IsAdminUser`.
    fn is_staff(&self) -> bool {
        false
    }
    /// Passes every Django permission.
    fn is_superuser(&self) -> bool {
        false
    }
    /// Names of permissions, for `permissions_source = user`; also written to tokens at login.
    fn permissions(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Where users live: implement it over the table you have.
pub trait UserStore: Send + Sync + 'static {
    /// The user type.
    type User: User;
    /// The user with this id claim.
    fn find_by_id(
        &self,
        id: &str,
    ) -> impl Future<Output = Result<Option<Self::User>, StoreError>> + Send;
    /// The user who logs in under this name.
    fn find_by_username(
        &self,
        username: &str,
    ) -> impl Future<Output = Result<Option<Self::User>, StoreError>> + Send;
}
