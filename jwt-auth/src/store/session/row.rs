//! The row of a session.

use super::{EndReason, Reauthentication, SessionId};
use crate::claims::Claims;
use crate::clock::Timestamp;

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
    /// How often `parent` was replayed since the last move.
    pub replays: u32,
    /// When the user logged in.
    pub created_at: Timestamp,
    /// When `generation` was made: `iat` of its refresh token.
    pub moved_at: Timestamp,
    /// When the generation before it was made.
    pub previous_move_at: Timestamp,
    /// When `generation` was last handed out (made or replayed).
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
    /// How: authentication methods by their names of RFC 8176 (`pwd`, `otp`).
    pub amr: Vec<String>,
    /// How strongly: the authentication context class that was reached.
    pub acr: Option<String>,
    /// Claims set at login; copied into every token of the session.
    pub claims: Claims,
    /// Client address at login or last refresh.
    pub ip: Option<String>,
    /// `User-Agent` at login or last refresh.
    pub user_agent: Option<String>,
    /// Why it is over, if it is. An expired session need not have been marked.
    pub ended: Option<EndReason>,
}

impl Session {
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

    /// From when on the row may be deleted: no refresh token of the session can be alive any more.
    ///
    /// Ended rows stay until then as well, so that a spent token is answered with the true reason.
    pub fn clear_after(&self) -> Timestamp {
        self.idle_expires_at.max(self.keep_until)
    }

    /// Notes that the user has proved anew who they are: methods are added to those of before, and the class that was reached
    /// takes the place of the last one, none included. Time and class speak of one proof (OpenID Connect Core 2): a password is
    /// no fresh `mfa`.
    pub fn reauthenticate(&mut self, proof: &Reauthentication, now: Timestamp) {
        self.auth_time = now;
        let new = proof.amr.iter().filter(|method| !self.amr.contains(method)).cloned().collect::<Vec<_>>();
        self.amr.extend(new);
        self.acr.clone_from(&proof.acr);
    }

    /// Whether `generation` was made on a new proof of identity.
    pub(crate) fn was_moved_by_proof(&self) -> bool {
        // Of a login, the proof is as old as the session, and every token of it may show it.
        self.auth_time > self.created_at && self.auth_time >= self.moved_at
    }

    /// Whether `generation` was made on a new proof that says as much as this one.
    pub(crate) fn was_moved_by(&self, proof: &Reauthentication) -> bool {
        let mut proven = self.clone();
        proven.reauthenticate(proof, self.auth_time);
        self.was_moved_by_proof() && proven == *self
    }

    /// From now on nobody knows when and how the user last proved who they are.
    pub(crate) fn forget_proof(&mut self) {
        (self.auth_time, self.amr, self.acr) = (Timestamp::default(), Vec::new(), None);
    }

    /// `jti` of the newest refresh token, see [`SessionId::refresh_jti`].
    pub fn refresh_jti(&self) -> String {
        self.sid.refresh_jti(self.generation)
    }
}
