//! Hand-outs that no move of a session notes. A revocation must be remembered until the last token it concerns is over, by whichever clock
//! that was made.

use crate::auth::JwtAuth;
use crate::clock::Timestamp;
use crate::error::{AuthError, EndReason, StoreError};
use crate::store::{AnyTokenStore, Retention, Session, TokenStore};
use std::sync::atomic::Ordering;

impl<U: Send + Sync + 'static> JwtAuth<U> {
    /// Of an access token of this session, to be noted before it is made: a session that was ended meanwhile has none any more.
    pub(super) async fn note_hand_out(
        &self,
        store: &AnyTokenStore,
        session: &Session,
        now: Timestamp,
    ) -> Result<(), AuthError> {
        if self.is_reckoned_with(session.handed_out_at, now) || store.note_hand_out(Some(session.sid), now).await? {
            return Ok(());
        }
        let ended = store.find(session.sid).await?.and_then(|session| session.ended);
        Err(AuthError::SessionEnded(ended.unwrap_or(EndReason::Unknown)))
    }

    /// Of a token that belongs to no session and says its user's epoch, to be noted before that is read: then either the token is of after
    /// a "log out everywhere", or that knows of it.
    #[cfg_attr(not(feature = "django"), expect(dead_code, reason = "sliding tokens alone are such"))]
    pub(crate) async fn note_hand_out_of_no_session(
        &self,
        store: &AnyTokenStore,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let noted = &self.parts().hand_out_noted;
        if !self.is_reckoned_with(Timestamp::from_millis(noted.load(Ordering::Acquire)), now) {
            store.note_hand_out(None, now).await?;
            noted.fetch_max(now.millis(), Ordering::AcqRel);
        }
        Ok(())
    }

    /// Whether revocations are kept long enough for what is handed out now, since it was noted at this moment.
    fn is_reckoned_with(&self, noted: Timestamp, now: Timestamp) -> bool {
        now <= noted.after(self.settings().access_token_lifetime / Retention::UNNOTED)
    }
}
