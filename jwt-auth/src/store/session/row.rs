//! The row of a session.

use super::{ClientMark, EndReason, LastProof, MoveLog, Reauthentication, SessionId};
use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::store::KEPT_LONGER;
use std::time::Duration;

/// A session as it stands in the store: one row per login, however often it is refreshed.
///
/// A refresh token is a function of this row, and nothing in it is a usable token: whoever reads the table
/// still lacks the signing key.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Its name.
    pub sid: SessionId,
    /// Whose it is: the value of the user id claim, as text.
    pub user_id: String,
    /// The generation that the newest refresh token carries.
    pub generation: u64,
    /// The generation that was presented when `generation` was made; none before the first refresh.
    pub parent: Option<u64>,
    /// How often `generation` was handed out again since the last move.
    pub replays: u32,
    /// When the user logged in.
    pub created_at: Timestamp,
    /// When `generation` was made: `iat` of its refresh token.
    pub moved_at: Timestamp,
    /// When the last generations before it were superseded.
    pub moves: MoveLog,
    /// The client that made the last move; none before the first, and when nobody knows.
    pub moved_by: Option<ClientMark>,
    /// The generation that the last proof of identity made; none since the login, and when a recovery has forgotten the proof. Tokens of
    /// before it know of no proof.
    pub proven_at: Option<u64>,
    /// When tokens were last handed out (`generation` made or replayed), by whichever clock was ahead: a revocation is remembered until
    /// those are over.
    pub handed_out_at: Timestamp,
    /// `exp` of the newest refresh token: unused until then, the session ends.
    pub idle_expires_at: Timestamp,
    /// The end of its absolute life, which never moves.
    pub expires_at: Timestamp,
    /// The row stays at least until then, see [`NewSession::keep_until`](super::NewSession::keep_until).
    pub keep_until: Timestamp,
    /// The user's epoch when it was made.
    pub epoch: u64,
    /// When the user last proved who they are; a refresh never moves it. [`Timestamp::default`] when nobody knows.
    pub auth_time: Timestamp,
    /// The last proof since the login, forgotten or not: access tokens of before it are over.
    pub last_proof: LastProof,
    /// How: authentication methods by their names of RFC 8176 (`pwd`, `otp`).
    pub amr: Vec<String>,
    /// How strongly: the authentication context class that was reached.
    pub acr: Option<String>,
    /// Claims set at login; copied into every token of the session, but for those that this crate keeps for itself.
    pub claims: Claims,
    /// Client address at login. A move leaves it alone: it would tell whoever reads the list of sessions that there was one.
    pub ip: Option<String>,
    /// `User-Agent` at login.
    pub user_agent: Option<String>,
    /// Why it is over, if it is. An expired session need not have been marked.
    pub ended: Option<EndReason>,
}

impl Session {
    /// The last second of the year 9999: the latest moment that every database and JSON reader agrees on.
    pub const LAST_MOMENT: Timestamp = Timestamp::from_seconds(253_402_300_799);

    /// Whether its tokens are still good: not ended, and within its idle and its absolute life.
    pub fn is_alive(&self, now: Timestamp) -> bool {
        self.end_reason(now).is_none()
    }

    /// Why it is over at this moment; `None` while it lives.
    pub fn end_reason(&self, now: Timestamp) -> Option<EndReason> {
        // RFC 7519 4.1.4: expired on or after the moment.
        let expired = now >= self.idle_expires_at || now >= self.expires_at;
        self.ended.or(expired.then_some(EndReason::SessionExpired))
    }

    /// From when on the row may be deleted: no refresh token of the session has been alive for a day.
    ///
    /// Ended rows stay until then as well, so that a spent token is answered with the true reason; and the day is for clocks that
    /// step or differ, lest one that is fast clears away what others need.
    pub fn clear_after(&self) -> Timestamp {
        self.idle_expires_at.max(self.keep_until).after(KEPT_LONGER)
    }

    /// What the list of sessions says of its last use: the last hand-out, blurred, so that it changes by the clock and not by a
    /// move. Whoever holds one access token reads that list, and a value that follows moves tells a thief when to present
    /// what they have stolen.
    pub fn last_used_at(&self, now: Timestamp, access_lifetime: Duration) -> Timestamp {
        let step = u64::try_from(access_lifetime.as_millis()).unwrap_or(u64::MAX).max(1);
        let shown = now.min(self.handed_out_at.after(access_lifetime * 2)).millis();
        Timestamp::from_millis(shown - shown % step)
    }

    /// Whether an access token of it may still open something: while it lives, and for this long after it.
    pub fn opens_something(&self, now: Timestamp, opens_for: Duration) -> bool {
        self.ended.is_none() && now < self.idle_expires_at.min(self.expires_at).after(opens_for)
    }

    /// Notes that the user has proved anew, at this moment and for the newest generation, who they are: methods are added to those of before, and the class that was reached
    /// takes the place of the last one, none included. Time and class speak of one proof (OpenID Connect Core 2): a password is
    /// no fresh `mfa`.
    pub fn reauthenticate(&mut self, proof: &Reauthentication, at: Timestamp) {
        self.auth_time = at;
        self.proven_at = Some(self.generation);
        self.last_proof = self.last_proof.max(LastProof { generation: self.generation, auth_time: at });
        let new = proof.amr.iter().filter(|method| !self.amr.contains(method)).cloned().collect::<Vec<_>>();
        self.amr.extend(new);
        self.acr.clone_from(&proof.acr);
    }

    /// Whether `generation` was made on a new proof of identity.
    pub(super) fn is_proven(&self) -> bool {
        self.proven_at == Some(self.generation)
    }

    /// Whether a token of this generation was handed out before the last proof. Whoever holds no other one has not given it.
    pub(super) fn was_proven_after(&self, generation: u64) -> bool {
        self.proven_at.is_some_and(|proven_at| generation < proven_at)
    }

    /// Whether its proof of identity says at least what this one says.
    pub(super) fn says_as_much_as(&self, proof: &Reauthentication) -> bool {
        self.acr == proof.acr && proof.amr.iter().all(|method| self.amr.contains(method))
    }

    /// From now on nobody knows when and how the user last proved who they are.
    pub(super) fn forget_proof(&mut self) {
        (self.auth_time, self.amr, self.acr, self.proven_at) = (Timestamp::default(), Vec::new(), None, None);
    }

    /// `jti` of the newest refresh token, see [`SessionId::refresh_jti`].
    pub fn refresh_jti(&self) -> String {
        self.sid.refresh_jti(self.generation)
    }
}
