//! Users in an SQLite table of Django's `auth_user` layout.

mod auth_user;
mod create_user_error;
mod datetime;
mod place;
mod table;

pub use auth_user::{AuthUser, NewUser};
pub use create_user_error::CreateUserError;
pub use table::UserTable;

use super::UserStore;
use crate::clock::{Clock, SystemClock, Timestamp};
use crate::error::StoreError;
use crate::sqlite_file::{SqliteFile, SqliteFileError};
use place::Place;
use sqlx::sqlite::{SqliteJournalMode, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, SqlitePool};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use table::Statements;

/// A [`UserStore`] over an SQLite table laid out like Django's `auth_user`: Django's own, or one that
/// [`migrate`](Self::migrate) makes. Cheap to clone.
#[derive(Clone)]
pub struct SqlUserStore {
    pool: SqlitePool,
    sql: Arc<Statements>,
}

impl SqlUserStore {
    /// Opens, and makes when missing, the file at `sqlite:relative.db` or `sqlite:///absolute.db`, with the table
    /// `auth_user`. The addresses are those of `SqliteStore::connect`, and both may have the same; a new file belongs to
    /// its owner only (mode 0600 on Unix).
    ///
    /// A file that vanishes later is not made anew: calls fail until it is back.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is no such address or the file cannot be opened.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        let file = SqliteFile::from_url(url).map_err(StoreError::unavailable)?;
        file.make().map_err(StoreError::unavailable)?;
        let mut pool = SqlitePoolOptions::new()
            .max_connections(CONNECTIONS)
            // A file does not hang up; asking each time would cost more than the query.
            .test_before_acquire(false)
            // A database in memory is gone with its last connection.
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(Duration::from_secs(5));
        if let Some(path) = file.path() {
            let place = Arc::new(Place::new(path));
            pool = pool.before_acquire(move |_, connection| {
                let is_current = place.is_current(connection.age);
                Box::pin(async move { Ok(is_current) })
            });
        }
        let options = file.options.clone().journal_mode(SqliteJournalMode::Wal).busy_timeout(Duration::from_secs(5));
        let pool = pool.connect_with(options).await.map_err(|error| match (file.path(), error) {
            // SQLite's own message names no file.
            (Some(path), error @ sqlx::Error::Database(_)) => {
                StoreError::unavailable(SqliteFileError::cannot_open(path, error))
            }
            (_, error) => StoreError::unavailable(error),
        })?;
        Ok(Self::from_pool(pool))
    }

    /// Over a pool that the application has, with the table `auth_user`.
    pub fn from_pool(pool: SqlitePool) -> Self {
        Self { pool, sql: Arc::new(Statements::of(&UserTable::default())) }
    }

    /// Another table, or other names of its columns.
    #[must_use]
    pub fn table(mut self, table: &UserTable) -> Self {
        self.sql = Arc::new(Statements::of(table));
        self
    }

    /// Makes the table in Django's layout where there is none; one that is there stays as it is.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let statement = sqlx::query(AssertSqlSafe(self.sql.create_table.clone()));
        statement.execute(&self.pool).await.map_err(fault)?;
        Ok(())
    }

    /// Adds a user with a name and a hashed password, active and without further rights.
    ///
    /// # Errors
    /// As [`create_user`](Self::create_user).
    pub async fn create(&self, username: &str, password_hash: &str) -> Result<AuthUser, CreateUserError> {
        self.create_user(NewUser::new(username, password_hash)).await
    }

    /// Adds a user.
    ///
    /// # Errors
    /// [`CreateUserError::NameTaken`]; [`CreateUserError::NotAHash`] for a text without `$` that does not begin with `!`
    /// (Django's mark of a user who cannot log in); [`CreateUserError::Store`].
    pub async fn create_user(&self, user: NewUser) -> Result<AuthUser, CreateUserError> {
        let NewUser { username, password_hash, email, is_active, is_staff, is_superuser } = user;
        // PHC strings and Django's own formats all have one. A plain password must not reach the disk.
        if !password_hash.contains('$') && !password_hash.starts_with('!') {
            return Err(CreateUserError::NotAHash);
        }
        let insert = sqlx::query_as(AssertSqlSafe(self.sql.insert.clone()))
            .bind(password_hash)
            .bind(is_superuser)
            .bind(username)
            .bind(email)
            .bind(is_staff)
            .bind(is_active)
            .bind(datetime::naive_utc(SystemClock.now()));
        insert.fetch_one(&self.pool).await.map_err(|error| match error.as_database_error() {
            Some(cause) if cause.is_unique_violation() => CreateUserError::NameTaken,
            _ => fault(error).into(),
        })
    }

    /// The user with this name.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub async fn find(&self, username: &str) -> Result<Option<AuthUser>, StoreError> {
        let select = sqlx::query_as(AssertSqlSafe(self.sql.by_username.clone())).bind(username);
        select.fetch_optional(&self.pool).await.map_err(fault)
    }

    /// Sets a user's password hash; `false` when there is no such user. Sessions are not touched.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub async fn set_password(&self, id: i64, password_hash: &str) -> Result<bool, StoreError> {
        let update = sqlx::query(AssertSqlSafe(self.sql.set_password.clone())).bind(password_hash).bind(id);
        Ok(update.execute(&self.pool).await.map_err(fault)?.rows_affected() > 0)
    }

    /// Switches a user on or off; `false` when there is no such user.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub async fn set_active(&self, id: i64, is_active: bool) -> Result<bool, StoreError> {
        let update = sqlx::query(AssertSqlSafe(self.sql.set_active.clone())).bind(is_active).bind(id);
        Ok(update.execute(&self.pool).await.map_err(fault)?.rows_affected() > 0)
    }
}

impl UserStore for SqlUserStore {
    type User = AuthUser;

    async fn find_by_id(&self, id: &str) -> Result<Option<AuthUser>, StoreError> {
        // Django's ids are integers: any other text is nobody's.
        let Ok(id) = id.parse::<i64>() else { return Ok(None) };
        let select = sqlx::query_as(AssertSqlSafe(self.sql.by_id.clone())).bind(id);
        select.fetch_optional(&self.pool).await.map_err(fault)
    }

    async fn find_by_username(&self, username: &str) -> Result<Option<AuthUser>, StoreError> {
        self.find(username).await
    }

    async fn record_login(&self, user: &AuthUser, at: Timestamp) -> Result<(), StoreError> {
        let update =
            sqlx::query(AssertSqlSafe(self.sql.record_login.clone())).bind(datetime::naive_utc(at)).bind(user.id);
        update.execute(&self.pool).await.map_err(fault)?;
        Ok(())
    }
}

impl fmt::Debug for SqlUserStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlUserStore").field("select", &self.sql.by_id).finish_non_exhaustive()
    }
}

/// Readers do not wait for each other in WAL mode; more than a few only wait for the same disk.
const CONNECTIONS: u32 = 4;

fn fault(error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } | sqlx::Error::ColumnNotFound(_) => {
            StoreError::corrupt(error)
        }
        sqlx::Error::Database(ref cause) if cause.message().contains("no such") => StoreError::corrupt(error),
        error => StoreError::unavailable(error),
    }
}
