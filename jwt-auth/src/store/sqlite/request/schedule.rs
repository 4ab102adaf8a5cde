//! The agreed times of keys.

use super::audit::record;
use super::{Audit, Namespace, Request};
use crate::clock::Timestamp;
use crate::keys::KeySchedule;
use crate::store::columns::{ScheduleRow, key_from_sql};
use crate::store::sqlite::fault::Fault;
use crate::store::sqlite::row::time_to_sql;
use sqlx::SqliteConnection;

pub(in crate::store::sqlite) struct Reschedule {
    pub(in crate::store::sqlite) namespace: Namespace,
    pub(in crate::store::sqlite) audit: Audit,
    pub(in crate::store::sqlite) before: KeySchedule,
    pub(in crate::store::sqlite) after: KeySchedule,
    pub(in crate::store::sqlite) now: Timestamp,
}

impl Request for Reschedule {
    type Answer = bool;

    fn now(&self) -> Option<Timestamp> {
        Some(self.now)
    }

    async fn run(&self, connection: &mut SqliteConnection) -> Result<bool, Fault> {
        let Self { namespace, audit, before, after, now } = self;
        if key_schedule(connection, namespace).await? != *before {
            return Ok(false);
        }
        for key in after.keys() {
            sqlx::query(
                "INSERT OR REPLACE INTO jwt_auth_key_schedule
                     (namespace, mark, key_id, staged_at, active_from, retiring_from, removed_at, compromised_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            )
            .bind(&**namespace)
            .bind(key.mark.as_str())
            .bind(&key.key_id)
            .bind(time_to_sql(key.staged_at))
            .bind(key.active_from.map(time_to_sql))
            .bind(key.retiring_from.map(time_to_sql))
            .bind(key.removed_at.map(time_to_sql))
            .bind(key.compromised_at.map(time_to_sql))
            .execute(&mut *connection)
            .await?;
        }
        if let Some(note) = audit {
            record(connection, namespace, note, *now, &[note.row("", None)]).await?;
        }
        Ok(true)
    }
}

pub(in crate::store::sqlite) async fn key_schedule(
    connection: &mut SqliteConnection,
    namespace: &str,
) -> Result<KeySchedule, Fault> {
    let rows: Vec<ScheduleRow> = sqlx::query_as(
        "SELECT mark, key_id, staged_at, active_from, retiring_from, removed_at, compromised_at
         FROM jwt_auth_key_schedule WHERE namespace = $1",
    )
    .bind(namespace)
    .fetch_all(connection)
    .await?;
    Ok(KeySchedule::new(rows.into_iter().map(key_from_sql).collect()))
}
