//! A user store whose type is forgotten, so that `JwtAuth` is generic over the user alone.

use super::{User, UserStore};
use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::error::{AuthError, StoreError};
use std::future::Future;
use std::pin::Pin;

pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The object-safe twin of [`UserStore`].
pub(crate) trait DynUserStore<U>: Send + Sync {
    fn find_by_id<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<U>, StoreError>>;

    fn find_by_foreign_id<'a>(&'a self, issuer: &'a str, id: &'a str) -> BoxFuture<'a, Result<Option<U>, StoreError>>;

    fn find_by_username<'a>(&'a self, username: &'a str) -> BoxFuture<'a, Result<Option<U>, StoreError>>;

    fn disable<'a>(&'a self, user: &'a U) -> BoxFuture<'a, Result<bool, StoreError>>;

    fn record_login<'a>(&'a self, user: &'a U, at: Timestamp) -> BoxFuture<'a, Result<(), StoreError>>;

    fn user_id_field(&self) -> &str;

    #[cfg(feature = "password")]
    fn unreadable_hash<'a>(&'a self, beginnings: &'a [String]) -> BoxFuture<'a, Result<Option<String>, StoreError>>;

    #[cfg(feature = "password")]
    fn update_password<'a>(&'a self, user: &'a U, old: &'a str, new: &'a str) -> BoxFuture<'a, Result<(), StoreError>>;

    fn has_perm<'a>(&'a self, user: &'a U, permission: &'a str) -> BoxFuture<'a, Result<bool, StoreError>>;

    fn in_group<'a>(&'a self, user: &'a U, group: &'a str) -> BoxFuture<'a, Result<bool, StoreError>>;

    /// What an operator would know it by.
    fn described(&self) -> String;

    /// What a token says of the user.
    fn facts<'a>(&'a self, user: &'a U) -> BoxFuture<'a, Result<UserFacts, AuthError>>;

    /// For code that does not know that `U` is a user: what a token says of the one with this id, if they may stay logged in.
    /// `check_active`: the setting `check_user_is_active`.
    fn allowed_facts<'a>(
        &'a self,
        id: &'a str,
        check_active: bool,
    ) -> BoxFuture<'a, Result<Option<UserFacts>, AuthError>>;

    /// As [`allowed_facts`](Self::allowed_facts), where the stored password hash will do.
    fn allowed_password<'a>(
        &'a self,
        id: &'a str,
        check_active: bool,
    ) -> BoxFuture<'a, Result<Option<String>, StoreError>>;
}

/// What a token says of a user.
pub(crate) struct UserFacts {
    /// For whom it is to be said where it cannot be.
    pub(crate) user_id: String,
    pub(crate) permissions: Vec<String>,
    pub(crate) is_staff: bool,
    pub(crate) is_superuser: bool,
    /// What the store says of the user beside what the user says.
    pub(crate) claims: Claims,
    pub(crate) password_hash: String,
}

/// What stands for a stored password hash in tokens, with `check_revoke_token`.
pub(crate) fn password_mark(password_hash: &str) -> Option<String> {
    crate::django::password_mark(password_hash)
}

async fn facts<S: UserStore>(store: &S, user: &S::User) -> Result<UserFacts, AuthError> {
    let identity = user.identity();
    Ok(UserFacts {
        user_id: identity.id,
        permissions: user.permissions(),
        is_staff: user.is_staff(),
        is_superuser: user.is_superuser(),
        claims: store.claims(user).await?,
        password_hash: identity.password_hash.to_owned(),
    })
}

async fn find_allowed<S: UserStore>(store: &S, id: &str, check_active: bool) -> Result<Option<S::User>, StoreError> {
    let is_allowed = |user: &S::User| user.may_log_in() && (user.identity().is_active || !check_active);
    Ok(store.find_by_id(id).await?.filter(is_allowed))
}

impl<S: UserStore> DynUserStore<S::User> for S {
    fn find_by_id<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<S::User>, StoreError>> {
        Box::pin(UserStore::find_by_id(self, id))
    }

    fn find_by_foreign_id<'a>(
        &'a self,
        issuer: &'a str,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Option<S::User>, StoreError>> {
        Box::pin(UserStore::find_by_foreign_id(self, issuer, id))
    }

    fn find_by_username<'a>(&'a self, username: &'a str) -> BoxFuture<'a, Result<Option<S::User>, StoreError>> {
        Box::pin(UserStore::find_by_username(self, username))
    }

    fn disable<'a>(&'a self, user: &'a S::User) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(UserStore::disable(self, user))
    }

    fn record_login<'a>(&'a self, user: &'a S::User, at: Timestamp) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(UserStore::record_login(self, user, at))
    }

    fn user_id_field(&self) -> &str {
        UserStore::user_id_field(self)
    }

    #[cfg(feature = "password")]
    fn unreadable_hash<'a>(&'a self, beginnings: &'a [String]) -> BoxFuture<'a, Result<Option<String>, StoreError>> {
        Box::pin(UserStore::__unreadable_hash(self, beginnings))
    }

    #[cfg(feature = "password")]
    fn update_password<'a>(
        &'a self,
        user: &'a S::User,
        old: &'a str,
        new: &'a str,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(UserStore::update_password(self, user, old, new))
    }

    fn has_perm<'a>(&'a self, user: &'a S::User, permission: &'a str) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(UserStore::has_perm(self, user, permission))
    }

    fn in_group<'a>(&'a self, user: &'a S::User, group: &'a str) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(UserStore::in_group(self, user, group))
    }

    fn described(&self) -> String {
        UserStore::__described(self)
    }

    fn facts<'a>(&'a self, user: &'a S::User) -> BoxFuture<'a, Result<UserFacts, AuthError>> {
        Box::pin(facts(self, user))
    }

    fn allowed_facts<'a>(
        &'a self,
        id: &'a str,
        check_active: bool,
    ) -> BoxFuture<'a, Result<Option<UserFacts>, AuthError>> {
        Box::pin(async move {
            let Some(user) = find_allowed(self, id, check_active).await? else { return Ok(None) };
            facts(self, &user).await.map(Some)
        })
    }

    fn allowed_password<'a>(
        &'a self,
        id: &'a str,
        check_active: bool,
    ) -> BoxFuture<'a, Result<Option<String>, StoreError>> {
        Box::pin(async move {
            let user = find_allowed(self, id, check_active).await?;
            Ok(user.map(|user| user.identity().password_hash.to_owned()))
        })
    }
}
