//! What can go wrong between us and PostgreSQL.

use crate::error::{StoreError, TaskEnded};

/// The texts hold no value from a row or a token: PostgreSQL's own messages name tables, columns and servers only.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error("`{0}` is no address of PostgreSQL; write `postgres://user@host/database`")]
    NoAddress(String),
    #[error("the database has none of our tables: the start of the service, or `jwt-auth migrate`, makes them")]
    NoTables,
    #[error("the tables are of version {0}, made by a newer release of this program")]
    TooNew(i64),
    #[error("the tables are of version {0}, made by an older release: the start of the service brings them up to date")]
    TooOld(i64),
    #[error("the database is encoded in {0}: make one with `ENCODING 'UTF8'`")]
    Encoding(String),
    #[error("a session of this name exists")]
    SidTaken,
    #[error("column `{0}` holds something else than was written")]
    Column(&'static str),
    #[error("PostgreSQL did not answer within {} seconds", super::PATIENCE.as_secs())]
    Slow,
    #[error("the task that talks to the database has stopped")]
    Stopped(#[source] TaskEnded),
}

impl Fault {
    /// Whether the same work may do better at once: PostgreSQL chose us as the victim of a deadlock, or of a stricter level of
    /// isolation than ours.
    pub(super) fn is_of_the_moment(&self) -> bool {
        matches!(self.code().as_deref(), Some("40001" | "40P01"))
    }

    /// Whether the connection is as good as before. Not after trouble of the line or of the server; nor after a write was refused because the
    /// server is a standby by now: whoever connects anew may find the one that takes writes.
    pub(super) fn leaves_the_connection(&self) -> bool {
        match self {
            Self::Database(error) if is_of_a_row(error) => true,
            Self::Database(_) => {
                let code = self.code();
                let class = code.as_deref().and_then(|code| code.get(..2));
                class.is_some_and(|class| matches!(class, "21" | "22" | "23" | "40" | "42" | "54" | "55"))
                    || code.as_deref() == Some("57014")
            }
            Self::SidTaken | Self::Column(_) | Self::NoTables => true,
            _ => false,
        }
    }

    fn code(&self) -> Option<String> {
        let Self::Database(error) = self else { return None };
        Some(error.as_database_error()?.code()?.into_owned())
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        let an_operator_must_look = match &fault {
            // A value that does not fit (21, 22, 54), a constraint (23), no such table or no right to it (42), no such database (3D).
            Fault::Database(error) => {
                let code = fault.code();
                let class = code.as_deref().and_then(|code| code.get(..2));
                is_of_a_row(error)
                    || class.is_some_and(|class| matches!(class, "21" | "22" | "23" | "42" | "54" | "3D"))
            }
            Fault::SidTaken
            | Fault::Column(_)
            | Fault::TooNew(_)
            | Fault::TooOld(_)
            | Fault::Encoding(_)
            | Fault::NoTables => true,
            Fault::NoAddress(_) | Fault::Slow | Fault::Stopped(_) => false,
        };
        if an_operator_must_look { Self::corrupt(fault) } else { Self::unavailable(fault) }
    }
}

/// What stands in a row cannot be read.
fn is_of_a_row(error: &sqlx::Error) -> bool {
    matches!(
        error,
        sqlx::Error::Decode(_)
            | sqlx::Error::ColumnDecode { .. }
            | sqlx::Error::ColumnNotFound(_)
            | sqlx::Error::ColumnIndexOutOfBounds { .. }
    )
}
