//! Users in memory.

use super::{User, UserStore, check_username};
use crate::error::StoreError;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

/// Users in memory, for tests and examples: gone with the process. Clones share them.
///
/// ```
/// use jwt_auth::user::MemoryUsers;
/// # use jwt_auth::user::{Identity, User};
/// # #[derive(Clone)] struct Account { name: String }
/// # impl User for Account {
/// #     fn identity(&self) -> Identity<'_> { Identity { id: "1".to_owned(), password_hash: "", is_active: true } }
/// # }
///
/// let users = MemoryUsers::new(|user: &Account| &user.name);
/// users.put(Account { name: "ann".to_owned() });
/// ```
#[doc(alias = "InMemoryUserDetailsManager")]
pub struct MemoryUsers<U> {
    users: Arc<RwLock<BTreeMap<String, U>>>,
    username: fn(&U) -> &str,
}

impl<U: User> MemoryUsers<U> {
    /// No users yet; `username` is the name a user logs in with.
    pub fn new(username: fn(&U) -> &str) -> Self {
        Self { users: Arc::default(), username }
    }

    /// Adds a user, or replaces the one with the same id.
    ///
    /// # Panics
    /// When nobody could log in under the name: [`check_username`] tells names that come from elsewhere.
    #[track_caller]
    pub fn put(&self, user: U) {
        self.check_name(&user);
        self.with(|users| users.insert(user.identity().id, user));
    }

    /// Changes a user; `false` when there is none with this id.
    ///
    /// # Panics
    /// As [`put`](Self::put); the user is then as before.
    #[track_caller]
    pub fn update(&self, id: &str, change: impl FnOnce(&mut U)) -> bool {
        self.with(|users| {
            let Some(user) = users.get_mut(id) else { return false };
            let mut changed = user.clone();
            change(&mut changed);
            self.check_name(&changed);
            *user = changed;
            true
        })
    }

    /// Removes a user; `false` when there is none with this id.
    pub fn remove(&self, id: &str) -> bool {
        self.with(|users| users.remove(id)).is_some()
    }

    #[track_caller]
    fn check_name(&self, user: &U) {
        let name = (self.username)(user);
        if let Err(error) = check_username(name) {
            panic!("nobody could log in as {name:?}: {error}");
        }
    }

    #[track_caller]
    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<String, U>) -> T) -> T {
        work(&mut self.users.write().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<U: User> UserStore for MemoryUsers<U> {
    type User = U;

    async fn find_by_id(&self, id: &str) -> Result<Option<U>, StoreError> {
        Ok(self.with(|users| users.get(id).cloned()))
    }

    async fn find_by_username(&self, username: &str) -> Result<Option<U>, StoreError> {
        Ok(self.with(|users| users.values().find(|user| (self.username)(user) == username).cloned()))
    }
}

impl<U> Clone for MemoryUsers<U> {
    fn clone(&self) -> Self {
        Self { users: Arc::clone(&self.users), username: self.username }
    }
}

impl<U> fmt::Debug for MemoryUsers<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryUsers").finish_non_exhaustive()
    }
}
