//! Counting failed logins.

use super::{Namespace, Request};
use crate::clock::Timestamp;
use crate::store::sqlite::fault::Fault;
use crate::store::sqlite::row::{duration_to_sql, from_sql, time_to_sql, to_sql};
use crate::store::{CLEARED_PER_WRITE, FAILURE_ROWS, FAILURES_TRIMMED, FailureBucket, FailureToCount, Failures};
use sqlx::SqliteConnection;

pub(in crate::store::sqlite) struct CountFailure {
    pub(in crate::store::sqlite) namespace: Namespace,
    pub(in crate::store::sqlite) failed: Vec<FailureToCount>,
    pub(in crate::store::sqlite) now: Timestamp,
    /// Looks whether there are too many, which takes longer than counting.
    pub(in crate::store::sqlite) trims: bool,
}

impl Request for CountFailure {
    type Answer = Vec<Failures>;

    fn now(&self) -> Option<Timestamp> {
        Some(self.now)
    }

    async fn run(&self, connection: &mut SqliteConnection) -> Result<Vec<Failures>, Fault> {
        self.clear(connection).await?;
        let mut counted = Vec::with_capacity(self.failed.len());
        for FailureToCount { bucket, over_at, keep } in &self.failed {
            let count: i64 = sqlx::query_scalar(
                "INSERT INTO jwt_auth_failures AS row (namespace, bucket, failures, last, ends_at)
                 VALUES ($1, $2, 1, $3, $3 + $5)
                 ON CONFLICT (namespace, bucket) DO UPDATE
                 SET failures = CASE WHEN row.last <= $4 OR row.ends_at <= $3 THEN 1 ELSE row.failures + 1 END,
                     last = excluded.last, ends_at = excluded.ends_at
                 RETURNING failures",
            )
            .bind(&*self.namespace)
            .bind(&bucket.as_bytes()[..])
            .bind(time_to_sql(self.now))
            .bind(time_to_sql(*over_at))
            .bind(duration_to_sql(*keep))
            .fetch_one(&mut *connection)
            .await?;
            counted.push(Failures { count: u32::try_from(from_sql(count)).unwrap_or(u32::MAX), last: self.now });
        }
        Ok(counted)
    }
}

impl CountFailure {
    async fn clear(&self, connection: &mut SqliteConnection) -> Result<(), Fault> {
        sqlx::query(
            "DELETE FROM jwt_auth_failures WHERE (namespace, bucket) IN
                 (SELECT namespace, bucket FROM jwt_auth_failures WHERE ends_at <= $1 ORDER BY ends_at LIMIT $2)",
        )
        .bind(time_to_sql(self.now))
        .bind(to_sql(CLEARED_PER_WRITE as u64))
        .execute(&mut *connection)
        .await?;
        if !self.trims {
            return Ok(());
        }
        sqlx::query(
            "DELETE FROM jwt_auth_failures WHERE namespace = $1 AND bucket IN
                 (SELECT bucket FROM jwt_auth_failures
                  WHERE namespace = $1 ORDER BY last DESC, bucket LIMIT $3 OFFSET $2)",
        )
        .bind(&*self.namespace)
        .bind(to_sql(FAILURE_ROWS as u64))
        .bind(to_sql(FAILURES_TRIMMED))
        .execute(connection)
        .await?;
        Ok(())
    }
}

pub(in crate::store::sqlite) struct ForgetFailures {
    pub(in crate::store::sqlite) namespace: Namespace,
    pub(in crate::store::sqlite) buckets: Vec<FailureBucket>,
}

impl Request for ForgetFailures {
    type Answer = ();

    fn now(&self) -> Option<Timestamp> {
        None
    }

    async fn run(&self, connection: &mut SqliteConnection) -> Result<(), Fault> {
        for bucket in &self.buckets {
            sqlx::query("DELETE FROM jwt_auth_failures WHERE namespace = $1 AND bucket = $2")
                .bind(&*self.namespace)
                .bind(&bucket.as_bytes()[..])
                .execute(&mut *connection)
                .await?;
        }
        Ok(())
    }
}
