//! A user's sessions but one: what a change of password ends.

use super::refresh::newest;
use super::standing::PASSWORD_CHANGED;
use super::{Client, Deed};
use crate::auth::{JwtAuth, NO_USERS};
use crate::clock::Timestamp;
use crate::error::{AuthError, EndReason};
use crate::store::{AnyTokenStore, Ending, Revoked, Session, SessionId, TokenStore};
use crate::tokens::TokenPair;
use crate::user::{User, password_mark};
use std::time::Duration;

impl<U: User> JwtAuth<U> {
    /// Says that a user has another password: all their sessions and access tokens are over, on this node at once, on others within
    /// `revocation_sync_interval`. Call it when the new hash is stored, after a reset or a change by an administrator; where users
    /// change it themselves, [`end_other_sessions`](Self::end_other_sessions) lets the one they are in go on.
    ///
    /// Where nobody calls it (a row that was changed by hand, by another service), a session is refused at its next refresh, and
    /// until then its access tokens are good.
    ///
    /// # Errors
    /// As [`end_all_sessions`](Self::end_all_sessions). The password is changed all the same: call it again.
    pub async fn password_changed(&self, user: &U) -> Result<(), AuthError> {
        let reason = EndReason::SessionRevoked;
        self.end_all_sessions_for(&user.identity().id, Client::default(), reason, Some(PASSWORD_CHANGED)).await
    }

    /// Ends all sessions of a user but this one, which goes on with the tokens that are returned: the access tokens of before are
    /// over, its own too. Its refresh token of before stays good for one more refresh, as after a lost answer.
    ///
    /// For whoever has just changed their password, or wants everybody else out: the caller has checked who it is, by the old
    /// password say. Whoever holds no more than an access token should not get a refresh token by it. The session is the one of
    /// the request ([`CurrentSession::id`](crate::CurrentSession::id)); that it is this user's is checked here.
    ///
    /// # Errors
    /// [`AuthError::SessionEnded`] when the user has no such living session or may not stay logged in: then nothing was ended.
    /// [`AuthError::NotAvailable`] without a store that knows sessions by user, [`AuthError::Unavailable`] when it, or the user
    /// store, cannot be asked.
    pub async fn end_other_sessions(
        &self,
        user: &U,
        session: SessionId,
        client: Client,
    ) -> Result<TokenPair, AuthError> {
        let (store, now) = (self.session_store()?, self.now());
        let inner = self.parts();
        let user_id = user.identity().id;
        let users = inner.users.as_deref().ok_or(NO_USERS)?;
        // The caller may hold the user of before the change.
        let found = users.allowed_facts(&user_id, inner.settings.check_user_is_active).await?;
        let facts = found.ok_or(AuthError::SessionEnded(EndReason::UserDisabled))?;
        let found = store.find(session).await?.filter(|session| session.user_id == user_id);
        let found = found.ok_or(AuthError::SessionEnded(EndReason::Unknown))?;
        if let Some(reason) = found.end_reason(now) {
            return Err(AuthError::SessionEnded(reason));
        }
        let standing = self.standing_of(&facts)?;
        let mut claims = found.claims;
        standing.mark(session, &mut claims)?;
        if inner.settings.check_revoke_token
            && let Some(mark) = password_mark(&facts.password_hash)
        {
            claims.insert(&inner.settings.revoke_token_claim, mark)?;
        }
        store.set_claims(session, claims).await?;
        let kept = self.keep_only(store, &user_id, session, client, now).await?;
        self.issuer()?.pair(&kept, &standing.claims, now)
    }
}

impl<U: Send + Sync + 'static> JwtAuth<U> {
    /// [`end_other_sessions`](Self::end_other_sessions) for who shows the refresh token of the session, which is refreshed.
    pub(crate) async fn refresh_alone(
        &self,
        user_id: &str,
        refresh: &str,
        client: Client,
    ) -> Result<TokenPair, AuthError> {
        let (store, now) = (self.session_store()?, self.now());
        let token = self.verified_refresh(store, refresh, now, Duration::ZERO).await?;
        if token.user_id() != Some(user_id) {
            return Err(AuthError::NoActiveAccount);
        }
        let (located, user) = self.locate_and_adopt(store, &token, now).await?;
        let presentation = self.presentation(&located, &client, None, now);
        let unmoved = match self.settings().rotate_refresh_tokens {
            true => None,
            false => newest(store, &presentation).await?,
        };
        let session = match unmoved {
            Some(session) => {
                self.check_password_of(store, &session, &user, now).await?;
                session
            }
            None => self.advance(store, presentation, &user, &client).await?,
        };
        let kept = self.keep_only(store, user_id, session.sid, client, now).await?;
        self.issuer()?.pair(&kept, &user.claims, now)
    }

    /// The session as it goes on, all others being over.
    async fn keep_only(
        &self,
        store: &AnyTokenStore,
        user_id: &str,
        session: SessionId,
        client: Client,
        now: Timestamp,
    ) -> Result<Session, AuthError> {
        let ending = Ending { reason: EndReason::SessionRevoked, now, drop_after: self.drop_after(now) };
        let epoch = self
            .audited(store, Deed::new("sessions.revoked_others", &client))
            .end_all(user_id, Some(session), ending)
            .await?;
        // The moment as the store has it comes with the feed.
        let revoked = Revoked::User { user_id: user_id.to_owned(), epoch, raised_at: now };
        self.parts().revocations.revoke(revoked, ending.drop_after);
        self.tell_others_revoked(user_id, session, client);
        // Somebody may have ended this one meanwhile.
        let kept = store.find(session).await?.ok_or(AuthError::SessionEnded(EndReason::Unknown))?;
        if let Some(reason) = kept.end_reason(now) {
            return Err(AuthError::SessionEnded(reason));
        }
        self.note_hand_out(store, &kept, now).await?;
        Ok(kept)
    }
}
