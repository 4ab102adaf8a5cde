//! Logging out.

use super::announce::announce;
use super::audit::record;
use super::{Audit, Namespace, Request, UserLock};
use crate::store::postgres::fault::Fault;
use crate::store::postgres::row::{
    duration_to_sql, from_sql, reason_to_sql, text_from_sql, text_to_sql, time_from_sql, time_to_sql,
};
use crate::store::{Ending, Revoked, SessionId};
use sqlx::{Connection, PgConnection};

pub(in crate::store::postgres) struct End {
    pub(in crate::store::postgres) namespace: Namespace,
    pub(in crate::store::postgres) audit: Audit,
    pub(in crate::store::postgres) sid: SessionId,
    pub(in crate::store::postgres) ending: Ending,
}

impl Request for End {
    type Answer = bool;

    async fn run(&self, connection: &mut PgConnection) -> Result<bool, Fault> {
        let Self { namespace, audit, sid, ending } = self;
        let mut transaction = connection.begin().await?;
        // As `Session::opens_something`, with what `Ending::kept_for` adds.
        let ended: Option<(i64, String)> = sqlx::query_as(
            "UPDATE jwt_auth_sessions SET ended = $2, ended_at = $3
             WHERE namespace = $4 AND sid = $1 AND ended IS NULL
                   AND LEAST(idle_expires_at, expires_at)
                       > $3 - GREATEST($5, (SELECT longest FROM jwt_auth_feeds WHERE namespace = $4))
             RETURNING handed_out_at, user_id",
        )
        .bind(sid.to_string())
        .bind(reason_to_sql(ending.reason))
        .bind(time_to_sql(ending.now))
        .bind(&**namespace)
        .bind(duration_to_sql(ending.opens_for()))
        .fetch_optional(&mut *transaction)
        .await?;
        if let Some((handed_out_at, user_id)) = &ended {
            if let Some(note) = audit {
                let user_id = text_from_sql(user_id.clone());
                record(&mut transaction, namespace, note, ending.now, &[note.row(&user_id, Some(*sid))]).await?;
            }
            let news = [(Revoked::Session(*sid), time_from_sql(*handed_out_at))];
            announce(&mut transaction, namespace, &news, *ending).await?;
        }
        transaction.commit().await?;
        Ok(ended.is_some())
    }
}

pub(in crate::store::postgres) struct EndAll {
    pub(in crate::store::postgres) namespace: Namespace,
    pub(in crate::store::postgres) audit: Audit,
    pub(in crate::store::postgres) user_id: String,
    pub(in crate::store::postgres) keep: Option<SessionId>,
    pub(in crate::store::postgres) ending: Ending,
}

impl Request for EndAll {
    type Answer = u64;

    async fn run(&self, connection: &mut PgConnection) -> Result<u64, Fault> {
        let Self { namespace, audit, user_id, keep: kept, ending } = self;
        let (name, keep) = (text_to_sql(user_id), kept.map(|sid| sid.to_string()));
        // A login that is under way is of the epoch of before and ends, or waits and is of the next.
        let mut transaction = UserLock::Alone.begin(connection, namespace, &name).await?;
        // Rows that are moving are waited for, the kept one as well: what they say of their last use is the last word.
        let (before, seen, of_no_session): (Option<i64>, Option<i64>, Option<i64>) = sqlx::query_as(
            "WITH touched AS (
                 UPDATE jwt_auth_sessions
                 SET ended = CASE WHEN sid = $2 THEN ended ELSE $3 END,
                     ended_at = CASE WHEN sid = $2 THEN ended_at ELSE $4 END
                 WHERE namespace = $5 AND user_id = $1 AND ended IS NULL
                 RETURNING handed_out_at)
             SELECT (SELECT raised_at FROM jwt_auth_epochs WHERE namespace = $5 AND user_id = $1),
                    (SELECT MAX(handed_out_at) FROM touched),
                    (SELECT value FROM jwt_auth_meta WHERE name = 'handed_out:' || $5)",
        )
        .bind(&*name)
        .bind(&keep)
        .bind(reason_to_sql(ending.reason))
        .bind(time_to_sql(ending.now))
        .bind(&**namespace)
        .fetch_one(&mut *transaction)
        .await?;
        let seen = seen.map(time_from_sql);
        let raised_at = ending.raises_at(before.map(time_from_sql), seen);
        let epoch: i64 = sqlx::query_scalar(
            "INSERT INTO jwt_auth_epochs AS own (namespace, user_id, epoch, raised_at) VALUES ($1, $2, 1, $3)
             ON CONFLICT (namespace, user_id) DO UPDATE SET epoch = own.epoch + 1, raised_at = excluded.raised_at
             RETURNING epoch",
        )
        .bind(&**namespace)
        .bind(&*name)
        .bind(time_to_sql(raised_at))
        .fetch_one(&mut *transaction)
        .await?;
        if keep.is_some() {
            sqlx::query(
                "UPDATE jwt_auth_sessions SET epoch = $3
                 WHERE namespace = $4 AND sid = $2 AND user_id = $1 AND ended IS NULL",
            )
            .bind(&*name)
            .bind(&keep)
            .bind(epoch)
            .bind(&**namespace)
            .execute(&mut *transaction)
            .await?;
        }
        if let Some(note) = audit {
            record(&mut transaction, namespace, note, ending.now, &[note.row(user_id, *kept)]).await?;
        }
        let epoch = from_sql(epoch);
        let subject = Revoked::User { user_id: user_id.clone(), epoch, raised_at };
        let handed_out_at = seen.max(of_no_session.map(time_from_sql)).unwrap_or_default();
        announce(&mut transaction, namespace, &[(subject, handed_out_at)], *ending).await?;
        transaction.commit().await?;
        Ok(epoch)
    }
}
