//! Small batches of what is over leave with the writes that add to it.

use crate::clock::Timestamp;
use crate::store::postgres::fault::Fault;
use crate::store::postgres::row::{time_to_sql, to_sql};
use crate::store::{CLEARED_PER_WRITE, KEPT_LONGER};
use sqlx::PgConnection;

/// Deletes a small batch of what no token can refer to any more, of whichever namespace. What somebody else is at is left to them.
pub(super) async fn clear(connection: &mut PgConnection, now: Timestamp) -> Result<(), Fault> {
    let statements = [
        "DELETE FROM jwt_auth_sessions WHERE (namespace, sid) IN
             (SELECT namespace, sid FROM jwt_auth_sessions
              WHERE clear_hour <= $1 / 3600000 AND GREATEST(idle_expires_at, keep_until) < $1
              ORDER BY clear_hour LIMIT $2 FOR UPDATE SKIP LOCKED)",
        "DELETE FROM jwt_auth_revocations WHERE (namespace, seq) IN
             (SELECT namespace, seq FROM jwt_auth_revocations WHERE drop_after <= $1
              ORDER BY drop_after LIMIT $2 FOR UPDATE SKIP LOCKED)",
    ];
    for sql in statements {
        clear_batch(connection, sql, now).await?;
    }
    Ok(())
}

pub(super) async fn clear_batch(
    connection: &mut PgConnection,
    sql: &'static str,
    now: Timestamp,
) -> Result<(), Fault> {
    let most = to_sql(CLEARED_PER_WRITE as u64);
    sqlx::query(sql).bind(time_to_sql(now.before(KEPT_LONGER))).bind(most).execute(connection).await?;
    Ok(())
}
