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
        let (user, epoch) = self.check_password(username, password).await?;
        let now = self.now();
        let pair = self.open_session(&user, Login { client, ..Login::default() }, now, epoch).await?;
        self.note_login(&user, now).await?;
        Ok(pair)
    }

    /// The user whose name and password these are, and the epoch before the proof.
    pub(crate) async fn check_password(&self, username: &str, password: Secret) -> Result<(U, Option<u64>), AuthError> {
        let inner = self.parts();
        let users = inner.users.as_deref().ok_or(NO_USERS)?;
        let user = users.find_by_username(username).await?;
        let identity = user.as_ref().map(User::identity).filter(|identity| identity.is_active);
        let stored = identity.map(|identity| identity.password_hash);
        let upgrade = inner.settings.upgrade_password_hash.then(|| password.clone());
        let fits = inner.passwords.verify(password, stored).await?;
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
        match upgrade {
            Some(password) => Ok((self.upgrade_hash(user, password).await?, epoch)),
            None => Ok((user, epoch)),
        }
    }

    /// Stores the password anew when its hash is out of date. That it cannot be stored does not fail the login.
    async fn upgrade_hash(&self, user: U, password: Secret) -> Result<U, AuthError> {
        let inner = self.parts();
        let users = inner.users.as_deref().ok_or(NO_USERS)?;
        let stored = user.identity().password_hash.to_owned();
        if !inner.passwords.must_update(&stored) {
            return Ok(user);
        }
        let hash = match inner.passwords.hash(password).await {
            Ok(Ok(hash)) => hash,
            // The queue is full, or the password too long for a new hash: next time, perhaps.
            Ok(Err(_)) | Err(_) => return Ok(user),
        };
        if let Err(error) = users.update_password(&user, &stored, &hash).await {
            tracing::warn!(target: "jwt_auth", error = ?error, "a password hash could not be renewed");
            return Ok(user);
        }
        // What check_revoke_token compares has changed with it. Hashing took a while, in which the user may have been
        // switched off or the password changed by somebody else: then neither hash is there.
        let same = |now: &U| {
            let now = now.identity();
            now.is_active && [stored.as_str(), &hash].contains(&now.password_hash)
        };
        users.find_by_id(&user.identity().id).await?.filter(same).ok_or(AuthError::NoActiveAccount)
    }
}
