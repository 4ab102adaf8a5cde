//! A user's own list of logins, and ending them.

use super::{Client, Deed};
use crate::auth::{JwtAuth, NO_USERS};
use crate::error::{AuthError, EndReason};
use crate::store::{AnyTokenStore, Ending, Revoked, Session, SessionId, SessionPlace, TokenStore};
use crate::user::User;

impl<U: Send + Sync + 'static> JwtAuth<U> {
    /// The sessions of a user that are alive, the youngest first: at most [`SESSIONS_PAGE`](crate::store::SESSIONS_PAGE), which is what the default of
    /// `max_sessions_per_user` lets there be. More are on the pages after it, [`sessions_after`](Self::sessions_after).
    ///
    /// # Errors
    /// [`AuthError::NotAvailable`] without a store that knows sessions by user, [`AuthError::Unavailable`] when it cannot be
    /// asked.
    pub async fn sessions(&self, user_id: &str) -> Result<Vec<Session>, AuthError> {
        Ok(self.session_store()?.list(user_id, self.now()).await?)
    }

    /// The next page after this place; none on it means that there are no more.
    ///
    /// # Errors
    /// As [`sessions`](Self::sessions).
    pub async fn sessions_after(&self, user_id: &str, place: SessionPlace) -> Result<Vec<Session>, AuthError> {
        Ok(self.session_store()?.list_after(user_id, place, self.now()).await?)
    }

    /// Ends one session of a user and its access tokens: on this node at once, on others within `revocation_sync_interval`.
    ///
    /// # Errors
    /// [`AuthError::NotAvailable`] when the user has no such session, or none whose tokens still open something, so that nobody learns of the sessions of others,
    /// and without a store that knows sessions by user; [`AuthError::Unavailable`] when it cannot be asked.
    pub async fn end_session(&self, user_id: &str, sid: SessionId) -> Result<(), AuthError> {
        self.end_session_for(user_id, sid, Client::default()).await
    }

    /// As [`end_session`](Self::end_session), for this client.
    pub(crate) async fn end_session_for(&self, user_id: &str, sid: SessionId, client: Client) -> Result<(), AuthError> {
        let store = self.session_store()?;
        let deed = Deed::new("session.revoked", &client);
        let is_theirs = store.find(sid).await?.is_some_and(|session| session.user_id == user_id);
        if is_theirs && self.end(store, sid, EndReason::SessionRevoked, self.now(), deed).await? {
            self.tell_revoked(user_id, Some(sid), client);
            Ok(())
        } else {
            Err(AuthError::NotAvailable)
        }
    }

    /// Ends all sessions of a user and all their access tokens, likewise.
    ///
    /// # Errors
    /// [`AuthError::NotAvailable`] without a store that knows sessions by user, [`AuthError::Unavailable`] when it cannot be
    /// asked.
    pub async fn end_all_sessions(&self, user_id: &str) -> Result<(), AuthError> {
        self.end_all_sessions_for(user_id, Client::default(), EndReason::SessionRevoked, None).await
    }

    /// As [`end_all_sessions`](Self::end_all_sessions), for this client and reason; `code` says why, where it is not that they asked for it.
    pub(crate) async fn end_all_sessions_for(
        &self,
        user_id: &str,
        client: Client,
        reason: EndReason,
        code: Option<&'static str>,
    ) -> Result<(), AuthError> {
        let (store, now) = (self.session_store()?, self.now());
        let ending = Ending { reason, now, drop_after: self.drop_after(now) };
        let deed = Deed::new("sessions.revoked_all", &client).because(code);
        let epoch = self.audited(store, deed).end_all(user_id, None, ending).await?;
        // The moment as the store has it comes with the feed.
        let revoked = Revoked::User { user_id: user_id.to_owned(), epoch, raised_at: now };
        self.parts().revocations.revoke(revoked, ending.drop_after);
        self.tell_revoked(user_id, None, client);
        Ok(())
    }

    pub(super) fn session_store(&self) -> Result<&AnyTokenStore, AuthError> {
        let store = self.parts().store.as_ref();
        store.filter(|store| store.capabilities().sessions).ok_or(AuthError::NotAvailable)
    }
}

impl<U: User> JwtAuth<U> {
    /// Switches a user off: no login and no refresh any more, and every session and access token of theirs is over, on this node at once, on others
    /// within `revocation_sync_interval`. The same as `jwt-auth disableuser`. [`UserStore::disable`](crate::UserStore::disable) writes it into the user's
    /// row; a store that leaves that to the application has to find it written, so write it first. Call it as well after a user was deleted.
    ///
    /// # Errors
    /// [`AuthError::NotAvailable`] without a store that knows sessions by user: then nothing was written.
    /// [`AuthError::Misconfigured`] when the user is still active after the user store was asked, and [`AuthError::Unavailable`] when a
    /// store cannot be asked: call it again, as when it was not waited for.
    pub async fn disable_user(&self, user: &U) -> Result<(), AuthError> {
        self.session_store()?;
        let users = self.parts().users.as_deref().ok_or(NO_USERS)?;
        if !users.disable(user).await? {
            return Err(STILL_ACTIVE);
        }
        let reason = EndReason::UserDisabled;
        self.end_all_sessions_for(&user.identity().id, Client::default(), reason, Some(reason.code())).await
    }
}

const STILL_ACTIVE: AuthError = AuthError::Misconfigured(
    "`disable_user` finds the user still active: implement `UserStore::disable`, or switch them off in your table before it is called",
);
