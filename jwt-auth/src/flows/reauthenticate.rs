//! Step-up: a user who is logged in proves anew who they are (RFC 9470).

use super::Client;
#[cfg(feature = "password")]
use super::throttle::{Attempted, name_of};
use crate::auth::JwtAuth;
#[cfg(feature = "password")]
use crate::auth::NO_USERS;
use crate::error::AuthError;
#[cfg(feature = "password")]
use crate::secret::Secret;
use crate::store::{AnyTokenStore, Reauthentication};
#[cfg(feature = "password")]
use crate::store::{Presentation, TokenStore};
use crate::tokens::TokenPair;
use crate::user::User;
use crate::verify::VerifiedToken;
use std::time::Duration;

impl<U: User> JwtAuth<U> {
    /// Notes on the session of a refresh token that this user has just proven who they are, and rotates it: `auth_time` of
    /// the new pair is this moment. The caller has checked the proof, a one-time code of the user say; whether the token is
    /// the user's is checked here.
    ///
    /// This is the only thing that moves `auth_time`: a refresh never does. The access tokens of before are over (OWASP ASVS 7.2.4): on
    /// this node at once, on others within `revocation_sync_interval`.
    ///
    /// # Errors
    /// As [`refresh`](Self::refresh); [`AuthError::NoActiveAccount`] for the refresh token of somebody else, and
    /// [`AuthError::NotAvailable`] without a store.
    pub async fn reauthenticated(
        &self,
        user: &U,
        refresh: &str,
        proof: Reauthentication,
        client: Client,
    ) -> Result<TokenPair, AuthError> {
        let store = self.parts().store.as_ref().ok_or(AuthError::NotAvailable)?;
        let now = self.now();
        let token = self.verified_refresh(store, refresh, now, Duration::ZERO).await?;
        if token.user_id() != Some(user.identity().id.as_str()) {
            return Err(AuthError::NoActiveAccount);
        }
        self.prove_anew(store, &token, proof, &client).await
    }

    /// For who has checked the token and the proof: the user, whom the proof may have taken a while, is looked at as they are now.
    async fn prove_anew(
        &self,
        store: &AnyTokenStore,
        token: &VerifiedToken,
        proof: Reauthentication,
        client: &Client,
    ) -> Result<TokenPair, AuthError> {
        let now = self.now();
        let (located, user) = self.locate_and_adopt(store, token, now).await?;
        let presentation = self.presentation(&located, client, Some(proof), now);
        let session = self.advance(store, presentation, &user, client).await?;
        self.issuer()?.pair(&session, &user.claims, now)
    }
}

#[cfg(feature = "password")]
impl<U: User> JwtAuth<U> {
    /// [`reauthenticated`](Self::reauthenticated) by the password of the user whom the refresh token names.
    ///
    /// # Errors
    /// As [`reauthenticated`](Self::reauthenticated); [`AuthError::NoActiveAccount`] for a wrong password,
    /// [`AuthError::Throttled`] after too many wrong ones, here or at logins under the same name, [`AuthError::Busy`] when too many passwords wait
    /// to be checked.
    pub async fn reauthenticate(
        &self,
        refresh: &str,
        password: Secret,
        client: Client,
    ) -> Result<TokenPair, AuthError> {
        self.reauthenticate_on(refresh, password, client, None).await
    }

    /// `device`: what the client shows as the cookie of a known device.
    pub(crate) async fn reauthenticate_on(
        &self,
        refresh: &str,
        password: Secret,
        client: Client,
        device: Option<&str>,
    ) -> Result<TokenPair, AuthError> {
        let inner = self.parts();
        let store = inner.store.as_ref().ok_or(AuthError::NotAvailable)?;
        let now = self.now();
        let token = self.verified_refresh(store, refresh, now, Duration::ZERO).await?;
        // A token that would not be refreshed tries no passwords: it is answered as there, and a thief is found as there.
        let (located, standing) = self.locate_and_adopt(store, &token, now).await?;
        let proof = Reauthentication { amr: vec![super::PASSWORD.to_owned()], acr: None };
        let presentation = self.presentation(&located, &client, Some(proof.clone()), now);
        let session = store.find(located.sid).await?;
        let name = session.as_ref().and_then(name_of);
        if !session.is_some_and(|session| presentation.decide(&session).hands_out()) {
            let without_proof = Presentation { reauthentication: None, ..presentation };
            self.advance(store, without_proof, &standing, &client).await?;
        }
        let user_id = token.user_id().ok_or(AuthError::NoUserInToken)?;
        let attempt = self.attempt(Attempted::User(user_id, name), &client, device).await?;
        let outcome = match self.user_by_password(user_id, password).await {
            Ok(user) => attempt.prove(user.identity().id).map(|()| user),
            Err(error) => Err(error),
        };
        self.conclude(attempt, outcome).await?;
        self.prove_anew(store, &token, proof, &client).await
    }

    async fn user_by_password(&self, user_id: &str, password: Secret) -> Result<U, AuthError> {
        let users = self.parts().users.as_deref().ok_or(NO_USERS)?;
        let user = users.find_by_id(user_id).await?;
        let fits = self.fits(user.as_ref(), password).await?;
        let user = user.filter(|_| fits).ok_or(AuthError::NoActiveAccount)?;
        Ok(self.confirm(&user).await?.user)
    }
}
