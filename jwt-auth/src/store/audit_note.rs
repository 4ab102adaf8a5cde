//! What an audited store writes beside a change.

#[cfg(any(feature = "sqlite", feature = "postgres"))]
use super::{Move, Presentation, SessionId};
use std::time::Duration;

/// What a store that is [audited](super::TokenStore::audited) writes down beside each change, in the same transaction: one row of the table
/// `jwt_auth_audit` for each event.
///
/// It holds no token, no password and no key; the names of events are those of [`AuditEvent::name`](crate::audit::AuditEvent::name).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditNote {
    /// What `create`, `adopt`, `end`, `end_all` and `reset` come to, if they change something. What `advance` comes to only the store knows
    /// ([`Move::audited`](super::Move::audited)), and a session that makes room for another is a `session.revoked` with the code `max_sessions_per_user`.
    pub event: &'static str,
    /// Why, where the event alone does not say it.
    pub code: Option<&'static str>,
    /// The address of who asked.
    pub ip: Option<String>,
    /// Their `User-Agent`.
    pub user_agent: Option<String>,
    /// For how long rows are kept: `audit_table`. Each write deletes up to [`CLEARED_PER_WRITE`](super::CLEARED_PER_WRITE) of its namespace
    /// that are older.
    pub keep: Duration,
}

/// One event, as a row says it.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(super) struct AuditRow<'a> {
    pub(super) event: &'static str,
    pub(super) code: Option<&'static str>,
    pub(super) user_id: &'a str,
    /// None of all sessions of the user.
    pub(super) sid: Option<SessionId>,
}

#[cfg(any(feature = "sqlite", feature = "postgres"))]
impl AuditNote {
    pub(super) fn row<'a>(&self, user_id: &'a str, sid: Option<SessionId>) -> AuditRow<'a> {
        AuditRow { event: self.event, code: self.code, user_id, sid }
    }
}

#[cfg(any(feature = "sqlite", feature = "postgres"))]
impl<'a> AuditRow<'a> {
    /// A session has made room for another one of its user.
    pub(super) fn made_room(user_id: &'a str, sid: SessionId) -> Self {
        Self { event: "session.revoked", code: Some("max_sessions_per_user"), user_id, sid: Some(sid) }
    }

    pub(super) fn of_move(moved: &Move, presented: &'a Presentation) -> Option<Self> {
        let (event, code) = moved.audited(presented)?;
        Some(Self { event, code, user_id: &presented.user_id, sid: Some(presented.sid) })
    }
}
