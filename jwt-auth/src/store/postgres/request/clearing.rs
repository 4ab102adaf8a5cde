//! Small batches of what is over leave with the writes that add to it.

use crate::clock::Timestamp;
use crate::store::postgres::fault::Fault;
use crate::store::postgres::row::{from_sql, time_from_sql, time_to_sql, to_sql};
use crate::store::{CLEARED_PER_WRITE, KEPT_LONGER};
use sqlx::PgConnection;

/// Deletes a small batch of what no token can refer to any more, of whichever namespace, and leaves what somebody else is at to them. In the same
/// statement it reads a user's epoch and when it was raised: under a lock of the user it is what it will be at the commit.
pub(super) async fn clear_and_read_epoch(
    connection: &mut PgConnection,
    namespace: &str,
    user_id: &str,
    now: Timestamp,
) -> Result<(u64, Option<Timestamp>), Fault> {
    let row: Option<(i64, i64)> = sqlx::query_as(
        "WITH sessions AS (
             DELETE FROM jwt_auth_sessions WHERE (namespace, sid) IN
                 (SELECT namespace, sid FROM jwt_auth_sessions
                  WHERE clear_hour <= $1 / 3600000 AND GREATEST(idle_expires_at, keep_until) < $1
                  ORDER BY clear_hour LIMIT $2 FOR UPDATE SKIP LOCKED)),
         revocations AS (
             DELETE FROM jwt_auth_revocations WHERE (namespace, seq) IN
                 (SELECT namespace, seq FROM jwt_auth_revocations WHERE drop_after <= $1
                  ORDER BY drop_after LIMIT $2 FOR UPDATE SKIP LOCKED))
         SELECT epoch, raised_at FROM jwt_auth_epochs WHERE namespace = $3 AND user_id = $4",
    )
    .bind(time_to_sql(now.before(KEPT_LONGER)))
    .bind(to_sql(CLEARED_PER_WRITE as u64))
    .bind(namespace)
    .bind(user_id)
    .fetch_optional(connection)
    .await?;
    Ok(row.map_or((0, None), |(epoch, raised_at)| (from_sql(epoch), Some(time_from_sql(raised_at)))))
}
