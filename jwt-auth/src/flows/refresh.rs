//! A refresh token to a new access token, and with rotation to the next refresh token.

use super::located::Located;
use super::standing::Standing;
use super::{Client, Deed};
use crate::auth::JwtAuth;
use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::error::{AuthError, EndReason};
use crate::permissions::claim_path;
use crate::secret::Secret;
use crate::settings::Settings;
use crate::store::{
    AnyTokenStore, Decision, Move, Presentation, Reauthentication, Session, SessionId, SessionRules, TokenStore,
};
use crate::tokens::{TokenClass, own_claims};
use crate::user::password_mark;
use crate::verify::{Occasion, VerifiedToken};
use std::time::Duration;

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
        match &self.parts().store {
            None => {
                let token = self.verified(token, TokenClass::Refresh, now)?;
                Ok(Refreshed { access: self.renewed_access(&token, now).await?, refresh: None })
            }
            Some(store) => {
                let token = self.verified_refresh(store, token, now, Duration::ZERO).await?;
                self.refresh_session(store, &token, client, now).await
            }
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
        let user = self.current_standing(token).await?.map_err(|_| AuthError::NoActiveAccount)?.claims;
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

    /// A refresh token of ours, or one that has been over for no longer than it can still be logged out with; `None` for what every flow
    /// refuses before it does anything.
    #[cfg(feature = "cookies")]
    pub(crate) fn authentic_refresh(&self, raw: &str) -> Option<VerifiedToken> {
        let inner = self.parts();
        let on = Occasion { now: self.now(), by_row: true, overdue: inner.revocations.keep() };
        let token = inner.verifier.verify_on(raw, on).ok()?;
        TokenClass::Refresh.check(&token, &inner.settings).is_ok().then_some(token)
    }

    /// A refresh token. Issuer and audience are compared but for one that our own key has signed and whose session is in the store: whom
    /// it is for is said by that, and a change of these settings must not end sessions. `overdue`: so long ago it may have expired.
    pub(crate) async fn verified_refresh(
        &self,
        store: &AnyTokenStore,
        raw: &str,
        now: Timestamp,
        overdue: Duration,
    ) -> Result<VerifiedToken, AuthError> {
        let inner = self.parts();
        let on = Occasion { now, by_row: true, overdue };
        let token = inner.verifier.verify_on(raw, on).map_err(AuthError::InvalidToken)?;
        TokenClass::Refresh.check(&token, &inner.settings).map_err(AuthError::InvalidToken)?;
        self.check_addressed(store, &token).await?;
        Ok(token)
    }

    /// Issuer and audience of a refresh token, where they are compared.
    pub(crate) async fn check_addressed(&self, store: &AnyTokenStore, token: &VerifiedToken) -> Result<(), AuthError> {
        let inner = self.parts();
        let Err(error) = inner.verifier.check_addressed(token) else { return Ok(()) };
        let sid = token.session_id().and_then(SessionId::parse).filter(|_| inner.settings.signing_key.is_some());
        let session = match sid {
            Some(sid) => store.find(sid).await?,
            None => None,
        };
        let is_its = session.is_some_and(|session| Some(session.user_id.as_str()) == token.user_id());
        if is_its { Ok(()) } else { Err(AuthError::InvalidToken(error)) }
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
            self.check_password_of(store, &session, &user, now).await?;
            self.note_hand_out(store, &session, now).await?;
            let access = self.issuer()?.session_access(&session, &user.claims, now)?;
            return Ok(Refreshed { access, refresh: None });
        }
        let session = self.advance(store, presentation, &user, &client).await?;
        let pair = self.issuer()?.pair(&session, &user.claims, now)?;
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
        let (user_agent, ip) = (client.user_agent.as_deref(), client.ip.as_deref());
        Presentation {
            sid: located.sid,
            user_id: located.user_id.clone(),
            generation: located.generation,
            now,
            rules: SessionRules::from(self.settings()),
            drop_after: self.drop_after(now),
            client: key.map(|key| key.mark(located.sid, user_agent, ip)),
            former_client: key.map(|key| key.former_marks(located.sid, user_agent, ip)).unwrap_or_default(),
            reauthentication,
        }
    }

    /// Presents a generation of this user's to the store. What comes of it is told, unless the session is over because of the password.
    pub(super) async fn advance(
        &self,
        store: &AnyTokenStore,
        presentation: Presentation,
        user: &Standing,
        client: &Client,
    ) -> Result<Session, AuthError> {
        let drop_after = presentation.drop_after;
        // What it comes to, the store says.
        let deed = Deed::new("refresh.rotated", client);
        let moved = self.audited(store, deed).advance(presentation.clone()).await?;
        if let Move::Rotated(session) | Move::Replayed(session) | Move::Recovered { session, .. } = &moved {
            self.check_password_of(store, session, user, presentation.now).await?;
        }
        self.tell_move(&moved, &presentation, client);
        if let Some(revoked) = moved.revokes(&presentation) {
            self.parts().revocations.revoke(revoked, drop_after);
        }
        match moved {
            Move::Rotated(session) | Move::Replayed(session) | Move::Recovered { session, .. } => Ok(session),
            Move::Conflict => Err(AuthError::RefreshConflict),
            Move::Theft(_) => Err(AuthError::SessionEnded(EndReason::TokenReused)),
            Move::Ended(reason) => Err(AuthError::SessionEnded(reason)),
        }
    }

    /// Rights of a user are the user store's to say, at every refresh: what an older token said of them is not copied.
    pub(super) fn drop_stale_rights(&self, claims: &mut Claims) {
        let Settings { permissions_claim, roles_claim, scope_claim, .. } = self.settings();
        if self.parts().users.is_some() {
            let rights = [permissions_claim.as_str(), roles_claim, scope_claim, "is_staff", "is_superuser"];
            claims.retain(|name| !rights.iter().any(|right| claim_path::leads_to(name, right)));
        }
    }

    /// The token's user as the user store has them now, or why there will be no more tokens: the user is gone,
    /// switched off or may not log in any more, or, with `check_revoke_token`, has another password. Without a user store
    /// there is nothing to ask and nothing to add.
    pub(crate) async fn current_standing(
        &self,
        token: &VerifiedToken,
    ) -> Result<Result<Standing, EndReason>, AuthError> {
        let inner = self.parts();
        let user_id = token.user_id().ok_or(AuthError::NoUserInToken)?;
        let Some(users) = &inner.users else { return Ok(Ok(Standing::default())) };
        let Some(facts) = users.allowed_facts(user_id, inner.settings.check_user_is_active).await? else {
            return Ok(Err(EndReason::UserDisabled));
        };
        if !self.is_of_password(token, || password_mark(&facts.password_hash)) {
            return Ok(Err(EndReason::SessionRevoked));
        }
        self.standing_of(&facts).map(Ok)
    }
}

/// The session, when it is alive and the token is its newest: without rotation that is all there is to ask. An older token
/// (rotation was on once, or is on elsewhere) is judged by the table.
pub(super) async fn newest(store: &AnyTokenStore, presented: &Presentation) -> Result<Option<Session>, AuthError> {
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
