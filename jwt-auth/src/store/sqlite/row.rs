//! Between rows and sessions.

use super::fault::Fault;
use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::store::columns::{mark_from_sql, reason_from_sql};
use crate::store::{LastProof, MoveLog, Session, SessionId};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

pub(super) use crate::store::columns::{
    amr_to_sql, columns, duration_to_sql, from_sql, in_order, last_proof_to_sql, mark_to_sql, reason_to_sql,
    time_from_sql, time_to_sql, to_sql,
};

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
        acr: row.try_get(19)?,
        claims: Claims::from_json(claims).map_err(|_| Fault::Column("claims"))?,
        ip: row.try_get(15)?,
        user_agent: row.try_get(16)?,
        ended: ended.map(reason_from_sql),
    })
}

fn number(row: &SqliteRow, index: usize) -> Result<u64, Fault> {
    Ok(from_sql(row.try_get(index)?))
}

fn time(row: &SqliteRow, index: usize) -> Result<Timestamp, Fault> {
    Ok(Timestamp::from_millis(number(row, index)?))
}
