//! Between rows and sessions.

use super::fault::Fault;
use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::store::{ClientMark, EndReason, LastProof, MoveLog, Session, SessionId};
use sqlx::Row;
use sqlx::postgres::PgRow;
use std::borrow::Cow;
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
pub(super) fn session(row: &PgRow) -> Result<Session, Fault> {
    let sid: &str = row.try_get(0)?;
    let claims: &str = row.try_get(14)?;
    let ended: Option<&str> = row.try_get(17)?;
    let parent: Option<i64> = row.try_get(3)?;
    let amr: &str = row.try_get(18)?;
    let moved_by: Option<&[u8]> = row.try_get(20)?;
    let proven_at: Option<i64> = row.try_get(21)?;
    Ok(Session {
        sid: sid_from_sql(sid)?,
        user_id: text_from_sql(row.try_get(1)?),
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
        acr: optional_text(row, 19)?,
        claims: Claims::from_json(claims).map_err(|_| Fault::Column("claims"))?,
        ip: optional_text(row, 15)?,
        user_agent: optional_text(row, 16)?,
        ended: ended.map(reason_from_sql),
    })
}

pub(super) fn sid_from_sql(text: &str) -> Result<SessionId, Fault> {
    SessionId::parse(text).ok_or(Fault::Column("sid"))
}

/// What does not fit is later, or more, than anything that matters. Far from the largest number, since PostgreSQL refuses a sum
/// that overflows.
pub(super) fn to_sql(number: u64) -> i64 {
    i64::try_from(number).map_or(FAR, |number| number.min(FAR))
}

const FAR: i64 = i64::MAX / 4;

pub(super) fn time_to_sql(time: Timestamp) -> i64 {
    to_sql(time.millis())
}

pub(super) fn duration_to_sql(duration: Duration) -> i64 {
    to_sql(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}

pub(super) fn time_from_sql(millis: i64) -> Timestamp {
    Timestamp::from_millis(from_sql(millis))
}

pub(super) fn from_sql(number: i64) -> u64 {
    number.max(0).unsigned_abs()
}

/// PostgreSQL's texts hold no NUL, and names of users or of agents may: it is written as two characters, of which the first stands in no
/// sensible text, and that one as two likewise.
pub(super) fn text_to_sql(text: &str) -> Cow<'_, str> {
    if !text.contains(['\0', ESCAPE]) {
        return text.into();
    }
    text.replace(ESCAPE, ESCAPED_ESCAPE).replace('\0', ESCAPED_NUL).into()
}

/// The reverse of [`text_to_sql`].
pub(super) fn text_from_sql(text: String) -> String {
    if !text.contains(ESCAPE) {
        return text;
    }
    text.replace(ESCAPED_NUL, "\0").replace(ESCAPED_ESCAPE, "\u{fdd0}")
}

/// A noncharacter of Unicode.
const ESCAPE: char = '\u{fdd0}';
const ESCAPED_ESCAPE: &str = "\u{fdd0}1";
const ESCAPED_NUL: &str = "\u{fdd0}0";

/// The time of it; 0 when it is `auth_time`, as it is unless a session has lost its proof: rows are many.
pub(super) fn last_proof_to_sql(session: &Session) -> i64 {
    let LastProof { auth_time, .. } = session.last_proof;
    if auth_time == session.auth_time { 0 } else { time_to_sql(auth_time) }
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

fn number(row: &PgRow, index: usize) -> Result<u64, Fault> {
    Ok(from_sql(row.try_get(index)?))
}

fn time(row: &PgRow, index: usize) -> Result<Timestamp, Fault> {
    Ok(Timestamp::from_millis(number(row, index)?))
}

fn optional_text(row: &PgRow, index: usize) -> Result<Option<String>, Fault> {
    let text: Option<String> = row.try_get(index)?;
    Ok(text.map(text_from_sql))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_comes_back() {
        for text in ["", "7", "a\0b", "\0", "\u{fdd0}", "\u{fdd0}0", "\u{fdd0}1\0", "0\u{fdd0}\0\u{fdd0}\u{fdd0}"] {
            let stored = text_to_sql(text).into_owned();
            assert!(!stored.contains('\0'), "{stored:?}");
            assert_eq!(text_from_sql(stored), text);
        }
    }
}
