//! The connections to either database.

use super::address_error::AddressError;
use crate::error::StoreError;
use std::future::Future;
use std::time::Duration;

#[cfg(feature = "sqlite")]
use crate::sql::{SqliteConnections, SqliteFile, SqliteFileError, put_into_wal, warn_of_journal};
#[cfg(feature = "postgres")]
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
#[cfg(feature = "postgres")]
use std::str::FromStr;

/// The connections to either database.
#[derive(Clone)]
pub(super) enum Pool {
    #[cfg(feature = "sqlite")]
    Sqlite(SqliteConnections),
    #[cfg(feature = "postgres")]
    Postgres(PgPool),
}

/// Writes one expression of sqlx out for each kind of pool, and waits for it for a bounded time.
macro_rules! on_pool {
    ($pool:expr, $db:ident => $work:expr) => {
        async {
            match $pool {
                #[cfg(feature = "sqlite")]
                $crate::user::sql::pool::Pool::Sqlite(connections) => {
                    $crate::user::sql::pool::answer(async {
                        let mut lent = connections.lend().await?;
                        let $db = &mut *lent;
                        let done: sqlx::Result<_> = $work.await;
                        let done = done?;
                        lent.give_back();
                        Ok(done)
                    })
                    .await
                }
                #[cfg(feature = "postgres")]
                $crate::user::sql::pool::Pool::Postgres($db) => $crate::user::sql::pool::answer($work).await,
            }
        }
    };
}
pub(super) use on_pool;

/// Whether an `UPDATE` found its row.
macro_rules! changes_on_pool {
    ($pool:expr, $update:expr) => {
        $crate::user::sql::pool::on_pool!($pool, db => async {
            Ok($update.execute(db).await?.rows_affected() > 0)
        })
    };
}
pub(super) use changes_on_pool;

impl Pool {
    pub(super) async fn connect(url: &str) -> Result<Self, StoreError> {
        match url.split_once("://") {
            Some(("postgres" | "postgresql", _)) => Self::postgres(url).await,
            _ => Self::sqlite(url).await,
        }
    }

    #[cfg(feature = "sqlite")]
    async fn sqlite(url: &str) -> Result<Self, StoreError> {
        let file = SqliteFile::from_url(url).map_err(StoreError::unavailable)?;
        file.make().map_err(StoreError::unavailable)?;
        let options = file.options.clone().busy_timeout(PATIENCE);
        let opened = SqliteConnections::open(options, file.path(), SQLITE_CONNECTIONS, PATIENCE).await;
        let connections = opened.map_err(|error| match (file.path(), error) {
            // SQLite's own message names no file.
            (Some(path), error @ sqlx::Error::Database(_)) => {
                StoreError::unavailable(SqliteFileError::cannot_open(path, error))
            }
            (_, error) => StoreError::unavailable(error),
        })?;
        if let Some(path) = file.path() {
            let mut connection = connections.lend().await.map_err(StoreError::unavailable)?;
            // Somebody may be reading: whoever opens it next tries again.
            if !put_into_wal(&mut connection, PATIENCE).await.map_err(StoreError::unavailable)? {
                warn_of_journal(
                    path,
                    "start again when nobody reads it, or keep it in WAL mode: `PRAGMA journal_mode = WAL`",
                );
            }
            connection.give_back();
        }
        Ok(Self::Sqlite(connections))
    }

    #[cfg(not(feature = "sqlite"))]
    async fn sqlite(url: &str) -> Result<Self, StoreError> {
        Err(StoreError::unavailable(AddressError::without_sqlite(url)))
    }

    #[cfg(feature = "postgres")]
    async fn postgres(url: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|error| StoreError::unavailable(AddressError::Unreadable(error)))?
            .application_name("jwt-auth");
        let pool = PgPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            // A connection from before a restart of the server is found dead and replaced, instead of failing a login.
            .test_before_acquire(true)
            .acquire_timeout(PATIENCE);
        Ok(Self::Postgres(pool.connect_with(options).await.map_err(StoreError::unavailable)?))
    }

    #[cfg(not(feature = "postgres"))]
    async fn postgres(_: &str) -> Result<Self, StoreError> {
        Err(StoreError::unavailable(AddressError::NoPostgres))
    }
}

/// The answer of a database, waited for no longer than a client should be kept.
pub(super) async fn answer<T>(work: impl Future<Output = sqlx::Result<T>>) -> Result<T, StoreError> {
    match tokio::time::timeout(2 * PATIENCE, work).await {
        Ok(answer) => answer.map_err(fault),
        Err(late) => Err(StoreError::unavailable(late)),
    }
}

/// How long a connection, or a lock, is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Readers do not wait for each other in WAL mode; more than a few only wait for the same disk.
#[cfg(feature = "sqlite")]
const SQLITE_CONNECTIONS: usize = 4;

/// A lookup holds a connection for about a millisecond, and the server's hundred are shared with the service itself.
#[cfg(feature = "postgres")]
const POSTGRES_CONNECTIONS: u32 = 8;

fn fault(error: sqlx::Error) -> StoreError {
    match &error {
        sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } | sqlx::Error::ColumnNotFound(_) => {
            StoreError::corrupt(error)
        }
        sqlx::Error::Database(cause) if is_about_the_tables(&**cause) => StoreError::corrupt(error),
        _ => StoreError::unavailable(error),
    }
}

/// A table or column that is missing or of another type, which trying again does not mend.
fn is_about_the_tables(cause: &dyn sqlx::error::DatabaseError) -> bool {
    match cause.code().as_deref() {
        // undefined_table, undefined_column, undefined_function (no such operator), datatype_mismatch
        Some("42P01" | "42703" | "42883" | "42804") => true,
        // SQLite has one code for all errors in a statement.
        Some("1") => cause.message().contains("no such") || cause.message().contains("has no column"),
        _ => false,
    }
}

/// `None` for a value that must be unique and is not.
pub(super) fn unless_taken<T>(outcome: sqlx::Result<T>) -> sqlx::Result<Option<T>> {
    match outcome {
        Err(sqlx::Error::Database(cause)) if cause.is_unique_violation() => Ok(None),
        outcome => outcome.map(Some),
    }
}

/// A name that several users share is nobody's: the column should be unique, and Django fails on such a name, too.
pub(super) fn sole<T>(mut found: Vec<T>) -> Option<T> {
    let first = found.pop();
    first.filter(|_| found.is_empty())
}
