//! `TokenVerifySerializer` and `TokenBlacklistSerializer`.

use super::{OutstandingToken, token_id};
use crate::auth::JwtAuth;
use crate::error::{AuthError, TokenError};
use crate::tokens::TokenClass;

impl<U: Send + Sync + 'static> JwtAuth<U> {
    pub(crate) async fn simple_verify(&self, raw: &str) -> Result<(), AuthError> {
        let token = self.simple_token(raw, TokenClass::Untyped, self.now()).await?;
        let Some(blacklist) = self.spending() else { return Ok(()) };
        match token_id(&token) {
            Ok(jti) if OutstandingToken::fits(jti) && blacklist.is_blacklisted(jti).await? => {
                Err(AuthError::BlacklistedToken)
            }
            // What has no id of a kind that the table keeps is not in it.
            _ => Ok(()),
        }
    }

    pub(crate) async fn simple_blacklist(&self, raw: &str) -> Result<(), AuthError> {
        let blacklist = self.parts().blacklist.as_ref().ok_or(AuthError::NotAvailable)?;
        let now = self.now();
        let token = self.simple_token(raw, TokenClass::Refresh, now).await?;
        let outstanding = self.outstanding(&token, raw, now)?;
        if blacklist.blacklist(&outstanding, now).await? {
            Ok(())
        } else {
            Err(AuthError::InvalidToken(TokenError::Blacklisted))
        }
    }
}
