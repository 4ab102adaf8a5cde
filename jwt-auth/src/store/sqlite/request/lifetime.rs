//! Which lifetimes are in use.

use super::{Namespace, Request, longest_lifetime};
use crate::clock::Timestamp;
use crate::store::KnownLifetime;
use crate::store::sqlite::fault::Fault;
use crate::store::sqlite::row::{from_sql, time_to_sql, to_sql};
use sqlx::SqliteConnection;
use std::time::Duration;

pub(in crate::store::sqlite) struct RememberLifetime {
    pub(in crate::store::sqlite) namespace: Namespace,
    pub(in crate::store::sqlite) lifetime: Duration,
    pub(in crate::store::sqlite) now: Timestamp,
}

impl Request for RememberLifetime {
    type Answer = Vec<KnownLifetime>;

    fn now(&self) -> Option<Timestamp> {
        Some(self.now)
    }

    async fn run(&self, connection: &mut SqliteConnection) -> Result<Vec<KnownLifetime>, Fault> {
        let Self { namespace, lifetime, now } = self;
        let lifetime = (*lifetime).min(KnownLifetime::LONGEST);
        if lifetime > longest_lifetime(connection, namespace).await? {
            let since = since(connection, namespace, *now).await?;
            sqlx::query("INSERT INTO jwt_auth_meta (name, value) VALUES (printf('lifetime:%014d:', $2) || $1, $3)")
                .bind(&**namespace)
                .bind(to_sql(u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX)))
                .bind(time_to_sql(since))
                .execute(&mut *connection)
                .await?;
        }
        read(connection, namespace).await
    }
}

/// What is remembered, the longest last: a row each, named `lifetime:<milliseconds>:<namespace>`, the value being since when.
pub(super) async fn read(connection: &mut SqliteConnection, namespace: &str) -> Result<Vec<KnownLifetime>, Fault> {
    let rows: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT CAST(substr(name, 10, 14) AS INTEGER), value FROM jwt_auth_meta
         WHERE name >= 'lifetime:' AND name < 'lifetime;' AND substr(name, 25) = $1 ORDER BY name",
    )
    .bind(namespace)
    .fetch_all(connection)
    .await?;
    let known = |(lifetime, since)| KnownLifetime {
        lifetime: Duration::from_millis(from_sql(lifetime)),
        since: Timestamp::from_millis(from_sql(since)),
    };
    Ok(rows.into_iter().map(known).collect())
}

/// From when on every revocation is kept long enough: now, or after the last one that was made, by whichever clock. Entries leave, so
/// whether there ever was one is told by their numbers.
async fn since(connection: &mut SqliteConnection, namespace: &str, now: Timestamp) -> Result<Timestamp, Fault> {
    let highest: Option<i64> =
        sqlx::query_scalar("SELECT seq FROM sqlite_sequence WHERE name = 'jwt_auth_revocations' AND seq > 0")
            .fetch_optional(&mut *connection)
            .await?;
    if highest.is_none() {
        return Ok(Timestamp::default());
    }
    let last: Option<i64> = sqlx::query_scalar(
        "SELECT MAX(moment) FROM (SELECT MAX(ended_at) AS moment FROM jwt_auth_sessions WHERE namespace = $1
                                  UNION ALL SELECT MAX(MAX(last_proof, auth_time)) FROM jwt_auth_sessions WHERE namespace = $1
                                  UNION ALL SELECT MAX(raised_at) FROM jwt_auth_epochs WHERE namespace = $1)",
    )
    .bind(namespace)
    .fetch_one(connection)
    .await?;
    Ok(now.max(Timestamp::from_millis(last.map_or(0, from_sql))))
}
