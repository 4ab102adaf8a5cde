//! Logout.

use super::{Client, Deed};
use crate::auth::JwtAuth;
use crate::clock::Timestamp;
use crate::error::{AuthError, EndReason, TokenError};
use crate::store::{AnyTokenStore, Ending, Revoked, SessionId, TokenStore};

/// The event of a logout.
pub(crate) const LOGOUT: &str = "logout.succeeded";

impl<U: Send + Sync + 'static> JwtAuth<U> {
    /// Ends the session of a refresh token, whichever of its generations is presented, and with it its access tokens:
    /// on this node at once, on others within `revocation_sync_interval`. The token may have expired, as long as an access token of the
    /// session can still open something.
    ///
    /// # Errors
    /// [`AuthError::InvalidToken`] for a bad token and for one whose session is over already,
    /// [`AuthError::NotAvailable`] without a store, [`AuthError::Unavailable`] when the store cannot be asked.
    pub async fn blacklist(&self, token: &str) -> Result<(), AuthError> {
        self.log_out(token, Client::default()).await
    }

    /// As [`blacklist`](Self::blacklist), for this client.
    pub(crate) async fn log_out(&self, token: &str, client: Client) -> Result<(), AuthError> {
        let outcome = self.take_back(token, Deed::new(LOGOUT, &client)).await;
        self.tell_logout(outcome.as_ref(), token, client);
        outcome
    }

    /// As [`blacklist`](Self::blacklist), and nobody is told but the audit table: for tokens that nobody got.
    pub(crate) async fn take_back(&self, token: &str, deed: Deed<'_>) -> Result<(), AuthError> {
        if let Some(ledger) = self.parts().ledger.alone() {
            return ledger.end(self, token).await;
        }
        let store = self.parts().store.as_ref().ok_or(AuthError::NotAvailable)?;
        let now = self.now();
        // One that has expired still ends what was made from it.
        let overdue = self.parts().revocations.keep();
        let token = self.verified_refresh(store, token, now, overdue).await?;
        let located = self.locate(&token)?;
        let located = self.adopt(store, &token, located, None, now).await?.located;
        let presentation = self.presentation(&located, &Client::default(), None, now);
        if let Some(session) = store.find(located.sid).await?.filter(|session| session.user_id != located.user_id) {
            presentation.raise_alarm(&session);
        } else if self.end(store, located.sid, EndReason::SessionRevoked, now, deed).await? {
            return Ok(());
        }
        Err(AuthError::InvalidToken(TokenError::Blacklisted))
    }

    /// `true` when this call ended it.
    pub(crate) async fn end(
        &self,
        store: &AnyTokenStore,
        sid: SessionId,
        reason: EndReason,
        now: Timestamp,
        deed: Deed<'_>,
    ) -> Result<bool, AuthError> {
        let drop_after = self.drop_after(now);
        let ended = self.audited(store, deed).end(sid, Ending { reason, now, drop_after }).await?;
        if ended {
            self.parts().revocations.revoke(Revoked::Session(sid), drop_after);
        }
        Ok(ended)
    }
}
