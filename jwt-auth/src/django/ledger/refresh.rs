//! `TokenRefreshSerializer`.

use super::{NamedUser, OutstandingToken, SimpleToken, lifetime};
use crate::auth::JwtAuth;
use crate::clock::Timestamp;
use crate::error::{AuthError, TokenError};
use crate::flows::Refreshed;
use crate::secret::Secret;
use crate::tokens::TokenClass;
use crate::verify::VerifiedToken;

impl<U: Send + Sync + 'static> JwtAuth<U> {
    pub(crate) async fn simple_refresh(&self, raw: &str) -> Result<Refreshed, AuthError> {
        let now = self.now();
        let token = self.simple_token(raw, TokenClass::Refresh, now).await?;
        let is_simple_jwt = self.settings().profile.is_simple_jwt();
        if is_simple_jwt {
            self.check_simple_user(&token).await?;
        }
        if !self.can_be_written(&token) {
            return Err(AuthError::InvalidToken(TokenError::BadClaim));
        }
        let mut refresh = SimpleToken::of(self.issuer()?, token.claims());
        let access = match is_simple_jwt {
            true => refresh.access_token(now)?.sign()?,
            false => self.renewed_access(&token, now).await?,
        };
        if !self.settings().rotate_refresh_tokens {
            return Ok(Refreshed { access, refresh: None });
        }
        refresh.renew_id()?;
        refresh.renew_times(TokenClass::Refresh, now)?;
        let next = refresh.sign()?;
        self.spend(&token, raw, &refresh, &next, now).await?;
        Ok(Refreshed { access, refresh: Some(next) })
    }

    /// Whoever a token names must exist and be active; a token that names nobody passes, as there.
    async fn check_simple_user(&self, token: &VerifiedToken) -> Result<(), AuthError> {
        let inner = self.parts();
        let user = self.user_in(token);
        let Some(users) = inner.users.as_ref().filter(|_| user.is_true()) else { return Ok(()) };
        let NamedUser::Id { id, .. } = user else { return Err(AuthError::NoActiveAccountForToken) };
        match users.find_welcome(&id, inner.settings.check_user_is_active).await? {
            Some(_) => Ok(()),
            // A user who is gone is a 500 in 5.5.1.
            None => Err(AuthError::NoActiveAccountForToken),
        }
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
        let Some(blacklist) = &inner.blacklist else { return Ok(()) };
        let jti = refresh.jti().ok_or(AuthError::InvalidToken(TokenError::MissingId))?;
        let end = now.after(lifetime(TokenClass::Refresh, &inner.settings));
        let next = OutstandingToken {
            jti,
            user_id: self.user_in(token).id(),
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
