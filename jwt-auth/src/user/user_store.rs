//! Where users are found.

use super::User;
use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::error::{AuthError, StoreError};
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
///
/// # Errors
/// A database that cannot be asked is [`StoreError::Unavailable`]: the client is told 503. `Ok(None)` is for a user who does
/// not exist, and nothing else.
#[doc(alias = "UserDetailsService")]
#[doc(alias = "AuthnBackend")]
#[doc(alias = "IUserStore")]
#[doc(alias = "get_user_model")]
pub trait UserStore: Send + Sync + 'static {
    /// The application's user type.
    type User: User;

    /// The user with this id; `None` also for an id that no user can have (a word where ids are numbers).
    fn find_by_id(&self, id: &str) -> impl Future<Output = Result<Option<Self::User>, StoreError>> + Send;

    /// The user of this service whom a [further issuer](crate::Builder::trust) calls by this id, for routes that load the user. Defaults to
    /// nobody, and their tokens open only routes that do not ask: an id that is equal by chance is somebody else's.
    fn find_by_foreign_id(
        &self,
        issuer: &str,
        id: &str,
    ) -> impl Future<Output = Result<Option<Self::User>, StoreError>> + Send {
        let _ = (issuer, id);
        std::future::ready(Ok(None))
    }

    /// The user who logs in under this name, exactly as it was typed: what counts as the same name is the store's to say.
    fn find_by_username(&self, username: &str) -> impl Future<Output = Result<Option<Self::User>, StoreError>> + Send;

    /// The field whose value [`find_by_id`](Self::find_by_id) takes and `Identity::id` gives. Defaults to `id`.
    ///
    /// SimpleJWT's `USER_ID_FIELD`.
    fn user_id_field(&self) -> &str {
        "id"
    }

    /// Stores a new hash of the same password, if the old one is still there. Defaults to doing nothing.
    fn update_password(
        &self,
        user: &Self::User,
        old_hash: &str,
        new_hash: &str,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        let _ = (user, old_hash, new_hash);
        std::future::ready(Ok(()))
    }

    /// Switches a user off, for [`JwtAuth::disable_user`](crate::JwtAuth::disable_user); `false` when this store cannot, and they are still on.
    /// Defaults to writing nothing: `true` for a user whom [`find_by_id`](Self::find_by_id) finds inactive, or not at all.
    fn disable(&self, user: &Self::User) -> impl Future<Output = Result<bool, StoreError>> + Send {
        let id = user.identity().id;
        async move { Ok(self.find_by_id(&id).await?.is_none_or(|user| !user.identity().is_active)) }
    }

    /// What else access tokens of this user say, asked at every login and every refresh: a tenant's plan, roles from another
    /// table. Defaults to [`User::claims`], in whose place it stands.
    ///
    /// # Errors
    /// [`AuthError::Unavailable`] (a [`StoreError`] becomes one with `?`) when the source cannot be asked: 503, and nobody
    /// loses a session. A [`ClaimError`](crate::ClaimError) becomes 500 with `?`.
    fn claims(&self, user: &Self::User) -> impl Future<Output = Result<Claims, AuthError>> + Send {
        let mut claims = Claims::new();
        std::future::ready(user.claims(&mut claims).map(|()| claims).map_err(AuthError::from))
    }

    /// Whether the user has this permission: `DjangoPermission("..")` in a rule asks it. Defaults to what the loaded user
    /// says: nothing for an inactive one, everything for a superuser, and otherwise [`User::permissions`].
    fn has_perm(&self, user: &Self::User, permission: &str) -> impl Future<Output = Result<bool, StoreError>> + Send {
        let holds = || user.is_superuser() || user.permissions().iter().any(|held| held == permission);
        std::future::ready(Ok(user.identity().is_active && holds()))
    }

    /// Whether the user is in the group of this name: `DjangoGroup("..")` in a rule asks it. Defaults to no.
    fn in_group(&self, user: &Self::User, group: &str) -> impl Future<Output = Result<bool, StoreError>> + Send {
        let _ = (user, group);
        std::future::ready(Ok(false))
    }

    /// What an operator would know it by.
    #[doc(hidden)]
    fn __described(&self) -> String {
        format!("`{}`", std::any::type_name::<Self>())
    }

    /// In a table where no password hash begins in one of these ways: a hash that is there. Nobody could log in.
    #[doc(hidden)]
    fn __unreadable_hash(
        &self,
        beginnings: &[String],
    ) -> impl Future<Output = Result<Option<String>, StoreError>> + Send {
        let _ = beginnings;
        std::future::ready(Ok(None))
    }

    /// Notes a login, with `update_last_login`. Defaults to doing nothing.
    fn record_login(&self, user: &Self::User, at: Timestamp) -> impl Future<Output = Result<(), StoreError>> + Send {
        let _ = (user, at);
        std::future::ready(Ok(()))
    }
}
