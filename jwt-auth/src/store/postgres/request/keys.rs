//! Which keys the nodes of a namespace accept, and its end.

use super::announce::{News, announce};
use super::audit::record;
use super::{Audit, Lane, Namespace, Request};
use crate::clock::Timestamp;
use crate::keys::KeyMark;
use crate::store::postgres::fault::Fault;
use crate::store::postgres::row::{from_sql, reason_to_sql, sid_from_sql, text_from_sql, time_from_sql, time_to_sql};
use crate::store::{Admission, AuditRow, Ending, KnownKeys, Revoked};
use sqlx::{Connection, PgConnection};

pub(in crate::store::postgres) struct Admit {
    pub(in crate::store::postgres) namespace: Namespace,
    pub(in crate::store::postgres) keys: Vec<KeyMark>,
    pub(in crate::store::postgres) now: Timestamp,
}

impl Request for Admit {
    type Answer = Admission;

    async fn run(&self, connection: &mut PgConnection) -> Result<Admission, Fault> {
        let mut transaction = connection.begin().await?;
        // Of two nodes with other keys that start at once the second must see the first.
        sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 7527))")
            .bind(&*self.namespace)
            .execute(&mut *transaction)
            .await?;
        let marks = marks(&mut transaction, &self.namespace).await?;
        let mut known = KnownKeys { marks, living_sessions: 0 };
        if known.knows_none_of(&self.keys) {
            known.living_sessions = living(&mut transaction, &self.namespace, self.now).await?;
            if known.living_sessions > 0 {
                return Ok(known.admit(&self.keys));
            }
            // Nobody lives here any more who had one of them.
            forget(&mut transaction, &self.namespace).await?;
        }
        for key in self.keys.iter().filter(|key| !known.marks.contains(key)) {
            sqlx::query("INSERT INTO jwt_auth_keys (namespace, mark) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(&*self.namespace)
                .bind(key.as_str())
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(Admission::Granted)
    }
}

pub(in crate::store::postgres) struct ListKeys {
    pub(in crate::store::postgres) namespace: Namespace,
    pub(in crate::store::postgres) now: Timestamp,
}

impl Request for ListKeys {
    type Answer = KnownKeys;
    const LANE: Lane = Lane::Lists;

    async fn run(&self, connection: &mut PgConnection) -> Result<KnownKeys, Fault> {
        let marks = marks(connection, &self.namespace).await?;
        Ok(KnownKeys { marks, living_sessions: living(connection, &self.namespace, self.now).await? })
    }
}

/// So many sessions end in one write, so that others are not kept waiting.
const RESET_PAGE: i64 = 1000;

pub(in crate::store::postgres) struct Reset {
    pub(in crate::store::postgres) namespace: Namespace,
    pub(in crate::store::postgres) audit: Audit,
    pub(in crate::store::postgres) ending: Ending,
}

impl Request for Reset {
    type Answer = u64;

    async fn run(&self, connection: &mut PgConnection) -> Result<u64, Fault> {
        let Self { namespace, audit, ending } = self;
        let mut transaction = connection.begin().await?;
        let ended: Vec<(String, i64, String)> = sqlx::query_as(
            "UPDATE jwt_auth_sessions SET ended = $2, ended_at = $3
             WHERE namespace = $1 AND ended IS NULL AND sid IN
                   (SELECT sid FROM jwt_auth_sessions
                    WHERE namespace = $1 AND ended IS NULL AND idle_expires_at > $3 AND expires_at > $3
                    ORDER BY sid LIMIT $4 FOR NO KEY UPDATE)
             RETURNING sid, handed_out_at, user_id",
        )
        .bind(&**namespace)
        .bind(reason_to_sql(ending.reason))
        .bind(time_to_sql(ending.now))
        .bind(RESET_PAGE)
        .fetch_all(&mut *transaction)
        .await?;
        let news = ended.iter().map(|(sid, at, _)| Ok((Revoked::Session(sid_from_sql(sid)?), time_from_sql(*at))));
        let news: Vec<News> = news.collect::<Result<_, Fault>>()?;
        if let Some(note) = audit.as_ref().filter(|_| !ended.is_empty()) {
            let users: Vec<_> = ended.iter().map(|(sid, _, user_id)| (sid, text_from_sql(user_id.clone()))).collect();
            let row = |(sid, user_id)| Ok(note.row(user_id, Some(sid_from_sql(sid)?)));
            let rows: Vec<AuditRow<'_>> =
                users.iter().map(|(sid, user_id)| row((sid, user_id))).collect::<Result<_, Fault>>()?;
            record(&mut transaction, namespace, note, ending.now, &rows).await?;
        }
        announce(&mut transaction, namespace, &news, *ending).await?;
        if ended.is_empty() {
            forget(&mut transaction, namespace).await?;
        }
        transaction.commit().await?;
        Ok(ended.len() as u64)
    }
}

async fn marks(connection: &mut PgConnection, namespace: &str) -> Result<Vec<KeyMark>, Fault> {
    let marks: Vec<String> = sqlx::query_scalar("SELECT mark FROM jwt_auth_keys WHERE namespace = $1")
        .bind(namespace)
        .fetch_all(connection)
        .await?;
    Ok(marks.iter().map(|mark| KeyMark::from_text(mark)).collect())
}

async fn living(connection: &mut PgConnection, namespace: &str, now: Timestamp) -> Result<u64, Fault> {
    let living: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM jwt_auth_sessions
         WHERE namespace = $1 AND ended IS NULL AND idle_expires_at > $2 AND expires_at > $2",
    )
    .bind(namespace)
    .bind(time_to_sql(now))
    .fetch_one(connection)
    .await?;
    Ok(from_sql(living))
}

async fn forget(connection: &mut PgConnection, namespace: &str) -> Result<(), Fault> {
    sqlx::query("DELETE FROM jwt_auth_keys WHERE namespace = $1").bind(namespace).execute(connection).await?;
    Ok(())
}
