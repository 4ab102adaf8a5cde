//! A refresh token to a new access token, and with rotation to the next refresh token.

use super::Client;
use super::located::Located;
use crate::auth::JwtAuth;
use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::error::{AuthError, EndReason};
use crate::secret::Secret;
use crate::settings::Settings;
use crate::store::{
    AnyTokenStore, Decision, Move, Presentation, Reauthentication, Revoked, Session, SessionRules, TokenStore,
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
        if let Some(ledger) = self.parts().ledger.alone() {
            return ledger.refresh(self, token).await;
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

    async fn refresh_session(
        &self,
        store: &AnyTokenStore,
        token: &VerifiedToken,
        client: Client,
        now: Timestamp,
    ) -> Result<Refreshed, AuthError> {
        let (located, user) = self.locate_and_adopt(store, token, now).await?;
        let presentation = self.presentation(&located, &client, None, now);
        if !self.settings().rotate_refresh_tokens
            && let Some(session) = newest(store, &presentation).await?
        {
            let access = self.issuer()?.session_access(&session, &user, now)?;
            return Ok(Refreshed { access, refresh: None });
        }
        let session = self.advance(store, presentation, &client).await?;
        let pair = self.issuer()?.pair(&session, &user, now)?;
        Ok(Refreshed { access: pair.access, refresh: Some(pair.refresh) })
    }

    /// How a located token is presented to the store.
    pub(super) fn presentation(
        &self,
        located: &Located,
        client: &Client,
        reauthentication: Option<Reauthentication>,
        now: Timestamp,
    ) -> Presentation {
        let key = self.parts().client_key.as_ref();
        Presentation {
            sid: located.sid,
            user_id: located.user_id.clone(),
            generation: located.generation,
            now,
            rules: SessionRules::from(self.settings()),
            drop_after: self.drop_after(now),
            client: key.map(|key| key.mark(located.sid, client.user_agent.as_deref(), client.ip.as_deref())),
            reauthentication,
        }
    }

    /// Presents a generation to the store.
    pub(super) async fn advance(
        &self,
        store: &AnyTokenStore,
        presentation: Presentation,
        client: &Client,
    ) -> Result<Session, AuthError> {
        let drop_after = presentation.drop_after;
        let moved = store.advance(presentation.clone()).await?;
        self.tell_move(&moved, &presentation, client);
        match moved {
            Move::Rotated(session) | Move::Replayed(session) | Move::Recovered { session, .. } => Ok(session),
            Move::Conflict => Err(AuthError::RefreshConflict),
            Move::Theft(session) => {
                self.parts().revocations.revoke(Revoked::Session(session.sid), drop_after);
                Err(AuthError::SessionEnded(EndReason::TokenReused))
            }
            Move::Ended(reason) => Err(AuthError::SessionEnded(reason)),
        }
    }

    /// Rights of a user are the user store's to say, at every refresh: what an older token said of them is not copied.
    pub(super) fn drop_stale_rights(&self, claims: &mut Claims) {
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
        if !self.is_of_password(token, || facts.password_mark.clone()) {
            return Ok(Err(EndReason::SessionRevoked));
        }
        self.claims_of(facts).map(Ok)
    }
}

/// The session, when it is alive and the token is its newest: without rotation that is all there is to ask. An older token
/// (rotation was on once, or is on elsewhere) is judged by the table.
async fn newest(store: &AnyTokenStore, presented: &Presentation) -> Result<Option<Session>, AuthError> {
    let session = store.find(presented.sid).await?.ok_or(AuthError::SessionEnded(EndReason::Unknown))?;
    match presented.decide(&session) {
        Decision::Rotate => Ok(Some(session)),
        Decision::Ended(reason) => {
            if reason == EndReason::Unknown {
                presented.raise_alarm(&session);
            }
            Err(AuthError::SessionEnded(reason))
        }
        _ => Ok(None),
    }
}
