//! The agreed times of keys.

use super::audit::record;
use super::{Audit, Lane, Namespace, Request};
use crate::clock::Timestamp;
use crate::keys::KeySchedule;
use crate::store::columns::{ScheduleRow, key_from_sql};
use crate::store::postgres::fault::Fault;
use crate::store::postgres::row::time_to_sql;
use sqlx::{Connection, PgConnection};

pub(in crate::store::postgres) struct ReadSchedule {
    pub(in crate::store::postgres) namespace: Namespace,
}

impl Request for ReadSchedule {
    type Answer = KeySchedule;
    const LANE: Lane = Lane::Reads;

    async fn run(&self, connection: &mut PgConnection) -> Result<KeySchedule, Fault> {
        key_schedule(connection, &self.namespace).await
    }
}

pub(in crate::store::postgres) struct Reschedule {
    pub(in crate::store::postgres) namespace: Namespace,
    pub(in crate::store::postgres) audit: Audit,
    pub(in crate::store::postgres) before: KeySchedule,
    pub(in crate::store::postgres) after: KeySchedule,
    pub(in crate::store::postgres) now: Timestamp,
}

impl Request for Reschedule {
    type Answer = bool;

    async fn run(&self, connection: &mut PgConnection) -> Result<bool, Fault> {
        let Self { namespace, audit, before, after, now } = self;
        let mut transaction = connection.begin().await?;
        // Of two who change it at once the second must see what the first did.
        sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 7638))")
            .bind(&**namespace)
            .execute(&mut *transaction)
            .await?;
        if key_schedule(&mut transaction, namespace).await? != *before {
            return Ok(false);
        }
        for key in after.keys() {
            sqlx::query(
                "INSERT INTO jwt_auth_key_schedule
                     (namespace, mark, key_id, staged_at, active_from, retiring_from, removed_at, compromised_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                 ON CONFLICT (namespace, mark) DO UPDATE SET
                     key_id = excluded.key_id, staged_at = excluded.staged_at, active_from = excluded.active_from,
                     retiring_from = excluded.retiring_from, removed_at = excluded.removed_at,
                     compromised_at = excluded.compromised_at",
            )
            .bind(&**namespace)
            .bind(key.mark.as_str())
            .bind(&key.key_id)
            .bind(time_to_sql(key.staged_at))
            .bind(key.active_from.map(time_to_sql))
            .bind(key.retiring_from.map(time_to_sql))
            .bind(key.removed_at.map(time_to_sql))
            .bind(key.compromised_at.map(time_to_sql))
            .execute(&mut *transaction)
            .await?;
        }
        if let Some(note) = audit {
            record(&mut transaction, namespace, note, *now, &[note.row("", None)]).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }
}

async fn key_schedule(connection: &mut PgConnection, namespace: &str) -> Result<KeySchedule, Fault> {
    let rows: Vec<ScheduleRow> = sqlx::query_as(
        "SELECT mark, key_id, staged_at, active_from, retiring_from, removed_at, compromised_at
         FROM jwt_auth_key_schedule WHERE namespace = $1",
    )
    .bind(namespace)
    .fetch_all(connection)
    .await?;
    Ok(KeySchedule::new(rows.into_iter().map(key_from_sql).collect()))
}
