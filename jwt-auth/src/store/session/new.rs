//! A login that is to become a session.

use super::{EndReason, LastProof, MoveLog, Session, SessionId};
use crate::claims::Claims;
use crate::clock::Timestamp;

/// A login to be stored, or a refresh token issued elsewhere to be adopted.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Its name: [`SessionId::random`] for a login, [`SessionId::of_foreign_token`] for an adopted token.
    pub sid: SessionId,
    /// Whose it is: the value of the user id claim, as text.
    pub user_id: String,
    /// When the user logged in; for an adopted token, its `iat`, and [`Timestamp::default`] when it has none: as old as can be.
    pub created_at: Timestamp,
    /// `exp` of the first refresh token.
    pub idle_expires_at: Timestamp,
    /// The end of its absolute life, which never moves (OWASP ASVS 10.4.8).
    pub expires_at: Timestamp,
    /// Until when the row must be kept whatever becomes of the session.
    ///
    /// For an adopted token this is its `exp` and the leeway: were the row cleared before, the same token could be
    /// adopted a second time. For a login of our own it is when the last access token of it may be over, which can be ended as long as
    /// the row is there.
    pub keep_until: Timestamp,
    /// When the user last proved who they are; [`Timestamp::default`] when nobody knows, as for an adopted token.
    pub auth_time: Timestamp,
    /// How: authentication methods by their names of RFC 8176 (`pwd`, `otp`).
    pub amr: Vec<String>,
    /// How strongly: the authentication context class that was reached.
    pub acr: Option<String>,
    /// Claims set at login; copied into every token of the session.
    pub claims: Claims,
    /// Client address at login.
    pub ip: Option<String>,
    /// `User-Agent` at login.
    pub user_agent: Option<String>,
}

impl NewSession {
    /// The row as it is first stored: generation 0, in the user's present epoch. Ends that lie too far off for a database to count with are
    /// [`Session::LAST_MOMENT`].
    pub fn into_session(self, epoch: u64) -> Session {
        let [idle_expires_at, expires_at, keep_until] =
            [self.idle_expires_at, self.expires_at, self.keep_until].map(|end| end.min(Session::LAST_MOMENT));
        Session {
            sid: self.sid,
            user_id: self.user_id,
            generation: 0,
            parent: None,
            replays: 0,
            created_at: self.created_at,
            moved_at: self.created_at,
            moves: MoveLog::new(),
            moved_by: None,
            proven_at: None,
            handed_out_at: self.created_at,
            idle_expires_at: idle_expires_at.min(expires_at),
            expires_at,
            keep_until,
            epoch,
            auth_time: self.auth_time,
            last_proof: LastProof { generation: 0, auth_time: self.auth_time },
            amr: self.amr,
            acr: self.acr,
            claims: self.claims,
            ip: self.ip,
            user_agent: self.user_agent,
            ended: None,
        }
    }

    /// The row of an adopted token, used at this moment. One issued before or in the very moment the user's epoch was last
    /// raised is ended already: "log out everywhere" meant it too, though nobody knew of it.
    pub fn into_adopted(self, epoch: u64, raised_at: Option<Timestamp>, now: Timestamp) -> Session {
        let mut session = self.into_session(epoch);
        if raised_at.is_some_and(|raised_at| session.created_at <= raised_at) {
            session.ended = Some(EndReason::SessionRevoked);
        }
        // Not its `iat`: the session used least recently leaves first, and this one is in use.
        session.handed_out_at = now;
        session
    }
}
