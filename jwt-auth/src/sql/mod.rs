//! What every place with sqlx shares: files of SQLite, and moments as Django writes them.

#[cfg(feature = "sqlite")]
mod address;
#[cfg(feature = "sqlite")]
mod held;
mod naive_utc;

#[cfg(feature = "sqlite")]
pub(crate) use address::{FileId, SqliteFile, SqliteFileError, put_into_wal, warn_of_journal};
#[cfg(feature = "sqlite")]
pub(crate) use held::SqliteConnections;
pub(crate) use naive_utc::naive_utc;
