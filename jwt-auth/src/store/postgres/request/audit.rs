//! What is written down beside a change.

use crate::clock::Timestamp;
use crate::store::postgres::fault::Fault;
use crate::store::postgres::row::{text_to_sql, time_to_sql, to_sql};
use crate::store::{AuditNote, AuditRow, CLEARED_PER_WRITE};
use sqlx::PgConnection;
use std::sync::Arc;

/// None where nothing is to be written down.
pub(in crate::store::postgres) type Audit = Option<Arc<AuditNote>>;

/// Writes these events, and deletes a small batch of old ones that nobody else is at.
pub(super) async fn record(
    connection: &mut PgConnection,
    namespace: &str,
    note: &AuditNote,
    now: Timestamp,
    rows: &[AuditRow<'_>],
) -> Result<(), Fault> {
    let sids: Vec<_> = rows.iter().map(|row| row.sid.map(|sid| sid.to_string())).collect();
    let users: Vec<_> = rows.iter().map(|row| text_to_sql(row.user_id).into_owned()).collect();
    sqlx::query(
        "WITH over AS (
             DELETE FROM jwt_auth_audit WHERE id IN
                 (SELECT id FROM jwt_auth_audit WHERE namespace = $1 AND at <= $2
                  ORDER BY at LIMIT $3 FOR UPDATE SKIP LOCKED))
         INSERT INTO jwt_auth_audit (namespace, at, event, code, user_id, sid, ip, user_agent)
         SELECT $1, $4, event, code, user_id, sid, $5, $6
         FROM UNNEST($7::text[], $8::text[], $9::text[], $10::text[]) AS rows (event, code, user_id, sid)",
    )
    .bind(namespace)
    .bind(time_to_sql(now.before(note.keep)))
    .bind(to_sql(CLEARED_PER_WRITE as u64))
    .bind(time_to_sql(now))
    .bind(note.ip.as_deref().map(text_to_sql))
    .bind(note.user_agent.as_deref().map(text_to_sql))
    .bind(rows.iter().map(|row| row.event).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.code).collect::<Vec<_>>())
    .bind(users)
    .bind(sids)
    .execute(connection)
    .await?;
    Ok(())
}
