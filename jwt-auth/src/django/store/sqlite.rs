//! Django's SQLite file.

use super::fault::Fault;
use super::rows::{FlushRow, Rows, Value, bound, statements};
use super::users::{IdKind, uuid_digits};
use super::work::Work;
use crate::clock::Timestamp;
use crate::sql::{SqliteConnections, SqliteFile, SqliteFileError, naive_utc};
use sqlx::sqlite::SqliteSynchronous;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Sqlite, SqliteConnection};
use std::time::Duration;

/// How long SQLite waits for another program to let go of the file; Django's own default.
const LOCK_PATIENCE: Duration = Duration::from_secs(5);

/// Connections to the file.
#[derive(Clone)]
pub(super) struct File {
    /// One: who waits for it in our queue gets it in turn, who waits for SQLite's lock gets it by luck.
    writer: SqliteConnections,
    readers: SqliteConnections,
}

impl File {
    pub(super) async fn open(url: &str) -> Result<Self, Fault> {
        let file = SqliteFile::from_url(url)?;
        // The journal mode is Django's choice and stays.
        let options = file
            .options
            .clone()
            .foreign_keys(true)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(LOCK_PATIENCE)
            .disable_statement_logging();
        let open = |most| SqliteConnections::open(options.clone(), file.path(), most, super::PATIENCE);
        let writer = open(1).await.map_err(|error| match (file.path(), error) {
            // SQLite's own message names no file.
            (Some(path), error @ sqlx::Error::Database(_)) => SqliteFileError::cannot_open(path, error).into(),
            (_, error) => Fault::from(error),
        })?;
        Ok(Self { writer, readers: open(4).await? })
    }

    pub(super) async fn read<W: Work>(&self, work: &W) -> Result<W::Answer, Fault> {
        let mut connection = self.readers.lend().await?;
        let answer = work.run(&mut *connection).await?;
        connection.give_back();
        Ok(answer)
    }

    pub(super) async fn write<W: Work>(&self, work: &W) -> Result<W::Answer, Fault> {
        let mut connection = self.writer.lend().await?;
        // A transaction that reads first and then writes would fail at once if somebody wrote in between.
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        let answer = work.run(&mut *transaction).await?;
        transaction.commit().await?;
        connection.give_back();
        Ok(answer)
    }
}

impl Rows for SqliteConnection {
    const COLUMN_TYPE: &'static str = "SELECT type FROM pragma_table_info($1) WHERE name = $2";

    const CLOCK: Option<&'static str> = None;

    const HOLDS_NUL: bool = true;

    fn table_name(name: &str) -> String {
        name.to_owned()
    }

    fn kind_of_id(column_type: &str) -> IdKind {
        let column_type = column_type.to_ascii_lowercase();
        if column_type.contains("int") {
            IdKind::Integer
        } else if column_type == "char(32)" {
            // Django's UUIDs.
            IdKind::Uuid
        } else {
            IdKind::Text
        }
    }

    fn moment(place: u32) -> String {
        format!("${place}")
    }

    fn moment_value(at: Timestamp) -> Value {
        Value::Text(naive_utc(at))
    }

    fn id_equals(kind: IdKind, column: &str, place: u32, claim: &str) -> Option<(String, Value)> {
        let value = match kind {
            IdKind::Integer => Value::Integer(claim.parse().ok()?),
            IdKind::Uuid => Value::Text(uuid_digits(claim)?),
            IdKind::Text => Value::Text(claim.to_owned()),
            #[cfg(feature = "postgres")]
            IdKind::Other => Value::Text(claim.to_owned()),
        };
        Some((format!("{column} = ${place}"), value))
    }

    statements!(Sqlite);
}
