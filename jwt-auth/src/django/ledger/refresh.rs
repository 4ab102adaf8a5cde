//! `TokenRefreshSerializer`.

use super::{Ledger, OutstandingToken, SimpleToken, lifetime};
use crate::auth::JwtAuth;
use crate::clock::Timestamp;
use crate::django::named_user::NamedUser;
use crate::error::{AuthError, TokenError};
use crate::flows::Refreshed;
use crate::secret::Secret;
use crate::tokens::TokenClass;
use crate::user::password_mark;
use crate::verify::VerifiedToken;

impl Ledger {
    pub(crate) async fn refresh<U>(&self, auth: &JwtAuth<U>, raw: &str) -> Result<Refreshed, AuthError>
    where
        U: Send + Sync + 'static,
    {
        let now = auth.now();
        let token = auth.simple_token(raw, TokenClass::Refresh, now).await?;
        // SimpleJWT refreshes it, to access tokens that open nothing.
        auth.check_names_somebody(&token).map_err(|_| AuthError::NoUserInToken)?;
        if self.copies {
            auth.check_simple_user(&token, raw, now).await?;
        }
        if !auth.can_be_written(&token) {
            return Err(AuthError::InvalidToken(TokenError::BadClaim));
        }
        let mut refresh = SimpleToken::of(auth.issuer()?, token.claims());
        let access = match self.copies {
            true => refresh.access_token(now)?.sign()?,
            false => auth.renewed_access(&token, now).await?,
        };
        if !auth.settings().rotate_refresh_tokens {
            return Ok(Refreshed { access, refresh: None });
        }
        refresh.renew_id()?;
        refresh.renew_times(TokenClass::Refresh, now)?;
        let next = refresh.sign()?;
        auth.spend(&token, raw, &refresh, &next, now).await?;
        Ok(Refreshed { access, refresh: Some(next) })
    }
}

impl<U: Send + Sync + 'static> JwtAuth<U> {
    /// Whoever a token names must exist and be active; who is false to Python (`0`, `[]`) is not looked up, as there.
    /// Where the profile asks again, they must have the password that the token was issued for; else it is blacklisted first.
    pub(crate) async fn check_simple_user(
        &self,
        token: &VerifiedToken,
        raw: &str,
        now: Timestamp,
    ) -> Result<(), AuthError> {
        let inner = self.parts();
        let user = NamedUser::of(token, &inner.settings);
        let Some(users) = inner.users.as_ref().filter(|_| user.is_true()) else { return Ok(()) };
        let NamedUser::Id { id, .. } = user else { return Err(AuthError::NoActiveAccountForToken) };
        // A user who is gone is a 500 in 5.5.1.
        let stored = users.allowed_password(&id, inner.settings.check_user_is_active).await?;
        let password_hash = stored.ok_or(AuthError::NoActiveAccountForToken)?;
        if !(inner.ledger.asks_again && inner.settings.check_revoke_token) {
            return Ok(());
        }
        if self.is_of_password(token, || password_mark(&password_hash)) {
            return Ok(());
        }
        if let Some(blacklist) = &inner.ledger.blacklist {
            blacklist.blacklist(&self.outstanding(token, raw, now)?, now).await?;
        }
        Err(AuthError::PasswordChangedForToken)
    }

    /// Notes the next token and, when tokens are spent by their use, blacklists this one: both at once, so that of many
    /// callers with one token a single one gets the next.
    async fn spend(
        &self,
        token: &VerifiedToken,
        raw: &str,
        refresh: &SimpleToken<'_>,
        signed: &Secret,
        now: Timestamp,
    ) -> Result<(), AuthError> {
        let inner = self.parts();
        let Some(blacklist) = &inner.ledger.blacklist else { return Ok(()) };
        let jti = refresh.jti().ok_or(AuthError::InvalidToken(TokenError::MissingId))?;
        let end = now.after(lifetime(TokenClass::Refresh, &inner.settings));
        let next = OutstandingToken {
            jti,
            user_id: NamedUser::of(token, &inner.settings).id(),
            token: signed.clone(),
            created_at: now,
            expires_at: Timestamp::from_seconds(end.seconds()),
        };
        if self.spending().is_none() {
            return Ok(blacklist.outstand(&next).await?);
        }
        let spent = self.outstanding(token, raw, now)?;
        if blacklist.rotate(&spent, &next, now).await? {
            Ok(())
        } else {
            Err(AuthError::InvalidToken(TokenError::Blacklisted))
        }
    }
}
