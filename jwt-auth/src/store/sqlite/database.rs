//! The database file: opening it, and noticing that it is no longer there.

use super::fault::Fault;
use super::{LOCK_PATIENCE, schema};
use crate::sql::{FileId, SqliteFile, SqliteFileError};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, SqliteConnection, SqlitePool};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How to open the database again, exactly as the first time.
#[derive(Clone, Debug)]
pub(super) struct Database {
    options: SqliteConnectOptions,
    /// Where the file is; none for a database in memory.
    path: Option<PathBuf>,
}

impl Database {
    /// From an address; the file is made when missing, in WAL mode.
    pub(super) fn from_url(url: &str) -> Result<Self, Fault> {
        let file = SqliteFile::from_url(url)?;
        file.make()?;
        Ok(Self::new(file.options.journal_mode(SqliteJournalMode::Wal)))
    }

    /// The database of a pool. Its journal mode is the application's choice and stays.
    pub(super) fn from_pool(pool: &SqlitePool) -> Self {
        Self::new(SqliteConnectOptions::clone(&pool.connect_options()))
    }

    fn new(options: SqliteConnectOptions) -> Self {
        let options = options
            .foreign_keys(true)
            // The default of SQLite's library can be compiled to something weaker.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(LOCK_PATIENCE)
            .disable_statement_logging();
        Self { options, path: None }
    }

    /// Opens it for the first time and makes the tables.
    pub(super) async fn open_first(mut self) -> Result<(Self, Opened), Fault> {
        let mut opened = self.open().await.map_err(|fault| self.name_file(fault))?;
        // In memory there is no such file, whatever the name looks like.
        let path = std::path::absolute(self.options.get_filename()).ok();
        if let Some(path) = path.filter(|path| path.is_file()) {
            opened.file = FileId::of(&path).ok();
            // A file that vanished must not come back empty: every session would look unknown, and everybody be
            // logged out, instead of the operator being told. The full path, should the program change directory.
            self.options = self.options.filename(&path).create_if_missing(false);
            self.path = Some(path);
        }
        schema::prepare(&mut opened.connection).await?;
        Ok((self, opened))
    }

    /// Opens it again, tables included: another file may have been put in its place, a backup of an older release, say.
    ///
    /// A file without our tables is not this database: were they made in it, every session would look unknown, and
    /// everybody be logged out. A database in memory is gone for good and begins anew.
    pub(super) async fn reopen(&self) -> Result<Opened, Fault> {
        let mut opened = self.open().await?;
        if self.path.is_some() && !schema::is_there(&mut opened.connection).await? {
            return Err(Fault::NoTables);
        }
        schema::prepare(&mut opened.connection).await?;
        Ok(opened)
    }

    /// Opens it without a look at the tables, for reading.
    pub(super) async fn open(&self) -> Result<Opened, Fault> {
        let mut pause = Duration::from_millis(5);
        loop {
            // The file first: should it be replaced meanwhile, the connection counts as stale, not the reverse.
            let file = self.file()?;
            match self.options.connect().await {
                Ok(connection) => return Ok(Opened { connection, file }),
                Err(error) => {
                    let fault = Fault::from(error);
                    // Changing to WAL needs a lock for which SQLite's own busy timeout does not wait.
                    if !fault.is_busy() || pause > LOCK_PATIENCE / 4 {
                        return Err(fault);
                    }
                }
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
    }

    /// Whether the file that the connection has open is still the one at its place. SQLite itself goes on writing to a
    /// deleted file, and what it acknowledged would be gone with the process.
    pub(super) fn is_current(&self, opened: &Opened) -> bool {
        self.file().is_ok_and(|file| file == opened.file)
    }

    fn file(&self) -> Result<Option<FileId>, Fault> {
        let id = self.path.as_deref().map(FileId::of).transpose();
        id.map_err(|error| Fault::FileGone(self.path.clone().unwrap_or_default(), Arc::new(error)))
    }

    /// SQLite's own message names no file.
    fn name_file(&self, fault: Fault) -> Fault {
        match fault {
            Fault::Database(error) if Fault::Database(Arc::clone(&error)).is_not_openable() => {
                SqliteFileError::cannot_open(self.options.get_filename(), error).into()
            }
            fault => fault,
        }
    }
}

/// A connection and the file it has open.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) connection: SqliteConnection,
    file: Option<FileId>,
}
