//! `TokenVerifySerializer` and `TokenBlacklistSerializer`.

use super::{Ledger, OutstandingToken, token_id};
use crate::auth::JwtAuth;
use crate::error::{AuthError, TokenError};
use crate::tokens::TokenClass;

impl Ledger {
    pub(crate) async fn verify<U>(&self, auth: &JwtAuth<U>, raw: &str) -> Result<(), AuthError>
    where
        U: Send + Sync + 'static,
    {
        let token = auth.simple_token(raw, TokenClass::Untyped, auth.now()).await?;
        let Some(blacklist) = auth.spending() else { return Ok(()) };
        match token_id(&token) {
            Ok(jti) if OutstandingToken::fits(jti) && blacklist.is_blacklisted(jti).await? => {
                Err(AuthError::BlacklistedToken)
            }
            // What has no id of a kind that the table keeps is not in it.
            _ => Ok(()),
        }
    }

    pub(crate) async fn end<U>(&self, auth: &JwtAuth<U>, raw: &str) -> Result<(), AuthError>
    where
        U: Send + Sync + 'static,
    {
        let blacklist = self.blacklist.as_ref().ok_or(AuthError::NotAvailable)?;
        let now = auth.now();
        let token = auth.simple_token(raw, TokenClass::Refresh, now).await?;
        auth.check_names_somebody(&token).map_err(|_| AuthError::NoUserInToken)?;
        let outstanding = auth.outstanding(&token, raw, now)?;
        if blacklist.blacklist(&outstanding, now).await? {
            Ok(())
        } else {
            Err(AuthError::InvalidToken(TokenError::Blacklisted))
        }
    }
}
