//! Users: who they are to this crate, and where they are kept.
//!
//! An application with a user table implements [`User`] for its row and [`UserStore`] for whatever finds one.

mod any;
mod memory;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod sql;
mod token_user;
mod user_store;
mod username;

pub(crate) use any::{DynUserStore, UserFacts, password_mark};
pub use memory::MemoryUsers;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub use sql::{AuthUser, CreateUserError, NewUser, SqlUserStore, UserTable, UserTableError};
pub use token_user::TokenUser;
pub use user_store::UserStore;
pub use username::{UsernameError, check_username};

use crate::claims::{ClaimError, Claims};

/// A user, as far as authentication needs to know one.
///
/// ```
/// use jwt_auth::user::{Identity, User};
///
/// #[derive(Clone)]
/// struct Account { id: i64, password_hash: String, disabled: bool }
///
/// impl User for Account {
///     fn identity(&self) -> Identity<'_> {
///         Identity { id: self.id.to_string(), password_hash: &self.password_hash, is_active: !self.disabled }
///     }
/// }
/// ```
#[doc(alias = "UserDetails")]
#[doc(alias = "AbstractBaseUser")]
#[doc(alias = "AbstractUser")]
#[doc(alias = "IdentityUser")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a user",
    label = "does not implement `jwt_auth::User`",
    note = "write `impl jwt_auth::User for {Self}`; its one required method names the id, the password hash and whether the user is active"
)]
pub trait User: Clone + Send + Sync + 'static {
    /// Id, password hash, and whether the user is switched on.
    fn identity(&self) -> Identity<'_>;

    /// Whether an active user may log in and stay logged in: asked at every login and every refresh, and not on routes.
    /// Defaults to yes.
    ///
    /// SimpleJWT's `USER_AUTHENTICATION_RULE`: a confirmed e-mail address, a paid account.
    fn may_log_in(&self) -> bool {
        true
    }

    /// Whether [`IsAdminUser`](crate::IsAdminUser) lets the user pass. Access tokens say it too, for routes that load no
    /// user. Defaults to no.
    fn is_staff(&self) -> bool {
        false
    }

    /// Whether the user passes every Django permission. Defaults to no.
    fn is_superuser(&self) -> bool {
        false
    }

    /// Names of the user's permissions (`orders:write`), put into access tokens at login and at every refresh, or judged
    /// directly with `permissions_source = user`. Defaults to none.
    fn permissions(&self) -> Vec<String> {
        Vec::new()
    }

    /// What else access tokens of this user say; read again at every refresh. Defaults to nothing. What has to be fetched
    /// first, [`UserStore::claims`] fetches. Claims that this crate writes itself (`aud`, `iss`, `sid`, ..) fail the login
    /// ([`AuthError::NotIssued`](crate::AuthError::NotIssued)), and so does what this service would refuse.
    ///
    /// # Errors
    /// Those of [`Claims::insert`].
    fn claims(&self, claims: &mut Claims) -> Result<(), ClaimError> {
        let _ = claims;
        Ok(())
    }
}

/// What every user has. All of it has to be said: there is no default that could let a disabled user in.
#[derive(Clone)]
pub struct Identity<'a> {
    /// The value of the user id claim, and what [`UserStore::find_by_id`] gets back.
    pub id: String,
    /// The stored hash (`$argon2id$..`); empty when nobody can log in as this user with a password.
    pub password_hash: &'a str,
    /// Inactive users cannot log in, refresh, or pass a route that loads the user.
    pub is_active: bool,
}

impl std::fmt::Debug for Identity<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("id", &self.id).field("is_active", &self.is_active).finish_non_exhaustive()
    }
}
