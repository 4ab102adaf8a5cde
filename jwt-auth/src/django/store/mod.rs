//! The tables of SimpleJWT's blacklist, which a Django service may use at the same time.

mod fault;
mod flush_expired;
#[cfg(feature = "postgres")]
mod postgres;
mod rows;
#[cfg(feature = "sqlite")]
mod sqlite;
mod users;
mod work;

pub use flush_expired::{Flush, Flushed};

use crate::clock::Timestamp;
use crate::django::ledger::{OutstandingToken, TokenBlacklist};
use crate::error::StoreError;
use crate::store::StoreTime;
use fault::Fault;
use flush_expired::FlushBatch;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use users::Users;
use work::{Blacklist, IsBlacklisted, LookAround, Outstand, Rotate, Time, Work};

/// How long a caller waits for an answer: a stuck database must become a 503, not a pile of requests.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often work is tried whose rows were deleted under it.
const ATTEMPTS: u32 = 4;

/// SimpleJWT's tables `token_blacklist_outstandingtoken` and `token_blacklist_blacklistedtoken`, in SQLite or
/// PostgreSQL. Cheap to clone.
///
/// Django makes them and may use them at the same time: rows are those that SimpleJWT writes, and are told apart by
/// nothing. Unlike there, of several that spend one token at once exactly one succeeds, over all processes and machines,
/// Rust ones at least: SimpleJWT itself looks first and writes later.
///
/// PostgreSQL: connections are made anew by themselves when the server was away. SQLite: the journal mode stays as it
/// is, and a file that has vanished is not made anew.
#[derive(Clone)]
pub struct DjangoStore {
    database: Database,
    users: Arc<Users>,
}

#[derive(Clone)]
enum Database {
    #[cfg(feature = "sqlite")]
    Sqlite(sqlite::File),
    #[cfg(feature = "postgres")]
    Postgres(postgres::Server),
}

impl DjangoStore {
    /// Connects to `sqlite:file.db` (feature `sqlite`) or `postgres://user@host/database` (feature `postgres`). It never
    /// makes a file or a table. Users are in `auth_user`; see [`user_table`](Self::user_table).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when there is no such database or it does not answer, [`StoreError::Corrupt`] when the
    /// tables are missing.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        let database = Database::connect(url).await?;
        let store = Self { database, users: Arc::new(Users::new("auth_user", "id", "id")) };
        store.read(&LookAround(None)).await?;
        Ok(store)
    }

    /// Another user table (a custom user model's), its primary key, and the column whose value tokens name users by
    /// (SimpleJWT's `USER_ID_FIELD`): rows refer to users by the key. Defaults to `auth_user`, `id`, `id`.
    ///
    /// Names are quoted, so any text is safe; [`health`](Self::health) says when there is no such table or column.
    #[must_use]
    pub fn user_table(self, table: &str, id: &str, user_id_field: &str) -> Self {
        Self { users: Arc::new(Users::new(table, id, user_id_field)), ..self }
    }

    /// Whether the database answers and the tables are there, that of the users too.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it does not answer, [`StoreError::Corrupt`] when one is missing.
    pub async fn health(&self) -> Result<(), StoreError> {
        self.read(&LookAround(Some(&self.users))).await
    }

    /// Writes a new token down, as SimpleJWT's `for_user` does.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; [`StoreError::Corrupt`] when the tables are not as they should be, the `jti` is taken
    /// or it does not [fit](OutstandingToken::fits).
    pub async fn outstand(&self, token: &OutstandingToken) -> Result<(), StoreError> {
        self.write(&Outstand { users: &self.users, token }).await
    }

    /// Blacklists a token, writing it down before if it is unknown, as SimpleJWT's `blacklist()` does; `false` when it
    /// was blacklisted already.
    ///
    /// # Errors
    /// As [`outstand`](Self::outstand).
    pub async fn blacklist(&self, token: &OutstandingToken, now: Timestamp) -> Result<bool, StoreError> {
        self.write(&Blacklist { users: &self.users, token, now }).await
    }

    /// Blacklists a spent token and writes its successor down, all or nothing; `false` when somebody else blacklisted
    /// it before, and then nothing was changed.
    ///
    /// # Errors
    /// As [`outstand`](Self::outstand).
    pub async fn rotate(
        &self,
        spent: &OutstandingToken,
        next: &OutstandingToken,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let spent = Blacklist { users: &self.users, token: spent, now };
        self.write(&Rotate { spent, next: Outstand { users: &self.users, token: next } }).await
    }

    /// Whether the token of this `jti` is blacklisted.
    ///
    /// An id that does not [fit](OutstandingToken::fits) is in no row of ours, and never will be.
    ///
    /// # Errors
    /// As [`health`](Self::health).
    pub async fn is_blacklisted(&self, jti: &str) -> Result<bool, StoreError> {
        self.read(&IsBlacklisted(jti)).await
    }

    /// Deletes tokens that nobody can use any more, blacklisted or not: one batch, in one short transaction, of the rows
    /// after this id. Begin with 0 and go on with [`Flushed::next`].
    ///
    /// # Errors
    /// As [`health`](Self::health).
    pub async fn flush_expired(&self, flush: &Flush, after: i64) -> Result<Flushed, StoreError> {
        self.write(&FlushBatch(flush, after)).await
    }

    async fn read<W: Work>(&self, work: &W) -> Result<W::Answer, StoreError> {
        in_time(self.database.read(work)).await
    }

    async fn write<W: Work>(&self, work: &W) -> Result<W::Answer, StoreError> {
        in_time(async {
            let mut attempt = 1;
            loop {
                match self.database.write(work).await {
                    Err(fault) if fault.is_of_the_moment() && attempt < ATTEMPTS => attempt += 1,
                    outcome => return outcome,
                }
            }
        })
        .await
    }
}

impl TokenBlacklist for DjangoStore {
    async fn outstand(&self, token: &OutstandingToken) -> Result<(), StoreError> {
        Self::outstand(self, token).await
    }

    async fn blacklist(&self, token: &OutstandingToken, now: Timestamp) -> Result<bool, StoreError> {
        Self::blacklist(self, token, now).await
    }

    async fn rotate(
        &self,
        spent: &OutstandingToken,
        next: &OutstandingToken,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Self::rotate(self, spent, next, now).await
    }

    async fn is_blacklisted(&self, jti: &str) -> Result<bool, StoreError> {
        Self::is_blacklisted(self, jti).await
    }

    async fn health(&self) -> Result<(), StoreError> {
        Self::health(self).await
    }

    /// PostgreSQL's clock. A file has none, and Django writes to it by the clock of the machine that is ours, too.
    async fn time(&self) -> Result<StoreTime, StoreError> {
        self.read(&Time).await
    }
}

impl fmt::Debug for DjangoStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let database = match &self.database {
            #[cfg(feature = "sqlite")]
            Database::Sqlite(_) => "SQLite",
            #[cfg(feature = "postgres")]
            Database::Postgres(_) => "PostgreSQL",
        };
        f.debug_struct("DjangoStore").field("database", &database).finish_non_exhaustive()
    }
}

impl Database {
    async fn connect(url: &str) -> Result<Self, Fault> {
        let scheme = url.split_once(':').map_or("..", |(scheme, _)| scheme);
        match scheme {
            #[cfg(feature = "sqlite")]
            "sqlite" => Ok(Self::Sqlite(sqlite::File::open(url).await?)),
            #[cfg(feature = "postgres")]
            "postgres" | "postgresql" => Ok(Self::Postgres(postgres::Server::connect(url).await?)),
            #[cfg(not(feature = "sqlite"))]
            "sqlite" => Err(Fault::NotBuiltIn("sqlite")),
            #[cfg(not(feature = "postgres"))]
            "postgres" | "postgresql" => Err(Fault::NotBuiltIn("postgres")),
            ".." => Err(Fault::NoAddress(scheme.to_owned())),
            // Never the rest: it may hold a password.
            scheme => Err(Fault::NoAddress(format!("{scheme}:.."))),
        }
    }

    async fn read<W: Work>(&self, work: &W) -> Result<W::Answer, Fault> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(file) => file.read(work).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(server) => server.read(work).await,
        }
    }

    async fn write<W: Work>(&self, work: &W) -> Result<W::Answer, Fault> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(file) => file.write(work).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(server) => server.write(work).await,
        }
    }
}

async fn in_time<T>(work: impl Future<Output = Result<T, Fault>>) -> Result<T, StoreError> {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(outcome) => Ok(outcome?),
        Err(_) => Err(Fault::Slow.into()),
    }
}
