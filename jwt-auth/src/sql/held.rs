//! Connections to an SQLite database that are held open. A pool of sqlx costs several times as much per read as the read itself: it asks the
//! connection's thread whether the connection is well, and does so in a task of its own.

use super::FileId;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Sqlite, SqliteConnection, SqlitePool};
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Where connections to a database come from: held here, or a pool of the application's.
#[derive(Clone)]
pub(crate) enum SqliteConnections {
    Held(Arc<Held>),
    Pool(SqlitePool),
}

/// Up to so many connections as there are permits.
pub(crate) struct Held {
    options: SqliteConnectOptions,
    /// Where the file is; none for a database in memory.
    path: Option<PathBuf>,
    idle: Mutex<Vec<Open>>,
    permits: Semaphore,
    patience: Duration,
    /// A database in memory is gone with its last connection.
    _keeps_memory: Option<SqliteConnection>,
}

/// A connection, and the file that it has open.
pub(crate) struct Open {
    connection: SqliteConnection,
    file: Option<FileId>,
}

/// A connection that is somebody's for a while. Dropped, it is closed: whoever fails, or is cancelled half way, leaves nothing behind.
pub(crate) enum Lent<'a> {
    Held { held: &'a Held, open: Open, _permit: SemaphorePermit<'a> },
    Pool(PoolConnection<Sqlite>),
}

impl SqliteConnections {
    /// Opens the first connection.
    pub(crate) async fn open(
        options: SqliteConnectOptions,
        path: Option<&Path>,
        most: usize,
        patience: Duration,
    ) -> sqlx::Result<Self> {
        let keeps_memory = if path.is_none() { Some(options.connect().await?) } else { None };
        let held = Held {
            options,
            path: path.map(Path::to_owned),
            idle: Mutex::default(),
            permits: Semaphore::new(most),
            patience,
            _keeps_memory: keeps_memory,
        };
        let first = held.open().await?;
        held.idle().push(first);
        Ok(Self::Held(Arc::new(held)))
    }

    /// A connection, waited for as long as the pool says.
    pub(crate) async fn lend(&self) -> sqlx::Result<Lent<'_>> {
        match self {
            Self::Held(held) => held.lend().await,
            Self::Pool(pool) => pool.acquire().await.map(Lent::Pool),
        }
    }
}

impl Held {
    async fn lend(&self) -> sqlx::Result<Lent<'_>> {
        let permit = tokio::time::timeout(self.patience, self.permits.acquire()).await;
        let permit = permit.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        let idle = self.idle().pop();
        let open = match idle {
            Some(open) if self.is_current(&open) => open,
            _ => self.open().await?,
        };
        Ok(Lent::Held { held: self, open, _permit: permit })
    }

    async fn open(&self) -> sqlx::Result<Open> {
        // The file first: should it be replaced meanwhile, the connection counts as stale, not the reverse.
        let file = self.file();
        Ok(Open { connection: self.options.connect().await?, file })
    }

    /// SQLite goes on reading and writing a file that was moved or deleted: a user switched off in the file that stands there now would go
    /// on logging in.
    fn is_current(&self, open: &Open) -> bool {
        self.path.is_none() || (open.file.is_some() && open.file == self.file())
    }

    fn file(&self) -> Option<FileId> {
        self.path.as_deref().and_then(|path| FileId::of(path).ok())
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Open>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lent<'_> {
    /// After work that was done: the next one may have it.
    pub(crate) fn give_back(self) {
        if let Self::Held { held, open, .. } = self {
            held.idle().push(open);
        }
    }
}

impl Deref for Lent<'_> {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        match self {
            Self::Held { open, .. } => &open.connection,
            Self::Pool(connection) => connection,
        }
    }
}

impl DerefMut for Lent<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        match self {
            Self::Held { open, .. } => &mut open.connection,
            Self::Pool(connection) => connection,
        }
    }
}
