//! Logging out.

use super::{Namespace, Request, announce_session};
use crate::clock::Timestamp;
use crate::store::sqlite::fault::Fault;
use crate::store::sqlite::row::{duration_to_sql, from_sql, reason_to_sql, time_from_sql, time_to_sql};
use crate::store::{Ending, Retention, SessionId};
use sqlx::SqliteConnection;

pub(in crate::store::sqlite) struct End {
    pub(in crate::store::sqlite) namespace: Namespace,
    pub(in crate::store::sqlite) sid: SessionId,
    pub(in crate::store::sqlite) ending: Ending,
}

impl Request for End {
    type Answer = bool;

    fn now(&self) -> Option<Timestamp> {
        Some(self.ending.now)
    }

    async fn run(&self, connection: &mut SqliteConnection) -> Result<bool, Fault> {
        let Self { namespace, sid, ending } = self;
        let handed_out_at: Option<i64> = sqlx::query_scalar(
            "UPDATE jwt_auth_sessions SET ended = $2, ended_at = $3
             WHERE namespace = $4 AND sid = $1 AND ended IS NULL AND idle_expires_at > $3 AND expires_at > $3
             RETURNING handed_out_at",
        )
        .bind(sid.to_string())
        .bind(reason_to_sql(ending.reason))
        .bind(time_to_sql(ending.now))
        .bind(&**namespace)
        .fetch_optional(&mut *connection)
        .await?;
        if let Some(handed_out_at) = handed_out_at {
            announce_session(connection, namespace, *sid, Retention::of(*ending, time_from_sql(handed_out_at))).await?;
        }
        Ok(handed_out_at.is_some())
    }
}

pub(in crate::store::sqlite) struct EndAll {
    pub(in crate::store::sqlite) namespace: Namespace,
    pub(in crate::store::sqlite) user_id: String,
    pub(in crate::store::sqlite) keep: Option<SessionId>,
    pub(in crate::store::sqlite) ending: Ending,
}

impl Request for EndAll {
    type Answer = u64;

    fn now(&self) -> Option<Timestamp> {
        Some(self.ending.now)
    }

    async fn run(&self, connection: &mut SqliteConnection) -> Result<u64, Fault> {
        let now = time_to_sql(self.ending.now);
        let epoch: i64 = sqlx::query_scalar(
            "INSERT INTO jwt_auth_epochs (user_id, epoch, raised_at, namespace) VALUES ($1, 1, $2, $3)
             ON CONFLICT (namespace, user_id) DO UPDATE SET epoch = epoch + 1, raised_at = MAX(raised_at, excluded.raised_at)
             RETURNING epoch",
        )
        .bind(&self.user_id)
        .bind(now)
        .bind(&*self.namespace)
        .fetch_one(&mut *connection)
        .await?;
        let handed_out_at: Option<i64> = sqlx::query_scalar(
            "SELECT MAX(handed_out_at) FROM jwt_auth_sessions WHERE namespace = $1 AND user_id = $2 AND ended IS NULL",
        )
        .bind(&*self.namespace)
        .bind(&self.user_id)
        .fetch_one(&mut *connection)
        .await?;
        let retention = Retention::of(self.ending, time_from_sql(handed_out_at.unwrap_or(now)));
        let keep = self.keep.map(|sid| sid.to_string());
        sqlx::query(
            "UPDATE jwt_auth_sessions SET ended = $3, ended_at = $4
             WHERE namespace = $5 AND user_id = $1 AND ended IS NULL AND sid IS NOT $2",
        )
        .bind(&self.user_id)
        .bind(&keep)
        .bind(reason_to_sql(self.ending.reason))
        .bind(now)
        .bind(&*self.namespace)
        .execute(&mut *connection)
        .await?;
        if keep.is_some() {
            sqlx::query(
                "UPDATE jwt_auth_sessions SET epoch = $3
                 WHERE namespace = $4 AND sid = $2 AND user_id = $1 AND ended IS NULL",
            )
            .bind(&self.user_id)
            .bind(&keep)
            .bind(epoch)
            .bind(&*self.namespace)
            .execute(&mut *connection)
            .await?;
        }
        sqlx::query(
            "INSERT INTO jwt_auth_revocations (user_id, epoch, drop_after, lasts, namespace)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(&self.user_id)
        .bind(epoch)
        .bind(time_to_sql(retention.until))
        .bind(duration_to_sql(retention.lasts))
        .bind(&*self.namespace)
        .execute(connection)
        .await?;
        Ok(from_sql(epoch))
    }
}
