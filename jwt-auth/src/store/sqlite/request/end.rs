//! Logging out.

use super::audit::record;
use super::{Audit, Namespace, Request, announce, longest_lifetime};
use crate::clock::Timestamp;
use crate::store::sqlite::fault::Fault;
use crate::store::sqlite::row::{duration_to_sql, from_sql, reason_to_sql, time_from_sql, time_to_sql};
use crate::store::{Ending, Revoked, SessionId};
use sqlx::SqliteConnection;

pub(in crate::store::sqlite) struct End {
    pub(in crate::store::sqlite) namespace: Namespace,
    pub(in crate::store::sqlite) audit: Audit,
    pub(in crate::store::sqlite) sid: SessionId,
    pub(in crate::store::sqlite) ending: Ending,
}

impl Request for End {
    type Answer = bool;

    fn now(&self) -> Option<Timestamp> {
        Some(self.ending.now)
    }

    async fn run(&self, connection: &mut SqliteConnection) -> Result<bool, Fault> {
        let Self { namespace, audit, sid, ending } = self;
        let ending = ending.kept_for(longest_lifetime(connection, namespace).await?);
        // As `Session::opens_something`.
        let ended: Option<(i64, String)> = sqlx::query_as(
            "UPDATE jwt_auth_sessions SET ended = $2, ended_at = $3
             WHERE namespace = $4 AND sid = $1 AND ended IS NULL AND MIN(idle_expires_at, expires_at) > $3 - $5
             RETURNING handed_out_at, user_id",
        )
        .bind(sid.to_string())
        .bind(reason_to_sql(ending.reason))
        .bind(time_to_sql(ending.now))
        .bind(&**namespace)
        .bind(duration_to_sql(ending.opens_for()))
        .fetch_optional(&mut *connection)
        .await?;
        if let Some((handed_out_at, user_id)) = &ended {
            announce(connection, namespace, &Revoked::Session(*sid), ending, time_from_sql(*handed_out_at)).await?;
            if let Some(note) = audit {
                record(connection, namespace, note, ending.now, &[note.row(user_id, Some(*sid))]).await?;
            }
        }
        Ok(ended.is_some())
    }
}

pub(in crate::store::sqlite) struct EndAll {
    pub(in crate::store::sqlite) namespace: Namespace,
    pub(in crate::store::sqlite) audit: Audit,
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
        let (before, seen, of_no_session): (Option<i64>, Option<i64>, Option<i64>) = sqlx::query_as(
            "SELECT (SELECT raised_at FROM jwt_auth_epochs WHERE namespace = $1 AND user_id = $2),
                    (SELECT MAX(handed_out_at) FROM jwt_auth_sessions
                     WHERE namespace = $1 AND user_id = $2 AND ended IS NULL),
                    (SELECT value FROM jwt_auth_meta WHERE name = 'handed_out:' || $1)",
        )
        .bind(&*self.namespace)
        .bind(&self.user_id)
        .fetch_one(&mut *connection)
        .await?;
        let seen = seen.map(time_from_sql);
        let raised_at = self.ending.raises_at(before.map(time_from_sql), seen);
        let epoch: i64 = sqlx::query_scalar(
            "INSERT INTO jwt_auth_epochs (user_id, epoch, raised_at, namespace) VALUES ($1, 1, $2, $3)
             ON CONFLICT (namespace, user_id) DO UPDATE SET epoch = epoch + 1, raised_at = excluded.raised_at
             RETURNING epoch",
        )
        .bind(&self.user_id)
        .bind(time_to_sql(raised_at))
        .bind(&*self.namespace)
        .fetch_one(&mut *connection)
        .await?;
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
        let epoch = from_sql(epoch);
        let subject = Revoked::User { user_id: self.user_id.clone(), epoch, raised_at };
        let handed_out_at = seen.max(of_no_session.map(time_from_sql)).unwrap_or_default();
        announce(connection, &self.namespace, &subject, self.ending, handed_out_at).await?;
        if let Some(note) = &self.audit {
            record(connection, &self.namespace, note, self.ending.now, &[note.row(&self.user_id, self.keep)]).await?;
        }
        Ok(epoch)
    }
}
