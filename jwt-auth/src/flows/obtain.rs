//! Name and password to a token pair.

use super::{Client, Login};
use crate::auth::JwtAuth;
use crate::authentication::NO_USERS;
use crate::error::AuthError;
use crate::secret::Secret;
use crate::store::TokenStore;
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
        // While the password was being checked, it may have been changed and the sessions ended. The epoch is read before
        // the user: whatever happens after this line is seen in one of the two.
        let epoch = match &inner.store {
            Some(store) => Some(store.epoch(&user.identity().id).await?),
            None => None,
        };
        let same = |now: &U| now.identity().password_hash == user.identity().password_hash && now.identity().is_active;
        let Some(user) = users.find_by_id(&user.identity().id).await?.filter(same) else {
            return Err(AuthError::NoActiveAccount);
        };
        let now = self.now();
        let pair = self.open_session(&user, Login { client, ..Login::default() }, now, epoch).await?;
        self.note_login(&user, now).await?;
        Ok(pair)
    }
}
