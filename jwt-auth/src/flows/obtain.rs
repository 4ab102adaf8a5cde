//! Name and password to a token pair.

use super::{Attempt, Attempted, Client, Login, PASSWORD};
use crate::auth::JwtAuth;
use crate::auth::NO_USERS;
use crate::error::AuthError;
use crate::secret::Secret;
use crate::tokens::TokenPair;
use crate::user::User;

impl<U: User> JwtAuth<U> {
    /// Logs in with name and password.
    ///
    /// Exactly one hash is computed whether the user is unknown, inactive, without a password or known, so that the
    /// time tells nothing; and none while too many logins have failed ([`Settings::login_throttle`](crate::Settings::login_throttle)).
    ///
    /// # Errors
    /// [`AuthError::NoActiveAccount`] for every failure of the credentials alike, [`AuthError::Throttled`] after too many of them, [`AuthError::Busy`] when too many
    /// passwords wait to be checked, [`AuthError::Unavailable`] when a store cannot be asked.
    pub async fn obtain(&self, username: &str, password: Secret, client: Client) -> Result<TokenPair, AuthError> {
        let outcome = match self.attempt(Attempted::Name(username), &client, None).await {
            Ok(attempt) => {
                let outcome = self.log_in_by_password(&attempt, username, &password, client.clone()).await;
                self.conclude(attempt, outcome).await
            }
            Err(error) => Err(error),
        };
        self.tell_login(outcome.as_ref().map(|pair| &pair.refresh), username, client);
        outcome
    }

    async fn log_in_by_password(
        &self,
        attempt: &Attempt<U>,
        username: &str,
        password: &Secret,
        client: Client,
    ) -> Result<TokenPair, AuthError> {
        let user = self.check_password(username, password).await?;
        let proven = self.confirm(&user).await?;
        attempt.prove(proven.user.identity().id)?;
        self.log_in(&proven, attempt, Login { client, amr: vec![PASSWORD.to_owned()], ..Login::default() }).await
    }

    /// The active user whose name and password these are, as Django's `authenticate`: for
    /// [`Credentials`](crate::views::Credentials) of your own. It hands out nothing.
    ///
    /// Exactly one hash is computed, whoever the name belongs to. With `upgrade_password_hash` an outdated one is renewed.
    ///
    /// It counts no failure and makes nobody wait: the obtain view does, around [`Credentials::authenticate`](crate::views::Credentials::authenticate).
    ///
    /// # Errors
    /// [`AuthError::NoActiveAccount`], [`AuthError::Busy`] and [`AuthError::Unavailable`], as [`obtain`](Self::obtain).
    pub async fn check_password(&self, username: &str, password: &Secret) -> Result<U, AuthError> {
        let inner = self.parts();
        let users = inner.users.as_deref().ok_or(NO_USERS)?;
        // No database keeps such a name, and PostgreSQL answers the query with an error.
        let user = if username.contains('\0') { None } else { users.find_by_username(username).await? };
        let fits = self.fits(user.as_ref(), password.clone()).await?;
        let Some(user) = user.filter(|user| fits && user.identity().is_active) else {
            return Err(AuthError::NoActiveAccount);
        };
        if inner.settings.upgrade_password_hash { self.upgrade_hash(user, password).await } else { Ok(user) }
    }

    /// Whether it is this user's password, who is active. One hash is computed whatever the answer.
    pub(super) async fn fits(&self, user: Option<&U>, password: Secret) -> Result<bool, AuthError> {
        let inner = self.parts();
        let identity = user.map(User::identity).filter(|identity| identity.is_active);
        if let Some(identity) = &identity
            && let Some(unread) = inner.passwords.unread(identity.password_hash)
        {
            inner.hints.unread_hash(&identity.id, unread);
        }
        inner.passwords.verify(password, identity.as_ref().map(|identity| identity.password_hash)).await
    }

    /// Stores the password anew when its hash is out of date. That it cannot be stored does not fail the login.
    async fn upgrade_hash(&self, user: U, password: &Secret) -> Result<U, AuthError> {
        let inner = self.parts();
        let users = inner.users.as_deref().ok_or(NO_USERS)?;
        let stored = user.identity().password_hash.to_owned();
        if !inner.passwords.must_update(&stored) {
            return Ok(user);
        }
        let hash = match inner.passwords.hash(password.clone()).await {
            Ok(Ok(hash)) => hash,
            // The queue is full, or the password too long for a new hash: next time, perhaps.
            Ok(Err(_)) | Err(_) => return Ok(user),
        };
        if let Err(error) = users.update_password(&user, &stored, &hash).await {
            tracing::warn!(target: "jwt_auth", error = ?error, "a password hash could not be renewed");
            return Ok(user);
        }
        let id = user.identity().id;
        if let Err(error) = self.renew_password_of_sessions(&id, &stored, &hash).await {
            tracing::warn!(target: "jwt_auth", ?error, "the sessions whose password hash was renewed cannot be listed");
        }
        // What check_revoke_token compares has changed with it.
        let user = users.find_by_id(&id).await?.filter(|user| user.identity().is_active);
        let user = user.ok_or(AuthError::NoActiveAccount)?;
        let found = user.identity().password_hash;
        // Another login has renewed it meanwhile, or the password was changed: the proof has to be given again.
        let known = found == hash || found == stored;
        if known || inner.passwords.verify(password.clone(), Some(found)).await? {
            Ok(user)
        } else {
            Err(AuthError::NoActiveAccount)
        }
    }
}
