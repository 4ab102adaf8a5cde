//! The database file: opening it, and noticing that it is no longer there.

use super::fault::Fault;
use super::{LOCK_PATIENCE, schema};
use crate::sql::{FileId, SqliteFile, SqliteFileError, put_into_wal, warn_of_journal};
use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqliteConnection, SqlitePool};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How to open the database again, exactly as the first time.
#[derive(Clone, Debug)]
pub(super) struct Database {
    options: SqliteConnectOptions,
    /// Where the file is; none for a database in memory.
    path: Option<PathBuf>,
    /// Whether the journal mode is somebody else's choice: of an application that has said by its pool which one it wants, or of the
    /// service beside which a tool looks at the file.
    has_a_mode: bool,
}

impl Database {
    /// From an address; the file is made when missing, in WAL mode.
    pub(super) fn from_url(url: &str) -> Result<Self, Fault> {
        let file = SqliteFile::from_url(url)?;
        file.make()?;
        Ok(Self::new(file.options, false))
    }

    /// From the address of a file that is there. Nothing is made, and its journal mode stays.
    pub(super) fn from_url_of_a_file(url: &str) -> Result<Self, Fault> {
        Ok(Self::new(SqliteFile::from_url(url)?.options.create_if_missing(false), true))
    }

    /// The database of a pool, in WAL mode unless its options name a mode: the application's choice stays.
    pub(super) fn from_pool(pool: &SqlitePool) -> Self {
        let options = SqliteConnectOptions::clone(&pool.connect_options());
        let has_a_mode = names_a_journal_mode(&options);
        Self::new(options, has_a_mode)
    }

    fn new(options: SqliteConnectOptions, has_a_mode: bool) -> Self {
        let options = options
            .foreign_keys(true)
            // The default of SQLite's library can be compiled to something weaker.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(LOCK_PATIENCE)
            .disable_statement_logging();
        Self { options, path: None, has_a_mode }
    }

    /// Opens it for the first time and makes the tables.
    pub(super) async fn open_first(self) -> Result<(Self, Opened), Fault> {
        let (database, mut opened) = self.open_by_name().await?;
        database.settle_journal(&mut opened).await?;
        if let Some(path) = database.path.as_deref().filter(|_| !opened.is_wal) {
            warn_of_journal(
                path,
                match database.has_a_mode {
                    true => "leave `journal_mode` out of the options of the application's pool, or say `Wal` there",
                    false => "none, where somebody is just reading it: it is tried again",
                },
            );
        }
        // New tables wait for who is reading, as a commit does.
        database.be_patient(&mut opened, COMMIT_PATIENCE).await?;
        schema::prepare(&mut opened.connection).await?;
        database.be_patient(&mut opened, LOCK_PATIENCE).await?;
        Ok((database, opened))
    }

    /// Opens it for the first time and leaves the tables as they are, which must be this release's.
    pub(super) async fn open_as_it_is(self) -> Result<(Self, Opened), Fault> {
        let (database, mut opened) = self.open_by_name().await?;
        schema::check(&mut opened.connection).await?;
        Ok((database, opened))
    }

    async fn open_by_name(mut self) -> Result<(Self, Opened), Fault> {
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
        self.settle_journal(&mut opened).await?;
        schema::prepare(&mut opened.connection).await?;
        Ok(opened)
    }

    /// Opens it for reading, which outside WAL mode waits for a commit that waits for others who read.
    pub(super) async fn open_for_reading(&self) -> Result<Opened, Fault> {
        let mut opened = self.open().await?;
        self.be_patient(&mut opened, COMMIT_PATIENCE).await?;
        Ok(opened)
    }

    /// Puts the file into WAL mode where that is ours to say. It costs nothing when it is; else it is tried now and then.
    pub(super) async fn settle_journal(&self, opened: &mut Opened) -> Result<(), Fault> {
        let is_due = opened.journal_tried.is_none_or(|tried| tried.elapsed() > JOURNAL_PAUSE);
        if opened.is_wal || !is_due {
            return Ok(());
        }
        opened.journal_tried = Some(Instant::now());
        opened.is_wal = match self.has_a_mode || self.path.is_none() {
            true => {
                let mode = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut opened.connection).await;
                mode.map(|mode: String| matches!(mode.as_str(), "wal" | "memory"))?
            }
            false => put_into_wal(&mut opened.connection, LOCK_PATIENCE).await?,
        };
        Ok(())
    }

    async fn be_patient(&self, opened: &mut Opened, patience: Duration) -> Result<(), Fault> {
        let pragma = format!("PRAGMA busy_timeout = {}", patience.as_millis());
        sqlx::query(sqlx::AssertSqlSafe(pragma)).execute(&mut opened.connection).await?;
        Ok(())
    }

    /// Opens it without a look at the tables.
    pub(super) async fn open(&self) -> Result<Opened, Fault> {
        let mut pause = Duration::from_millis(5);
        loop {
            // The file first: should it be replaced meanwhile, the connection counts as stale, not the reverse.
            let file = self.file()?;
            match self.options.connect().await {
                Ok(connection) => return Ok(Opened { connection, file, is_wal: false, journal_tried: None }),
                Err(error) => {
                    let fault = Fault::from(error);
                    // An application's own options may change the journal mode, for which SQLite's busy timeout does not wait.
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
    /// As far as is known.
    is_wal: bool,
    journal_tried: Option<Instant>,
}

impl Opened {
    pub(super) fn is_wal(&self) -> bool {
        self.is_wal
    }
}

/// How long a commit waits for those who read, and new readers for it: what is left of a caller's patience.
pub(super) const COMMIT_PATIENCE: Duration = Duration::from_secs(8);

/// After how long changing the journal mode is tried again.
const JOURNAL_PAUSE: Duration = Duration::from_secs(10);

/// sqlx tells nobody what was asked for, but for its `Debug`: `"journal_mode": Some("DELETE")`, or `None`. Words of another version
/// mean that nothing is known, and then nothing is changed.
fn names_a_journal_mode(options: &SqliteConnectOptions) -> bool {
    !format!("{options:?}").contains(r#""journal_mode": None"#)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::sqlite::SqliteJournalMode;

    #[test]
    fn what_the_application_asks_for_is_seen() {
        let options = SqliteConnectOptions::new();
        assert!(!names_a_journal_mode(&options));
        for mode in [SqliteJournalMode::Delete, SqliteJournalMode::Wal] {
            assert!(names_a_journal_mode(&options.clone().journal_mode(mode)));
        }
    }
}
