//! Name and password to a token pair.

use super::{Client, Login};
use crate::auth::JwtAuth;
use crate::authentication::NO_USERS;
use crate::error::AuthError;
use crate::password::Verdict;
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
        let active = |user: &&U| user.is_active();
        let stored = user.as_ref().filter(active).map(|user| user.password_hash());
        let verdict = inner.passwords.verify(password, stored).await?;
        let Some(user) = user.filter(|user| user.is_active() && verdict == Verdict::Match) else {
            return Err(AuthError::NoActiveAccount);
        };
        let pair = self.for_user(&user, Login { client, ..Login::default() }).await?;
        if inner.settings.update_last_login {
            users.record_login(&user, self.now()).await?;
        }
        Ok(pair)
    }
}
