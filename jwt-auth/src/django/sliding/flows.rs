//! `TokenObtainSlidingSerializer` and `TokenRefreshSlidingSerializer`.

use crate::auth::JwtAuth;
use crate::claims::Claims;
use crate::django::ledger::SimpleToken;
use crate::django::pyjwt;
use crate::error::{AuthError, TokenError};
use crate::flows::{Attempt, Attempted, Client};
use crate::revocation::TokenFacts;
use crate::secret::Secret;
use crate::store::TokenStore;
use crate::tokens::TokenClass;
use crate::user::User;
use crate::verify::VerifiedToken;

impl<U: User> JwtAuth<U> {
    /// Logs in with name and password and hands out one sliding token, which opens routes and is refreshed itself.
    ///
    /// # Errors
    /// As [`obtain`](Self::obtain).
    pub async fn obtain_sliding(&self, username: &str, password: Secret) -> Result<Secret, AuthError> {
        self.obtain_sliding_on(username, password, &Client::default(), None).await
    }

    /// `device`: what the client shows as the cookie of a known device.
    pub(super) async fn obtain_sliding_on(
        &self,
        username: &str,
        password: Secret,
        client: &Client,
        device: Option<&str>,
    ) -> Result<Secret, AuthError> {
        let attempt = self.attempt(Attempted::Name(username), client, device).await?;
        let outcome = self.sliding_by_password(&attempt, username, &password).await;
        self.conclude(attempt, outcome).await
    }

    async fn sliding_by_password(
        &self,
        attempt: &Attempt<U>,
        username: &str,
        password: &Secret,
    ) -> Result<Secret, AuthError> {
        let user = self.check_password(username, password).await?;
        let user = self.confirm(&user).await?.user;
        attempt.prove(user.identity().id)?;
        let now = self.now();
        let token = self.simple_sliding(&user, &Claims::new(), now).await?;
        self.note_login(&user, now).await?;
        Ok(token)
    }
}

impl<U: Send + Sync + 'static> JwtAuth<U> {
    /// A sliding token with a new `exp`; its id and the end of its refreshes stay.
    ///
    /// # Errors
    /// [`AuthError::InvalidToken`], [`AuthError::Unavailable`].
    pub async fn refresh_sliding(&self, token: &str) -> Result<Secret, AuthError> {
        let (raw, now) = (token, self.now());
        let token = self.simple_token(raw, TokenClass::Sliding, now).await?;
        if !self.can_be_written(&token) {
            return Err(AuthError::InvalidToken(TokenError::BadClaim));
        }
        let epoch = self.epoch_of_sliding(&token).await?;
        let settings = self.settings();
        // SimpleJWT 5.5.1 asks nobody about the user here.
        if !settings.profile.rules().copies_claims {
            self.current_standing(&token).await?.map_err(|_| AuthError::NoActiveAccount)?;
        } else if self.parts().ledger.asks_again {
            self.check_simple_user(&token, raw, now).await?;
        }
        let end = token.raw_claim(&settings.sliding_token_refresh_exp_claim);
        let end = end.ok_or(AuthError::InvalidToken(TokenError::MissingRefreshExpiry))?;
        // Python compares a fraction too; other types are a 500 there.
        let end = pyjwt::moment(end).ok_or(AuthError::InvalidToken(TokenError::BadClaim))?;
        if end <= now.before(settings.leeway) {
            return Err(AuthError::InvalidToken(TokenError::RefreshExpired));
        }
        let mut renewed = SimpleToken::of(self.issuer()?, token.claims());
        renewed.renew_times(TokenClass::Sliding, now)?;
        // Its `iat` is newer than the token's, and must not make it of after a "log out everywhere" of which this node has yet to hear.
        if let Some(epoch) = epoch {
            renewed.set("ep", epoch)?;
        }
        renewed.sign()
    }

    /// The epoch that a sliding token is of, where there are any. The store is asked, as it says at once what was revoked.
    async fn epoch_of_sliding(&self, token: &VerifiedToken) -> Result<Option<u64>, AuthError> {
        let revoked = AuthError::InvalidToken(TokenError::Revoked);
        if self.is_revoked(token).await? {
            return Err(revoked);
        }
        let Some(store) = &self.parts().store else { return Ok(None) };
        let Some(user_id) = token.user_id() else { return Ok(None) };
        self.note_hand_out_of_no_session(store, self.now()).await?;
        // Before the look: what is raised after it is above this one.
        let epoch = store.epoch(user_id).await?;
        if self.is_revoked_in(store, &TokenFacts::from(token)).await? {
            return Err(revoked);
        }
        Ok(Some(token.epoch().unwrap_or(epoch)))
    }
}
