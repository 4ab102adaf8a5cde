//! What can go wrong between us and Django's database.

use crate::error::StoreError;
#[cfg(feature = "sqlite")]
use crate::sql::SqliteFileError;

/// The texts hold no value from a row or a token: the databases' own messages name tables, columns and files only.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[cfg(feature = "sqlite")]
    #[error(transparent)]
    File(#[from] SqliteFileError),
    #[error("`{0}` is no address of a database; write `sqlite:file.db` or `postgres://user@host/database`")]
    NoAddress(String),
    #[cfg(not(all(feature = "sqlite", feature = "postgres")))]
    #[error("this program is built without the feature `{0}` of jwt-auth")]
    NotBuiltIn(&'static str),
    #[error(
        "the database has no table `{0}`: put `rest_framework_simplejwt.token_blacklist` into INSTALLED_APPS and run \
         `manage.py migrate`"
    )]
    NoTable(&'static str),
    #[error("the database has no column `{column}` in a user table `{table}`: name Django's user table")]
    NoUserTable { table: String, column: String },
    #[error("a token id is longer than 255 characters or holds NUL: it cannot be blacklisted")]
    IdDoesNotFit,
    #[error("a new token's id is taken")]
    IdTaken,
    #[error("the row of a token keeps vanishing")]
    Restless,
    #[error("the database did not answer within {} seconds", super::PATIENCE.as_secs())]
    Slow,
}

impl Fault {
    /// Whether the same work may do better at once: a user or a token was deleted between our look and our commit, or
    /// PostgreSQL chose us as the victim of a deadlock.
    pub(super) fn is_of_the_moment(&self) -> bool {
        match self {
            Self::Restless => true,
            Self::Database(error) => matches!(code(error).as_deref(), Some("23503" | "40001" | "40P01" | "787")),
            _ => false,
        }
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        let an_operator_must_look = match &fault {
            Fault::Database(error) => needs_mending(error),
            Fault::NoTable(_) | Fault::NoUserTable { .. } | Fault::IdDoesNotFit | Fault::IdTaken => true,
            _ => false,
        };
        if an_operator_must_look { Self::corrupt(fault) } else { Self::unavailable(fault) }
    }
}

/// Whether trying again is no use: rows that cannot be read, tables that are missing, rights that we have not.
fn needs_mending(error: &sqlx::Error) -> bool {
    if matches!(
        error,
        sqlx::Error::Decode(_)
            | sqlx::Error::ColumnDecode { .. }
            | sqlx::Error::ColumnNotFound(_)
            | sqlx::Error::ColumnIndexOutOfBounds { .. }
    ) {
        return true;
    }
    let Some(code) = code(error) else { return false };
    // PostgreSQL's have five characters, the first two of which are the class: a value that does not fit (21, 22), a
    // constraint (23), no such table or no right to it (42), no such database (3D).
    if code.len() == 5 && matches!(code.get(..2), Some("21" | "22" | "23" | "42" | "3D")) {
        return true;
    }
    // SQLite's are numbers, the kind in the low byte: https://www.sqlite.org/rescode.html
    let kind = code.parse::<u32>().map(|code| code & 0xff);
    code.len() < 5 && matches!(kind, Ok(1 | 11 | 19 | 20 | 25 | 26))
}

fn code(error: &sqlx::Error) -> Option<String> {
    Some(error.as_database_error()?.code()?.into_owned())
}
