//! Small batches of what is over leave with the writes that add to it.

use crate::clock::Timestamp;
use crate::store::sqlite::fault::Fault;
use crate::store::sqlite::row::{time_to_sql, to_sql};
use crate::store::{CLEARED_PER_WRITE, KEPT_LONGER};
use sqlx::SqliteConnection;

/// Deletes a small batch of what no token can refer to any more, of whichever namespace.
pub(super) async fn clear(connection: &mut SqliteConnection, now: Timestamp) -> Result<(), Fault> {
    let statements = [
        "DELETE FROM jwt_auth_sessions WHERE (namespace, sid) IN
             (SELECT namespace, sid FROM jwt_auth_sessions WHERE clear_after < $1 LIMIT $2)",
        "DELETE FROM jwt_auth_revocations WHERE seq IN
             (SELECT seq FROM jwt_auth_revocations WHERE drop_after <= $1 LIMIT $2)",
    ];
    for sql in statements {
        clear_batch(connection, sql, now).await?;
    }
    Ok(())
}

pub(super) async fn clear_batch(
    connection: &mut SqliteConnection,
    sql: &'static str,
    now: Timestamp,
) -> Result<(), Fault> {
    let most = to_sql(CLEARED_PER_WRITE as u64);
    sqlx::query(sql).bind(time_to_sql(now.before(KEPT_LONGER))).bind(most).execute(connection).await?;
    Ok(())
}
