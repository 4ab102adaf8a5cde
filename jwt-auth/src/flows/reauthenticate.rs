//! Step-up: a user who is logged in proves anew who they are (RFC 9470).

use super::Client;
use crate::auth::JwtAuth;
#[cfg(feature = "password")]
use crate::authentication::NO_USERS;
use crate::error::AuthError;
#[cfg(feature = "password")]
use crate::secret::Secret;
use crate::store::Reauthentication;
use crate::tokens::{TokenClass, TokenPair};
#[cfg(feature = "password")]
use crate::user::User;

impl<U: Send + Sync + 'static> JwtAuth<U> {
    /// Notes on the session of a refresh token that its user has just proven who they are, and rotates it: `auth_time` of
    /// the new pair is this moment. The caller has checked the proof, a one-time code say, and that it is this user's:
    /// read the token with [`read_token`](Self::read_token) first.
    ///
    /// This is the only thing that moves `auth_time`: a refresh never does. The tokens of before keep saying what they said.
    ///
    /// # Errors
    /// As [`refresh`](Self::refresh); [`AuthError::NotAvailable`] without a store.
    pub async fn reauthenticated(
        &self,
        refresh: &str,
        proof: Reauthentication,
        client: Client,
    ) -> Result<TokenPair, AuthError> {
        let store = self.parts().store.as_ref().ok_or(AuthError::NotAvailable)?;
        let now = self.now();
        let token = self.verified(refresh, TokenClass::Refresh, now)?;
        let (place, user) = self.enter(store, &token, now).await?;
        let session = self.advance(store, &place, client, Some(proof), now).await?;
        tracing::info!(target: "jwt_auth::audit", event = "auth.reauth", sid = %session.sid, user = %session.user_id);
        self.issuer()?.pair(&session, &user, now)
    }
}

#[cfg(feature = "password")]
impl<U: User> JwtAuth<U> {
    /// [`reauthenticated`](Self::reauthenticated) by the password of the user whom the refresh token names.
    ///
    /// # Errors
    /// As [`reauthenticated`](Self::reauthenticated); [`AuthError::NoActiveAccount`] for a wrong password,
    /// [`AuthError::Busy`] when too many passwords wait to be checked.
    pub async fn reauthenticate(
        &self,
        refresh: &str,
        password: Secret,
        client: Client,
    ) -> Result<TokenPair, AuthError> {
        let inner = self.parts();
        if inner.store.is_none() {
            return Err(AuthError::NotAvailable);
        }
        let token = self.verified(refresh, TokenClass::Refresh, self.now())?;
        let users = inner.users.as_deref().ok_or(NO_USERS)?;
        let user = users.find_by_id(token.user_id().ok_or(AuthError::NoUserInToken)?).await?;
        let identity = user.as_ref().map(User::identity).filter(|identity| identity.is_active);
        if !inner.passwords.verify(password, identity.map(|identity| identity.password_hash)).await? {
            return Err(AuthError::NoActiveAccount);
        }
        let proof = Reauthentication { amr: vec![super::PASSWORD.to_owned()], acr: None };
        self.reauthenticated(refresh, proof, client).await
    }
}
