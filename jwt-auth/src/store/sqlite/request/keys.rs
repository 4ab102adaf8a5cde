//! Which keys the nodes of a namespace accept, and its end.

use super::audit::record;
use super::{Audit, Namespace, Request, announce};
use crate::clock::Timestamp;
use crate::keys::KeyMark;
use crate::store::sqlite::fault::Fault;
use crate::store::sqlite::row::{from_sql, reason_to_sql, time_from_sql, time_to_sql};
use crate::store::{Admission, Ending, KnownKeys, Revoked, SessionId};
use sqlx::SqliteConnection;

pub(in crate::store::sqlite) struct Admit {
    pub(in crate::store::sqlite) namespace: Namespace,
    pub(in crate::store::sqlite) keys: Vec<KeyMark>,
    pub(in crate::store::sqlite) now: Timestamp,
}

impl Request for Admit {
    type Answer = Admission;

    fn now(&self) -> Option<Timestamp> {
        // Else every start would hide what was written before it.
        None
    }

    async fn run(&self, connection: &mut SqliteConnection) -> Result<Admission, Fault> {
        let marks = marks(connection, &self.namespace).await?;
        let mut known = KnownKeys { marks, living_sessions: 0 };
        if known.knows_none_of(&self.keys) {
            known.living_sessions = living(connection, &self.namespace, self.now).await?;
            if known.living_sessions > 0 {
                return Ok(known.admit(&self.keys));
            }
            // Nobody lives here any more who had one of them.
            forget(connection, &self.namespace).await?;
        }
        for key in self.keys.iter().filter(|key| !known.marks.contains(key)) {
            sqlx::query("INSERT INTO jwt_auth_keys (namespace, mark) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(&*self.namespace)
                .bind(key.as_str())
                .execute(&mut *connection)
                .await?;
        }
        Ok(Admission::Granted)
    }
}

/// So many sessions end in one write, so that others are not kept waiting.
const RESET_PAGE: i64 = 1000;

pub(in crate::store::sqlite) struct Reset {
    pub(in crate::store::sqlite) namespace: Namespace,
    pub(in crate::store::sqlite) audit: Audit,
    pub(in crate::store::sqlite) ending: Ending,
}

impl Request for Reset {
    type Answer = u64;

    fn now(&self) -> Option<Timestamp> {
        Some(self.ending.now)
    }

    async fn run(&self, connection: &mut SqliteConnection) -> Result<u64, Fault> {
        let Self { namespace, audit, ending } = self;
        let ended: Vec<(String, i64, String)> = sqlx::query_as(
            "UPDATE jwt_auth_sessions SET ended = $2, ended_at = $3
             WHERE namespace = $1 AND sid IN
                   (SELECT sid FROM jwt_auth_sessions INDEXED BY jwt_auth_sessions_by_user
                    WHERE namespace = $1 AND ended IS NULL AND idle_expires_at > $3 AND expires_at > $3 LIMIT $4)
             RETURNING sid, handed_out_at, user_id",
        )
        .bind(&**namespace)
        .bind(reason_to_sql(ending.reason))
        .bind(time_to_sql(ending.now))
        .bind(RESET_PAGE)
        .fetch_all(&mut *connection)
        .await?;
        for (sid, handed_out_at, user_id) in &ended {
            let sid = SessionId::parse(sid).ok_or(Fault::Column("sid"))?;
            announce(connection, namespace, &Revoked::Session(sid), *ending, time_from_sql(*handed_out_at)).await?;
            if let Some(note) = audit {
                record(connection, namespace, note, ending.now, &[note.row(user_id, Some(sid))]).await?;
            }
        }
        if ended.is_empty() {
            forget(connection, namespace).await?;
        }
        Ok(ended.len() as u64)
    }
}

/// The marks of a namespace, and how many sessions live in it.
pub(in crate::store::sqlite) async fn known_keys(
    connection: &mut SqliteConnection,
    namespace: &str,
    now: Timestamp,
) -> Result<KnownKeys, Fault> {
    let marks = marks(connection, namespace).await?;
    Ok(KnownKeys { marks, living_sessions: living(connection, namespace, now).await? })
}

async fn marks(connection: &mut SqliteConnection, namespace: &str) -> Result<Vec<KeyMark>, Fault> {
    let marks: Vec<String> = sqlx::query_scalar("SELECT mark FROM jwt_auth_keys WHERE namespace = $1")
        .bind(namespace)
        .fetch_all(connection)
        .await?;
    Ok(marks.iter().map(|mark| KeyMark::from_text(mark)).collect())
}

async fn living(connection: &mut SqliteConnection, namespace: &str, now: Timestamp) -> Result<u64, Fault> {
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

async fn forget(connection: &mut SqliteConnection, namespace: &str) -> Result<(), Fault> {
    sqlx::query("DELETE FROM jwt_auth_keys WHERE namespace = $1").bind(namespace).execute(connection).await?;
    Ok(())
}
