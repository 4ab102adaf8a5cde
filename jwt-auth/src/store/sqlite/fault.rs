//! What can go wrong between us and SQLite.

use crate::error::{StoreError, TaskEnded};
use crate::sql::SqliteFileError;
use std::path::PathBuf;
use std::sync::Arc;

/// A failure that many callers may have to be told of, hence `Clone`.
///
/// The texts hold no value from a row or a token: SQLite's own messages name tables, columns and files only.
#[derive(Clone, Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error(transparent)]
    Database(Arc<sqlx::Error>),
    #[error(transparent)]
    File(#[from] SqliteFileError),
    #[error("the SQLite file `{}` was removed: put it back, or start the program again", .0.display())]
    FileGone(PathBuf, #[source] Arc<std::io::Error>),
    #[error("the file has none of our tables: is it the right one, or does another stand in the database's place?")]
    NoTables,
    #[error("a session of this name exists")]
    SidTaken,
    #[error("column `{0}` of a session holds something else than was written")]
    Column(&'static str),
    #[error("the tables are of version {0}, made by a newer release of this program")]
    TooNew(i64),
    #[error("the tables are of version {0}, made by an older release: the start of the service brings them up to date")]
    TooOld(i64),
    #[error("the session keeps moving")]
    Restless,
    #[error(
        "SQLite did not answer within {} seconds; or nobody runs the Tokio runtime on which the store was opened", super::PATIENCE.as_secs()
    )]
    Slow,
    #[error("the task that writes to the database has stopped")]
    Stopped(#[source] TaskEnded),
}

impl Fault {
    /// Whether the database itself works and only this request, or the rows it met, are at fault.
    pub(super) fn is_of_one_request(&self) -> bool {
        match self {
            Self::SidTaken | Self::Column(_) | Self::Restless => true,
            Self::Database(error) => matches!(kind(error), Kind::Row),
            _ => false,
        }
    }

    /// Whether SQLite could not open the file.
    pub(super) fn is_not_openable(&self) -> bool {
        matches!(self, Self::Database(error) if primary_code(error) == Some(14))
    }

    /// Whether another process holds the lock that we need.
    pub(super) fn is_busy(&self) -> bool {
        matches!(self, Self::Database(error) if matches!(kind(error), Kind::Busy))
    }
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(Arc::new(error))
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        let an_operator_must_look = match &fault {
            Fault::Database(error) => matches!(kind(error), Kind::Row | Kind::Damaged),
            Fault::SidTaken | Fault::Column(_) | Fault::TooNew(_) | Fault::TooOld(_) | Fault::NoTables => true,
            _ => false,
        };
        if an_operator_must_look { Self::corrupt(fault) } else { Self::unavailable(fault) }
    }
}

enum Kind {
    Busy,
    /// What stands in a row cannot be read.
    Row,
    /// Tables are missing, or the file is no database.
    Damaged,
    /// Cannot be opened, disk full, I/O error, out of memory: it may pass.
    Passing,
}

fn kind(error: &sqlx::Error) -> Kind {
    match error {
        sqlx::Error::Decode(_)
        | sqlx::Error::ColumnDecode { .. }
        | sqlx::Error::ColumnNotFound(_)
        | sqlx::Error::ColumnIndexOutOfBounds { .. } => Kind::Row,
        error => match primary_code(error) {
            Some(5 | 6) => Kind::Busy,
            Some(1 | 11 | 26) => Kind::Damaged,
            Some(19 | 20 | 25) => Kind::Row,
            _ => Kind::Passing,
        },
    }
}

fn primary_code(error: &sqlx::Error) -> Option<u32> {
    let code: u32 = error.as_database_error()?.code()?.parse().ok()?;
    // The low byte: https://www.sqlite.org/rescode.html
    Some(code & 0xff)
}
