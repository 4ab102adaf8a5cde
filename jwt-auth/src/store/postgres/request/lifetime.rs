//! Which lifetimes are in use.

use super::{Namespace, Request};
use crate::clock::Timestamp;
use crate::store::KnownLifetime;
use crate::store::postgres::fault::Fault;
use crate::store::postgres::row::{duration_to_sql, from_sql, time_from_sql, time_to_sql};
use sqlx::{Connection, PgConnection};
use std::time::Duration;

pub(in crate::store::postgres) struct RememberLifetime {
    pub(in crate::store::postgres) namespace: Namespace,
    pub(in crate::store::postgres) lifetime: Duration,
    pub(in crate::store::postgres) now: Timestamp,
}

impl Request for RememberLifetime {
    type Answer = Vec<KnownLifetime>;

    async fn run(&self, connection: &mut PgConnection) -> Result<Vec<KnownLifetime>, Fault> {
        let Self { namespace, lifetime, now } = self;
        let lifetime = (*lifetime).min(KnownLifetime::LONGEST);
        if lifetime > longest_lifetime(connection, namespace).await? {
            let mut transaction = connection.begin().await?;
            // Whoever revokes holds the row of the feed when it asks how long to keep that.
            sqlx::query(
                "INSERT INTO jwt_auth_feeds (namespace, seq, revoked_at) VALUES ($1, 0, 0) ON CONFLICT DO NOTHING",
            )
            .bind(&**namespace)
            .execute(&mut *transaction)
            .await?;
            let (seq, revoked_at): (i64, i64) =
                sqlx::query_as("SELECT seq, revoked_at FROM jwt_auth_feeds WHERE namespace = $1 FOR NO KEY UPDATE")
                    .bind(&**namespace)
                    .fetch_one(&mut *transaction)
                    .await?;
            let since = match seq {
                // Nothing was ever revoked.
                0 => Timestamp::default(),
                // Now, or after the last one that was made, by whichever clock.
                _ => (*now).max(time_from_sql(revoked_at)),
            };
            // Somebody may have remembered a longer one meanwhile; then this one says nothing new, and does no harm.
            sqlx::query(
                "INSERT INTO jwt_auth_lifetimes (namespace, lifetime, since) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            )
            .bind(&**namespace)
            .bind(duration_to_sql(lifetime))
            .bind(time_to_sql(since))
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
        }
        read(connection, namespace).await
    }
}

pub(super) async fn longest_lifetime(connection: &mut PgConnection, namespace: &str) -> Result<Duration, Fault> {
    let longest: Option<i64> =
        sqlx::query_scalar("SELECT MAX(lifetime) FROM jwt_auth_lifetimes WHERE namespace = $1")
            .bind(namespace)
            .fetch_one(connection)
            .await?;
    Ok(longest.map_or(Duration::ZERO, |longest| Duration::from_millis(from_sql(longest))))
}

/// What is remembered, the longest last.
async fn read(connection: &mut PgConnection, namespace: &str) -> Result<Vec<KnownLifetime>, Fault> {
    let rows: Vec<(i64, i64)> =
        sqlx::query_as("SELECT lifetime, since FROM jwt_auth_lifetimes WHERE namespace = $1 ORDER BY lifetime")
            .bind(namespace)
            .fetch_all(connection)
            .await?;
    let known = |(lifetime, since)| KnownLifetime {
        lifetime: Duration::from_millis(from_sql(lifetime)),
        since: time_from_sql(since),
    };
    Ok(rows.into_iter().map(known).collect())
}
