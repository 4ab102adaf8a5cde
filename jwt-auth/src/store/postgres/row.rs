//! Between rows and sessions.

use super::fault::Fault;
use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::store::columns::{mark_from_sql, reason_from_sql};
use crate::store::{LastProof, MoveLog, Session, SessionId};
use sqlx::Row;
use sqlx::postgres::PgRow;
use std::borrow::Cow;

pub(super) use crate::store::columns::{
    amr_to_sql, columns, duration_to_sql, from_sql, in_order, last_proof_to_sql, mark_to_sql, reason_to_sql,
    time_from_sql, time_to_sql, to_sql,
};

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
        moved_by: moved_by.map(|bytes| mark_from_sql(bytes).ok_or(Fault::Column("moved_by"))).transpose()?,
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
