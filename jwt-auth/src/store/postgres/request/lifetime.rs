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
        let known = read(connection, namespace).await?;
        if known.last().is_some_and(|longest| lifetime <= longest.lifetime) || lifetime.is_zero() {
            return Ok(known);
        }
        let mut transaction = connection.begin().await?;
        // Whoever revokes takes this row as it is then: before, and is known by its moment, or after, and keeps that as long.
        let (seq, revoked_at): (i64, i64) = sqlx::query_as(
            "INSERT INTO jwt_auth_feeds AS feed (namespace, seq, revoked_at, longest) VALUES ($1, 0, 0, $2)
             ON CONFLICT (namespace) DO UPDATE SET longest = GREATEST(feed.longest, excluded.longest)
             RETURNING seq, revoked_at",
        )
        .bind(&**namespace)
        .bind(duration_to_sql(lifetime))
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
        read(connection, namespace).await
    }
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
