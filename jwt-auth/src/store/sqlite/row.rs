//! Between rows and sessions.

use super::fault::Fault;
use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::store::{ClientMark, EndReason, LastProof, MoveLog, Session, SessionId};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use std::time::Duration;

/// The columns of a session in the order in which [`session`] reads them.
macro_rules! columns {
    () => {
        "sid, user_id, generation, parent, replays, created_at, moved_at, moves, handed_out_at, \
         idle_expires_at, expires_at, keep_until, epoch, auth_time, claims, ip, user_agent, ended, \
         amr, acr, moved_by, proven_at, last_proof, auth_gen"
    };
}
pub(super) use columns;

/// Reads a row of [`columns!`].
pub(super) fn session(row: &SqliteRow) -> Result<Session, Fault> {
    let sid: &str = row.try_get(0)?;
    let claims: &str = row.try_get(14)?;
    let ended: Option<&str> = row.try_get(17)?;
    let parent: Option<i64> = row.try_get(3)?;
    let amr: &str = row.try_get(18)?;
    let proven_at: Option<i64> = row.try_get(21)?;
    let moved_by: Option<&[u8]> = row.try_get(20)?;
    Ok(Session {
        sid: SessionId::parse(sid).ok_or(Fault::Column("sid"))?,
        user_id: row.try_get(1)?,
        generation: number(row, 2)?,
        parent: parent.map(from_sql),
        replays: u32::try_from(number(row, 4)?).unwrap_or(u32::MAX),
        created_at: time(row, 5)?,
        moved_at: time(row, 6)?,
        moves: MoveLog::parse(row.try_get(7)?).ok_or(Fault::Column("moves"))?,
        moved_by: moved_by.map(mark).transpose()?,
        proven_at: proven_at.map(from_sql),
        handed_out_at: time(row, 8)?,
        idle_expires_at: time(row, 9)?,
        expires_at: time(row, 10)?,
        keep_until: time(row, 11)?,
        epoch: number(row, 12)?,
        auth_time: time(row, 13)?,
        last_proof: LastProof { generation: number(row, 23)?, auth_time: time(row, 22)?.max(time(row, 13)?) },
        amr: serde_json::from_str(amr).map_err(|_| Fault::Column("amr"))?,
        acr: row.try_get(19)?,
        claims: Claims::from_json(claims).map_err(|_| Fault::Column("claims"))?,
        ip: row.try_get(15)?,
        user_agent: row.try_get(16)?,
        ended: ended.map(reason_from_sql),
    })
}

/// SQLite's integers are signed; what does not fit is later, or more, than anything that matters.
pub(super) fn to_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn time_to_sql(time: Timestamp) -> i64 {
    to_sql(time.millis())
}

pub(super) fn duration_to_sql(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

pub(super) fn time_from_sql(millis: i64) -> Timestamp {
    Timestamp::from_millis(from_sql(millis))
}

/// The time of it; 0 when it is `auth_time`, as it is unless a session has lost its proof: rows are many.
pub(super) fn last_proof_to_sql(session: &Session) -> i64 {
    let LastProof { auth_time, .. } = session.last_proof;
    if auth_time == session.auth_time { 0 } else { time_to_sql(auth_time) }
}

pub(super) fn from_sql(number: i64) -> u64 {
    number.max(0).unsigned_abs()
}

/// A list of texts can always be written.
pub(super) fn amr_to_sql(session: &Session) -> String {
    serde_json::to_string(&session.amr).unwrap_or_else(|_| "[]".to_owned())
}

pub(super) fn mark_to_sql(mark: Option<ClientMark>) -> Option<Vec<u8>> {
    mark.map(|mark| mark.as_bytes().to_vec())
}

pub(super) const fn reason_to_sql(reason: EndReason) -> &'static str {
    match reason {
        EndReason::TokenReused => "token_reused",
        EndReason::SessionExpired => "session_expired",
        EndReason::UserDisabled => "user_disabled",
        EndReason::SessionRevoked | EndReason::Unknown => "session_revoked",
    }
}

fn reason_from_sql(text: &str) -> EndReason {
    match text {
        "token_reused" => EndReason::TokenReused,
        "session_expired" => EndReason::SessionExpired,
        "user_disabled" => EndReason::UserDisabled,
        // A reason that a newer release wrote: over it is, whatever for.
        _ => EndReason::SessionRevoked,
    }
}

fn mark(bytes: &[u8]) -> Result<ClientMark, Fault> {
    bytes.try_into().map(ClientMark::from_bytes).map_err(|_| Fault::Column("moved_by"))
}

fn number(row: &SqliteRow, index: usize) -> Result<u64, Fault> {
    Ok(from_sql(row.try_get(index)?))
}

fn time(row: &SqliteRow, index: usize) -> Result<Timestamp, Fault> {
    Ok(Timestamp::from_millis(number(row, index)?))
}
