//! Counting failed logins.

use super::{Lane, Namespace, Request};
use crate::clock::Timestamp;
use crate::store::postgres::fault::Fault;
use crate::store::postgres::row::{duration_to_sql, in_order, time_to_sql, to_sql};
use crate::store::{CLEARED_PER_WRITE, FAILURE_ROWS, FAILURES_TRIMMED, FailureBucket, FailureToCount, Failures};
use sqlx::PgConnection;

pub(in crate::store::postgres) struct ReadFailures {
    pub(in crate::store::postgres) namespace: Namespace,
    pub(in crate::store::postgres) buckets: Vec<FailureBucket>,
    pub(in crate::store::postgres) now: Timestamp,
}

impl Request for ReadFailures {
    type Answer = Vec<Failures>;
    const LANE: Lane = Lane::Reads;

    async fn run(&self, connection: &mut PgConnection) -> Result<Vec<Failures>, Fault> {
        let rows: Vec<(Vec<u8>, i64, i64)> = sqlx::query_as(
            "SELECT bucket, failures, last FROM jwt_auth_failures
             WHERE namespace = $1 AND bucket = ANY($2) AND ends_at > $3",
        )
        .bind(&*self.namespace)
        .bind(bytes(&self.buckets))
        .bind(time_to_sql(self.now))
        .fetch_all(connection)
        .await?;
        Ok(in_order(&self.buckets, &rows))
    }
}

pub(in crate::store::postgres) struct CountFailure {
    pub(in crate::store::postgres) namespace: Namespace,
    pub(in crate::store::postgres) failed: Vec<FailureToCount>,
    pub(in crate::store::postgres) now: Timestamp,
    /// Looks whether there are too many, which takes longer than counting.
    pub(in crate::store::postgres) trims: bool,
}

impl Request for CountFailure {
    type Answer = Vec<Failures>;

    async fn run(&self, connection: &mut PgConnection) -> Result<Vec<Failures>, Fault> {
        self.make_room(connection).await;
        let buckets: Vec<FailureBucket> = self.failed.iter().map(|failed| failed.bucket).collect();
        let over_at: Vec<i64> = self.failed.iter().map(|failed| time_to_sql(failed.over_at)).collect();
        let keep: Vec<i64> = self.failed.iter().map(|failed| duration_to_sql(failed.keep)).collect();
        // Rows are locked in one order by all, so that no two wait for each other.
        let rows: Vec<(Vec<u8>, i64, i64)> = sqlx::query_as(
            "INSERT INTO jwt_auth_failures AS own (namespace, bucket, failures, last, ends_at)
             SELECT $1, bucket, 1, $2, $2 + keep
             FROM UNNEST($3::bytea[], $5::bigint[]) AS failed (bucket, keep) ORDER BY bucket
             ON CONFLICT (namespace, bucket) DO UPDATE
             SET failures = CASE WHEN own.ends_at <= $2 OR own.last <=
                                      (SELECT over_at FROM UNNEST($3::bytea[], $4::bigint[]) AS failed (bucket, over_at)
                                       WHERE failed.bucket = own.bucket)
                                 THEN 1 ELSE own.failures + 1 END,
                 last = excluded.last, ends_at = excluded.ends_at
             RETURNING bucket, failures, last",
        )
        .bind(&*self.namespace)
        .bind(time_to_sql(self.now))
        .bind(bytes(&buckets))
        .bind(over_at)
        .bind(keep)
        .fetch_all(connection)
        .await?;
        Ok(in_order(&buckets, &rows))
    }
}

impl CountFailure {
    /// What cannot leave now leaves with a later failure: this one is counted all the same.
    async fn make_room(&self, connection: &mut PgConnection) {
        let cleared = self.clear(connection).await;
        let trimmed = if self.trims { self.trim(connection).await } else { Ok(()) };
        for fault in [cleared, trimmed].into_iter().filter_map(Result::err) {
            tracing::debug!(target: "jwt_auth", ?fault, "old counts of failed logins could not be cleared away");
        }
    }

    /// What somebody else is at is left to them.
    async fn clear(&self, connection: &mut PgConnection) -> Result<(), Fault> {
        sqlx::query(
            "DELETE FROM jwt_auth_failures WHERE (namespace, bucket) IN
                 (SELECT namespace, bucket FROM jwt_auth_failures WHERE ends_at <= $1
                  ORDER BY ends_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
        )
        .bind(time_to_sql(self.now))
        .bind(to_sql(CLEARED_PER_WRITE as u64))
        .execute(&mut *connection)
        .await?;
        Ok(())
    }

    /// The boundary is found in the index, without a lock: locks of all rows that stay would be written for each that leaves.
    async fn trim(&self, connection: &mut PgConnection) -> Result<(), Fault> {
        let boundary: Option<i64> = sqlx::query_scalar(
            "SELECT last FROM jwt_auth_failures WHERE namespace = $1 ORDER BY last DESC OFFSET $2 LIMIT 1",
        )
        .bind(&*self.namespace)
        .bind(to_sql(FAILURE_ROWS as u64))
        .fetch_optional(&mut *connection)
        .await?;
        let Some(boundary) = boundary else { return Ok(()) };
        sqlx::query(
            "DELETE FROM jwt_auth_failures WHERE namespace = $1 AND bucket IN
                 (SELECT bucket FROM jwt_auth_failures
                  WHERE namespace = $1 AND last <= $2 ORDER BY last LIMIT $3 FOR UPDATE SKIP LOCKED)",
        )
        .bind(&*self.namespace)
        .bind(boundary)
        .bind(to_sql(FAILURES_TRIMMED))
        .execute(connection)
        .await?;
        Ok(())
    }
}

pub(in crate::store::postgres) struct ForgetFailures {
    pub(in crate::store::postgres) namespace: Namespace,
    pub(in crate::store::postgres) buckets: Vec<FailureBucket>,
}

impl Request for ForgetFailures {
    type Answer = ();

    async fn run(&self, connection: &mut PgConnection) -> Result<(), Fault> {
        // In the order of `CountFailure`.
        sqlx::query(
            "DELETE FROM jwt_auth_failures WHERE (namespace, bucket) IN
                 (SELECT namespace, bucket FROM jwt_auth_failures
                  WHERE namespace = $1 AND bucket = ANY($2) ORDER BY bucket FOR UPDATE)",
        )
        .bind(&*self.namespace)
        .bind(bytes(&self.buckets))
        .execute(connection)
        .await?;
        Ok(())
    }
}

fn bytes(buckets: &[FailureBucket]) -> Vec<&[u8]> {
    buckets.iter().map(|bucket| &bucket.as_bytes()[..]).collect()
}
