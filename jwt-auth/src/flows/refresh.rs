//! A refresh token to a new access token, and with rotation to the next refresh token.

use super::Client;
use crate::auth::JwtAuth;
use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::error::{AuthError, EndReason, TokenError};
use crate::secret::Secret;
use crate::store::{
    AnyTokenStore, Move, NewSession, Presentation, Revoked, Session, SessionId, SessionRules, TokenStore,
};
use crate::tokens::TokenClass;
use crate::verify::VerifiedToken;

/// What a refresh hands out.
#[derive(Clone, Debug)]
pub struct Refreshed {
    /// The new access token.
    pub access: Secret,
    /// The next refresh token, with rotation.
    pub refresh: Option<Secret>,
}

/// Where a refresh token stands in the store.
pub(crate) struct Place {
    pub(crate) sid: SessionId,
    pub(crate) generation: u64,
    /// Issued elsewhere: the session it becomes on first use.
    pub(crate) foreign: Option<NewSession>,
}

impl<U: Send + Sync + 'static> JwtAuth<U> {
    /// Refreshes.
    ///
    /// # Errors
    /// [`AuthError::InvalidToken`] and [`AuthError::SessionEnded`] are final: only a new login helps.
    /// [`AuthError::RefreshConflict`] means that a newer token exists; [`AuthError::Unavailable`] changes nothing.
    pub async fn refresh(&self, token: &str, client: Client) -> Result<Refreshed, AuthError> {
        let now = self.now();
        let token = self.verified(token, TokenClass::Refresh, now)?;
        let user_id = token.user_id().ok_or(AuthError::NoUserInToken)?;
        match &self.parts().store {
            None => {
                let user = self.current_claims(user_id).await?.ok_or(AuthError::NoActiveAccount)?;
                let own = self.issuer()?.own_claims(&token);
                let access = self.stateless_access(user_id, &own, &user, now)?;
                Ok(Refreshed { access, refresh: None })
            }
            Some(store) => self.refresh_session(store, &token, client, now).await,
        }
    }

    /// A token of this class with its claims, as SimpleJWT's `RefreshToken(raw)` or `UntypedToken(raw)`: signature, times and
    /// type are checked, and no store is asked whether it is spent or logged out.
    ///
    /// # Errors
    /// [`AuthError::InvalidToken`].
    pub fn read_token(&self, token: &str, class: TokenClass) -> Result<VerifiedToken, AuthError> {
        self.verified(token, class, self.now())
    }

    pub(crate) fn verified(&self, token: &str, class: TokenClass, now: Timestamp) -> Result<VerifiedToken, AuthError> {
        let inner = self.parts();
        let token = inner.verifier.verify(token, now).map_err(AuthError::InvalidToken)?;
        class.check(&token, &inner.settings).map_err(AuthError::InvalidToken)?;
        Ok(token)
    }

    /// Which session and generation a refresh token stands for.
    pub(crate) fn place(&self, token: &VerifiedToken, now: Timestamp) -> Result<Place, AuthError> {
        if let (Some(sid), Some(generation)) = (token.session_id(), token.generation()) {
            let sid = SessionId::parse(sid).ok_or(AuthError::InvalidToken(TokenError::BadClaim))?;
            return Ok(Place { sid, generation, foreign: None });
        }
        let jti = token.jti().ok_or(AuthError::InvalidToken(TokenError::MissingId))?;
        let user_id = token.user_id().ok_or(AuthError::NoUserInToken)?;
        let created_at = token.issued_at().unwrap_or(now);
        let expires_at = token.expires_at().max(self.session_end(created_at));
        let sid = SessionId::of_foreign_token(self.settings().issuer.as_deref(), jti);
        let session = NewSession {
            sid,
            user_id: user_id.to_owned(),
            created_at,
            idle_expires_at: token.expires_at(),
            expires_at,
            auth_time: created_at,
            claims: self.issuer()?.own_claims(token),
            ip: None,
            user_agent: None,
            // Cleared earlier, the same token could be adopted a second time.
            keep_until: token.expires_at().after(self.settings().leeway),
        };
        Ok(Place { sid, generation: 0, foreign: Some(session) })
    }

    async fn refresh_session(
        &self,
        store: &AnyTokenStore,
        token: &VerifiedToken,
        client: Client,
        now: Timestamp,
    ) -> Result<Refreshed, AuthError> {
        let place = self.place(token, now)?;
        let user_id = token.user_id().ok_or(AuthError::NoUserInToken)?;
        // The user first: a store that cannot say who they are must not cost them their refresh token.
        let Some(user) = self.current_claims(user_id).await? else {
            self.end_session(store, &place, EndReason::UserDisabled, now).await?;
            return Err(AuthError::SessionEnded(EndReason::UserDisabled));
        };
        if let Some(session) = place.foreign {
            store.adopt(session, now).await?;
        }
        if !self.settings().rotate_refresh_tokens {
            let session = self.live_session(store, place.sid, now).await?;
            let access = self.issuer()?.session_access(&session, &user, now)?;
            return Ok(Refreshed { access, refresh: None });
        }
        let presentation = Presentation {
            sid: place.sid,
            generation: place.generation,
            now,
            rules: SessionRules::from(self.settings()),
            drop_after: self.drop_after(now),
            ip: client.ip,
            user_agent: client.user_agent,
        };
        let session = match store.advance(presentation).await? {
            Move::Rotated(session) | Move::Replayed(session) => session,
            Move::Recovered(session) => {
                tracing::info!(target: "jwt_auth::audit", event = "refresh.recovered", sid = %session.sid, user = %session.user_id);
                session
            }
            Move::Conflict => return Err(AuthError::RefreshConflict),
            Move::Theft(session) => {
                tracing::warn!(
                    target: "jwt_auth::audit",
                    event = "token.reuse_detected",
                    sid = %session.sid,
                    user = %session.user_id,
                    presented = place.generation,
                    current = session.generation,
                );
                self.parts().revocations.revoke(Revoked::Session(session.sid), self.drop_after(now));
                return Err(AuthError::SessionEnded(EndReason::TokenReused));
            }
            Move::Ended(reason) => return Err(AuthError::SessionEnded(reason)),
        };
        let pair = self.issuer()?.pair(&session, &user, now)?;
        Ok(Refreshed { access: pair.access, refresh: Some(pair.refresh) })
    }

    async fn live_session(&self, store: &AnyTokenStore, sid: SessionId, now: Timestamp) -> Result<Session, AuthError> {
        let session = store.find(sid).await?.ok_or(AuthError::SessionEnded(EndReason::Unknown))?;
        match session.end_reason(now) {
            Some(reason) => Err(AuthError::SessionEnded(reason)),
            None => Ok(session),
        }
    }

    /// The claims of the user as the user store has them now; `None` for a user who is gone or switched off. Without a
    /// user store there is nothing to ask and nothing to add.
    async fn current_claims(&self, user_id: &str) -> Result<Option<Claims>, AuthError> {
        let inner = self.parts();
        let Some(users) = &inner.users else { return Ok(Some(Claims::new())) };
        match users.find_facts(user_id).await? {
            Some(facts) if facts.is_active || !inner.settings.check_user_is_active => self.user_claims(facts).map(Some),
            _ => Ok(None),
        }
    }
}
