//! `TokenObtainSlidingSerializer` and `TokenRefreshSlidingSerializer`.

use crate::auth::JwtAuth;
use crate::claims::Claims;
use crate::django::ledger::SimpleToken;
use crate::django::pyjwt;
use crate::error::{AuthError, TokenError};
use crate::secret::Secret;
use crate::settings::Profile;
use crate::tokens::TokenClass;
use crate::user::User;

impl<U: User> JwtAuth<U> {
    /// Logs in with name and password and hands out one sliding token, which opens routes and is refreshed itself.
    ///
    /// # Errors
    /// As [`obtain`](Self::obtain).
    pub async fn obtain_sliding(&self, username: &str, password: Secret) -> Result<Secret, AuthError> {
        let user = self.check_password(username, &password).await?;
        let user = self.confirm(&user).await?.user;
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
        let now = self.now();
        let token = self.simple_token(token, TokenClass::Sliding, now).await?;
        if !self.can_be_written(&token) {
            return Err(AuthError::InvalidToken(TokenError::BadClaim));
        }
        if self.is_revoked(&token) {
            return Err(AuthError::InvalidToken(TokenError::Revoked));
        }
        let settings = self.settings();
        // SimpleJWT asks nobody about the user here.
        if settings.profile != Profile::SimpleJwt {
            self.current_claims(&token).await?.map_err(|_| AuthError::NoActiveAccount)?;
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
        renewed.sign()
    }
}
