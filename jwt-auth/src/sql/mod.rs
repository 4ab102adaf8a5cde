//! What every place with sqlx shares: files of SQLite, and moments as Django writes them.

#[cfg(feature = "sqlite")]
mod address;
#[cfg(feature = "sqlite")]
mod moved_file;
mod naive_utc;

#[cfg(feature = "sqlite")]
pub(crate) use address::{FileId, SqliteFile, SqliteFileError, put_into_wal, warn_of_journal};
#[cfg(feature = "sqlite")]
pub(crate) use moved_file::Place;
pub(crate) use naive_utc::naive_utc;
