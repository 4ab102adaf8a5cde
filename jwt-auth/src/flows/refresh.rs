//! A refresh token to a new access token, and with rotation to the next refresh token.

use super::Client;
use crate::auth::JwtAuth;
use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::error::{AuthError, EndReason, TokenError};
use crate::secret::Secret;
use crate::settings::Settings;
use crate::store::{
    AnyTokenStore, Move, NewSession, Presentation, Reauthentication, Revoked, Session, SessionId, SessionRules,
    TokenStore,
};
use crate::tokens::{TokenClass, own_claims};
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
        if self.parts().issuer.is_none() {
            return Err(AuthError::NotAvailable);
        }
        #[cfg(feature = "django")]
        if self.is_sessionless() {
            return self.simple_refresh(token).await;
        }
        let now = self.now();
        let token = self.verified(token, TokenClass::Refresh, now)?;
        match &self.parts().store {
            None => Ok(Refreshed { access: self.renewed_access(&token, now).await?, refresh: None }),
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

    /// The access token of a refresh token that belongs to no session: its own claims, and what the user store says now.
    pub(crate) async fn renewed_access(&self, token: &VerifiedToken, now: Timestamp) -> Result<Secret, AuthError> {
        let user_id = token.user_id().ok_or(AuthError::NoUserInToken)?;
        let user = self.current_claims(token).await?.map_err(|_| AuthError::NoActiveAccount)?;
        let mut own = own_claims(token, self.settings());
        self.drop_stale_rights(&mut own);
        self.stateless_access(user_id, &own, &user, now)
    }

    pub(crate) fn verified(&self, token: &str, class: TokenClass, now: Timestamp) -> Result<VerifiedToken, AuthError> {
        let inner = self.parts();
        let token = inner.verifier.verify(token, now).map_err(AuthError::InvalidToken)?;
        class.check(&token, &inner.settings).map_err(AuthError::InvalidToken)?;
        Ok(token)
    }

    /// Which session and generation a refresh token stands for.
    pub(crate) fn place(&self, token: &VerifiedToken, now: Timestamp) -> Result<Place, AuthError> {
        match (token.session_id().and_then(SessionId::parse), token.generation()) {
            (Some(sid), Some(generation)) => return Ok(Place { sid, generation, foreign: None }),
            (None, None) if token.raw_claim("sid").is_none() && token.raw_claim("gen").is_none() => {}
            // Half of a session: no refresh token of ours, and none from elsewhere.
            _ => return Err(AuthError::InvalidToken(TokenError::BadClaim)),
        }
        let jti = token.jti().ok_or(AuthError::InvalidToken(TokenError::MissingId))?;
        let user_id = token.user_id().ok_or(AuthError::NoUserInToken)?;
        let created_at = token.issued_at().unwrap_or(now);
        let expires_at = token.expires_at().max(self.session_end(created_at));
        let mut claims = own_claims(token, self.settings());
        self.drop_stale_rights(&mut claims);
        let sid = SessionId::of_foreign_token(self.settings().issuer.as_deref(), jti);
        let session = NewSession {
            sid,
            user_id: user_id.to_owned(),
            created_at,
            idle_expires_at: token.expires_at(),
            expires_at,
            auth_time: Timestamp::default(),
            amr: Vec::new(),
            acr: None,
            claims,
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
        let (place, user) = self.enter(store, token, now).await?;
        if !self.settings().rotate_refresh_tokens
            && let Some(session) = self.newest(store, &place, now).await?
        {
            let access = self.issuer()?.session_access(&session, &user, now)?;
            return Ok(Refreshed { access, refresh: None });
        }
        let session = self.advance(store, &place, client, None, now).await?;
        let pair = self.issuer()?.pair(&session, &user, now)?;
        Ok(Refreshed { access: pair.access, refresh: Some(pair.refresh) })
    }

    /// The place of a token in the store, where it stands from now on if it came from elsewhere, and the claims of its user. The
    /// session of a user who gets no more tokens ends.
    pub(super) async fn enter(
        &self,
        store: &AnyTokenStore,
        token: &VerifiedToken,
        now: Timestamp,
    ) -> Result<(Place, Claims), AuthError> {
        let mut place = self.place(token, now)?;
        // The user first: a store that cannot say who they are must not cost them their refresh token.
        let user = self.current_claims(token).await?;
        if let Some(session) = place.foreign.take() {
            self.adopt(store, token, session, now).await?;
        }
        match user {
            Ok(user) => Ok((place, user)),
            Err(reason) => {
                self.end(store, place.sid, reason, now).await?;
                Err(AuthError::SessionEnded(reason))
            }
        }
    }

    /// Presents a generation to the store.
    pub(super) async fn advance(
        &self,
        store: &AnyTokenStore,
        place: &Place,
        client: Client,
        reauthentication: Option<Reauthentication>,
        now: Timestamp,
    ) -> Result<Session, AuthError> {
        let presentation = Presentation {
            sid: place.sid,
            generation: place.generation,
            now,
            rules: SessionRules::from(self.settings()),
            drop_after: self.drop_after(now),
            ip: client.ip,
            user_agent: client.user_agent,
            reauthentication,
        };
        let moved = store.advance(presentation.clone()).await?;
        self.tell_move(&moved, &presentation);
        match moved {
            Move::Rotated(session) | Move::Replayed(session) | Move::Recovered(session) => Ok(session),
            Move::Conflict => Err(AuthError::RefreshConflict),
            Move::Theft(session) => {
                self.parts().revocations.revoke(Revoked::Session(session.sid), self.drop_after(now));
                Err(AuthError::SessionEnded(EndReason::TokenReused))
            }
            Move::Ended(reason) => Err(AuthError::SessionEnded(reason)),
        }
    }

    /// A token from elsewhere becomes a session, unless it was blacklisted there.
    pub(crate) async fn adopt(
        &self,
        store: &AnyTokenStore,
        token: &VerifiedToken,
        session: NewSession,
        now: Timestamp,
    ) -> Result<(), AuthError> {
        #[cfg(feature = "django")]
        if self.parts().blacklist.is_some() && store.find(session.sid).await?.is_none() {
            self.check_class(token, TokenClass::Refresh).await?.map_err(AuthError::InvalidToken)?;
        }
        let _ = token;
        Ok(store.adopt(session, now).await?)
    }

    /// The session, when it is alive and the token is its newest: without rotation that is all there is to ask. An older
    /// token (rotation was on once, or is on elsewhere) is judged by the table.
    async fn newest(&self, store: &AnyTokenStore, place: &Place, now: Timestamp) -> Result<Option<Session>, AuthError> {
        let session = store.find(place.sid).await?.ok_or(AuthError::SessionEnded(EndReason::Unknown))?;
        match session.end_reason(now) {
            Some(reason) => Err(AuthError::SessionEnded(reason)),
            None => Ok(Some(session).filter(|session| session.generation == place.generation)),
        }
    }

    /// Rights of a user are the user store's to say, at every refresh: what an older token said of them is not copied.
    fn drop_stale_rights(&self, claims: &mut Claims) {
        let Settings { permissions_claim, roles_claim, scope_claim, .. } = self.settings();
        if self.parts().users.is_some() {
            let rights = [permissions_claim.as_str(), roles_claim, scope_claim, "is_staff", "is_superuser"];
            claims.retain(|name| !rights.contains(&name));
        }
    }

    /// The claims of the token's user as the user store has them now, or why there will be no more tokens: the user is gone,
    /// switched off or may not log in any more, or, with `check_revoke_token`, has another password. Without a user store
    /// there is nothing to ask and nothing to add.
    pub(crate) async fn current_claims(&self, token: &VerifiedToken) -> Result<Result<Claims, EndReason>, AuthError> {
        let inner = self.parts();
        let user_id = token.user_id().ok_or(AuthError::NoUserInToken)?;
        let Some(users) = &inner.users else { return Ok(Ok(Claims::new())) };
        let Some(user) = users.find_welcome(user_id, inner.settings.check_user_is_active).await? else {
            return Ok(Err(EndReason::UserDisabled));
        };
        let facts = users.facts(&user).await?;
        #[cfg(feature = "django")]
        if !self.is_of_password(token, || facts.revocation_claim.clone()) {
            return Ok(Err(EndReason::SessionRevoked));
        }
        self.claims_of(facts).map(Ok)
    }
}
