//! What is written down beside a change.

use crate::clock::Timestamp;
use crate::store::sqlite::fault::Fault;
use crate::store::sqlite::row::{time_to_sql, to_sql};
use crate::store::{AuditNote, AuditRow, CLEARED_PER_WRITE};
use sqlx::SqliteConnection;
use std::sync::Arc;

/// None where nothing is to be written down.
pub(in crate::store::sqlite) type Audit = Option<Arc<AuditNote>>;

/// Writes these events, and deletes a small batch of old ones.
pub(super) async fn record(
    connection: &mut SqliteConnection,
    namespace: &str,
    note: &AuditNote,
    now: Timestamp,
    rows: &[AuditRow<'_>],
) -> Result<(), Fault> {
    sqlx::query(
        "DELETE FROM jwt_auth_audit WHERE id IN
             (SELECT id FROM jwt_auth_audit WHERE namespace = $1 AND at <= $2 ORDER BY at LIMIT $3)",
    )
    .bind(namespace)
    .bind(time_to_sql(now.before(note.keep)))
    .bind(to_sql(CLEARED_PER_WRITE as u64))
    .execute(&mut *connection)
    .await?;
    for AuditRow { event, code, user_id, sid } in rows {
        sqlx::query(
            "INSERT INTO jwt_auth_audit (namespace, at, event, code, user_id, sid, ip, user_agent)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(namespace)
        .bind(time_to_sql(now))
        .bind(event)
        .bind(code)
        .bind(*user_id)
        .bind(sid.map(|sid| sid.to_string()))
        .bind(&note.ip)
        .bind(&note.user_agent)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
