//! Name and password to a token pair.

use super::{Client, Login};
use crate::auth::JwtAuth;
use crate::authentication::NO_USERS;
use crate::error::AuthError;
use crate::secret::Secret;
use crate::tokens::TokenPair;
use crate::user::User;

impl<U: User> JwtAuth<U> {
    /// Logs in with name and password.
    ///
    /// Exactly one hash is computed whether the user is unknown, inactive, without a password or known, so that the
    /// time tells nothing.
    ///
    /// # Errors
    /// [`AuthError::NoActiveAccount`] for every failure of the credentials alike, [`AuthError::Busy`] when too many
    /// passwords wait to be checked, [`AuthError::Unavailable`] when a store cannot be asked.
    pub async fn obtain(&self, username: &str, password: Secret, client: Client) -> Result<TokenPair, AuthError> {
        let inner = self.parts();
        let users = inner.users.as_deref().ok_or(NO_USERS)?;
        let user = users.find_by_username(username).await?;
        let identity = user.as_ref().map(User::identity).filter(|identity| identity.is_active);
        let fits = inner.passwords.verify(password, identity.map(|identity| identity.password_hash)).await?;
        let Some(user) = user.filter(|user| fits && user.identity().is_active) else {
            return Err(AuthError::NoActiveAccount);
        };
        self.for_user(&user, Login { client, ..Login::default() }).await
    }
}
