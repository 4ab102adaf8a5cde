//! Is this token good?

use crate::auth::JwtAuth;
use crate::error::{AuthError, TokenError};
use crate::store::TokenStore;
use crate::tokens::TokenClass;

impl<U: Send + Sync + 'static> JwtAuth<U> {
    /// Checks a token of any class and changes nothing.
    ///
    /// An access token must not be revoked; a refresh token must be its session's newest, and the session alive.
    ///
    /// # Errors
    /// [`AuthError::InvalidToken`], or [`AuthError::Unavailable`] when the store cannot be asked.
    pub async fn verify(&self, token: &str) -> Result<(), AuthError> {
        #[cfg(feature = "django")]
        if self.is_sessionless() {
            return self.simple_verify(token).await;
        }
        let inner = self.parts();
        let now = self.now();
        let token = self.verified(token, TokenClass::Untyped, now)?;
        self.check_staleness(false)?;
        if self.is_revoked(&token) {
            return Err(AuthError::InvalidToken(TokenError::Revoked));
        }
        let Some(store) = &inner.store else { return Ok(()) };
        if TokenClass::Refresh.check(&token, &inner.settings).is_err() || inner.settings.token_type_claim.is_none() {
            return Ok(());
        }
        let place = self.place(&token, now)?;
        match store.find(place.sid).await? {
            // A token from elsewhere that was never used here.
            None if place.foreign.is_some() => {
                #[cfg(feature = "django")]
                self.check_class(&token, TokenClass::Refresh).await?.map_err(AuthError::InvalidToken)?;
                Ok(())
            }
            Some(session) if session.end_reason(now).is_none() && session.generation == place.generation => Ok(()),
            _ => Err(AuthError::InvalidToken(TokenError::Blacklisted)),
        }
    }
}
