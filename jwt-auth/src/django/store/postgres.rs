//! Django's PostgreSQL database.

use super::fault::Fault;
use super::rows::{FlushRow, Rows, Value, bound, statements};
use super::users::{IdKind, quoted, uuid_digits};
use super::work::Work;
use crate::clock::Timestamp;
use crate::sql::naive_utc;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Executor, PgConnection, PgPool, Postgres};
use std::str::FromStr;
use std::time::Duration;

/// How long a call waits for a connection: with the server gone, callers hear of it after this time.
const CONNECT_PATIENCE: Duration = Duration::from_secs(3);

/// A stuck statement, or a transaction whose program has hung up, must not hold its locks for long.
const LIMITS: &str = "SET statement_timeout = '5s'; SET lock_timeout = '4s'; \
                      SET idle_in_transaction_session_timeout = '10s'";

const CONNECTIONS: u32 = 10;

/// Connections to the server; they are made anew by themselves when it was away.
#[derive(Clone)]
pub(super) struct Server(PgPool);

impl Server {
    pub(super) async fn connect(url: &str) -> Result<Self, Fault> {
        let options = PgConnectOptions::from_str(url)?.disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(CONNECT_PATIENCE)
            .test_before_acquire(true)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    connection.execute(LIMITS).await?;
                    Ok(())
                })
            });
        Ok(Self(pool.connect_with(options).await?))
    }

    pub(super) async fn read<W: Work>(&self, work: &W) -> Result<W::Answer, Fault> {
        work.run(&mut *self.0.acquire().await?).await
    }

    pub(super) async fn write<W: Work>(&self, work: &W) -> Result<W::Answer, Fault> {
        // In a stricter level the loser of a race would get an error instead of a row that says who won.
        let mut transaction = self.0.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE").await?;
        let answer = work.run(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(answer)
    }
}

impl Rows for PgConnection {
    const COLUMN_TYPE: &'static str = "SELECT format_type(atttypid, NULL) FROM pg_attribute \
         WHERE attrelid = to_regclass($1) AND attname = $2 AND attnum > 0 AND NOT attisdropped";

    const CLOCK: Option<&'static str> = Some("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS bigint)");

    const HOLDS_NUL: bool = false;

    fn table_name(name: &str) -> String {
        quoted(name)
    }

    fn kind_of_id(column_type: &str) -> IdKind {
        match column_type {
            "smallint" | "integer" | "bigint" => IdKind::Integer,
            "uuid" => IdKind::Uuid,
            "text" | "character varying" => IdKind::Text,
            _ => IdKind::Other,
        }
    }

    fn moment(place: u32) -> String {
        format!("CAST(${place} AS timestamptz)")
    }

    fn moment_value(at: Timestamp) -> Value {
        Value::Text(format!("{}+00", naive_utc(at)))
    }

    fn id_equals(kind: IdKind, column: &str, place: u32, claim: &str) -> Option<(String, Value)> {
        if claim.contains('\0') {
            return None;
        }
        // The column itself is never cast where it has an index.
        Some(match kind {
            IdKind::Integer => (format!("{column} = ${place}"), Value::Integer(claim.parse().ok()?)),
            IdKind::Uuid => (format!("{column} = CAST(${place} AS uuid)"), Value::Text(uuid_digits(claim)?)),
            IdKind::Text => (format!("{column} = ${place}"), Value::Text(claim.to_owned())),
            IdKind::Other => (format!("CAST({column} AS text) = ${place}"), Value::Text(claim.to_owned())),
        })
    }

    statements!(Postgres);
}
