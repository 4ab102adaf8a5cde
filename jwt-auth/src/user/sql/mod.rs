//! Users in a table of Django's `auth_user` layout, in SQLite or PostgreSQL.

mod address_error;
mod auth_user;
mod catalogue;
mod create_table;
mod create_user_error;
mod permissions;
mod pool;
mod statements;
mod table;
mod user_store;
mod user_table_error;

pub use auth_user::{AuthUser, NewUser};
pub use create_user_error::CreateUserError;
pub use table::UserTable;
pub use user_table_error::UserTableError;

use super::check_username;
use crate::clock::{Clock, SystemClock};
use crate::error::StoreError;
#[cfg(feature = "password")]
use crate::password::{AnyPasswordPolicy, PasswordHasher, PasswordPolicy};
#[cfg(feature = "password")]
use crate::secret::Secret;
#[cfg(feature = "sqlite")]
use crate::sql::SqliteConnections;
use crate::sql::naive_utc;
use permissions::PermissionStatements;
#[cfg(feature = "postgres")]
use pool::answer;
use pool::{Pool, changes_on_pool, on_pool, sole, unless_taken};
use sqlx::AssertSqlSafe;
use statements::Statements;
use std::fmt;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// A [`UserStore`](crate::UserStore) over a table laid out like Django's `auth_user`, in SQLite or PostgreSQL: Django's own, or one that
/// [`migrate`](Self::migrate) makes. Cheap to clone.
///
/// Which columns the table has is asked once, with the first user: one without `email`, `first_name`, `last_name`,
/// `is_staff`, `is_superuser`, `is_active` or `last_login` is read as Django's `AbstractBaseUser` would be. Permissions and
/// groups are Django's `auth_permission` and `auth_group`.
///
/// ```no_run
/// use jwt_auth::SqlUserStore;
///
/// # async fn open() -> Result<(), Box<dyn std::error::Error>> {
/// let users = SqlUserStore::connect("sqlite:app.db").await?;
/// users.migrate().await?;
/// assert!(users.find("nobody").await?.is_none());
/// # Ok(())
/// # }
/// ```
#[doc(alias = "auth_user")]
#[doc(alias = "ModelBackend")]
#[doc(alias = "JdbcUserDetailsManager")]
#[derive(Clone)]
pub struct SqlUserStore {
    pool: Pool,
    over: Arc<Over>,
    #[cfg(feature = "password")]
    policy: Option<AnyPasswordPolicy>,
}

/// A table, and what was learned about it.
#[derive(Default)]
struct Over {
    table: UserTable,
    statements: OnceCell<Statements>,
    permissions: OnceCell<PermissionStatements>,
}

impl SqlUserStore {
    /// Connects to `sqlite:relative.db`, `sqlite:///absolute.db` or `postgres://user:password@host/database`, with the table
    /// `auth_user`. Addresses are those of sqlx; the session stores take the same.
    ///
    /// A missing SQLite file is made and belongs to its owner only (mode 0600 on Unix); one that vanishes later is not made
    /// anew: calls fail until it is back. In PostgreSQL nothing is made. A restart of the server is survived: dead
    /// connections are replaced. A connection is waited for 5 seconds, an answer 10.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is no such address, the feature `sqlite` or `postgres` is missing for it, or the
    /// database cannot be reached.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        Ok(Self::over(Pool::connect(url).await?))
    }

    /// Over a pool of SQLite that the application has, with the table `auth_user`. The pool is one of sqlx 0.9; beside any other
    /// version [`connect`](Self::connect) opens the same file.
    #[cfg(feature = "sqlite")]
    pub fn from_pool(pool: sqlx::SqlitePool) -> Self {
        Self::over(Pool::Sqlite(SqliteConnections::Pool(pool)))
    }

    /// Over a pool of PostgreSQL that the application has, with the table `auth_user`. The pool is one of sqlx 0.9; beside any
    /// other version [`connect`](Self::connect) opens the same database.
    #[cfg(feature = "postgres")]
    pub fn from_pg_pool(pool: sqlx::PgPool) -> Self {
        Self::over(Pool::Postgres(pool))
    }

    /// Another table, or other names of its columns.
    #[must_use]
    pub fn table(mut self, table: &UserTable) -> Self {
        self.over = Arc::new(Over { table: table.clone(), ..Over::default() });
        self
    }

    /// Which passwords [`get_or_create`](Self::get_or_create) makes users with. Defaults to any that is not empty: those passwords are an
    /// operator's. What users choose themselves, [`JwtAuth::hash_password`](crate::JwtAuth::hash_password) judges.
    #[cfg(feature = "password")]
    #[must_use]
    pub fn password_policy(self, policy: impl PasswordPolicy) -> Self {
        Self { policy: Some(Arc::new(policy)), ..self }
    }

    /// Makes the table in Django's layout where there is none; one that is there stays as it is.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub async fn migrate(&self) -> Result<&Self, StoreError> {
        match &self.pool {
            #[cfg(feature = "sqlite")]
            Pool::Sqlite(_) => {
                let create = AssertSqlSafe(create_table::for_sqlite(&self.over.table));
                changes_on_pool!(&self.pool, sqlx::query(create)).await?;
            }
            #[cfg(feature = "postgres")]
            Pool::Postgres(db) => answer(create_table::in_postgres(db, &self.over.table)).await?,
        }
        Ok(self)
    }

    /// The user of this name, made with this password where there is none: for a first administrator, or a user to try
    /// things with. A user who is there keeps their password. Django's `get_or_create`; the hash is our Argon2id, which Django
    /// cannot read.
    ///
    /// # Errors
    /// [`CreateUserError`]: nobody could log in under the name, the password is empty, too long or refused by the
    /// [policy](Self::password_policy), or the database cannot be used.
    #[cfg(feature = "password")]
    pub async fn get_or_create(
        &self,
        username: &str,
        password: impl Into<Secret>,
    ) -> Result<AuthUser, CreateUserError> {
        check_username(username)?;
        if let Some(user) = self.find(username).await? {
            return Ok(user);
        }
        let password = password.into();
        // A variable that is not set, most likely: anybody would be let in.
        if password.expose().is_empty() {
            return Err(CreateUserError::EmptyPassword);
        }
        if let Some(policy) = &self.policy {
            let faults = policy.dyn_faults(username, &password).await?;
            if !faults.is_empty() {
                return Err(CreateUserError::WeakPassword(faults));
            }
        }
        let hash = tokio::task::spawn_blocking(move || PasswordHasher::default().hash(password));
        let hash = hash.await.map_err(StoreError::unavailable)??;
        match self.create(username, &hash).await {
            // Another process was faster.
            Err(CreateUserError::NameTaken) => self.find(username).await?.ok_or(CreateUserError::NameTaken),
            made => made,
        }
    }

    /// Adds a user with a name and a hashed password, active and without further rights.
    ///
    /// # Errors
    /// As [`create_user`](Self::create_user).
    pub async fn create(&self, username: &str, password_hash: &str) -> Result<AuthUser, CreateUserError> {
        self.create_user(NewUser::new(username, password_hash)).await
    }

    /// Adds a user. The table needs all columns of Django's but `email`, `first_name` and `last_name`, and no other one
    /// without a default.
    ///
    /// # Errors
    /// [`CreateUserError::Username`] for a name that nobody could log in under; [`CreateUserError::NameTaken`];
    /// [`CreateUserError::NotAHash`] for a text without `$` that does not begin with `!`
    /// (Django's mark of a user who cannot log in); [`CreateUserError::Store`].
    pub async fn create_user(&self, user: NewUser) -> Result<AuthUser, CreateUserError> {
        check_username(&user.username)?;
        // PHC strings and Django's own formats all have one. A plain password must not reach the disk.
        if !user.password_hash.contains('$') && !user.password_hash.starts_with('!') {
            return Err(CreateUserError::NotAHash);
        }
        let sql = self.statements().await?;
        let joined = naive_utc(SystemClock.now());
        let insert = AssertSqlSafe(sql.insert.clone());
        // Taken is no failure of the database.
        let made = on_pool!(&self.pool, db => async {
            let mut insert = sqlx::query_as(insert)
                .bind(&user.password_hash)
                .bind(user.is_superuser)
                .bind(&user.username)
                .bind(user.is_staff)
                .bind(user.is_active)
                .bind(&joined);
            if sql.inserts_email {
                insert = insert.bind(&user.email);
            }
            // To its end, which is where it is committed.
            unless_taken(insert.fetch_all(db).await.map(sole))
        });
        made.await?.flatten().ok_or(CreateUserError::NameTaken)
    }

    /// The user with this name.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub async fn find(&self, username: &str) -> Result<Option<AuthUser>, StoreError> {
        if !can_be_text(username) {
            return Ok(None);
        }
        let select = AssertSqlSafe(self.statements().await?.by_username.clone());
        on_pool!(&self.pool, db => sqlx::query_as(select).bind(username).fetch_all(db)).await.map(sole)
    }

    /// Sets a user's password hash; `false` when there is no such user. Sessions are not touched.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub async fn set_password(&self, id: i64, password_hash: &str) -> Result<bool, StoreError> {
        let update = AssertSqlSafe(self.statements().await?.set_password.clone());
        changes_on_pool!(&self.pool, sqlx::query(update).bind(password_hash).bind(id)).await
    }

    /// Gives a user another name to log in with; `false` when there is no such user. Sessions go on: tokens name users by id. Where
    /// [`UserTable::user_id_field`] is the name itself, the user's tokens are nobody's from then on.
    ///
    /// # Errors
    /// As [`create_user`](Self::create_user).
    pub async fn set_username(&self, id: i64, username: &str) -> Result<bool, CreateUserError> {
        check_username(username)?;
        let update = AssertSqlSafe(self.statements().await?.set_username.clone());
        let renamed = on_pool!(&self.pool, db => async {
            let update = sqlx::query(update).bind(username).bind(id);
            unless_taken(update.execute(db).await.map(|done| done.rows_affected() > 0))
        });
        renamed.await?.ok_or(CreateUserError::NameTaken)
    }

    /// Switches a user on or off; `false` when there is no such user. Sessions are not touched: [`JwtAuth::disable_user`](crate::JwtAuth::disable_user) ends them.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be written.
    pub async fn set_active(&self, id: i64, is_active: bool) -> Result<bool, StoreError> {
        let update = AssertSqlSafe(self.statements().await?.set_active.clone());
        changes_on_pool!(&self.pool, sqlx::query(update).bind(is_active).bind(id)).await
    }

    fn over(pool: Pool) -> Self {
        Self {
            pool,
            over: Arc::default(),
            #[cfg(feature = "password")]
            policy: None,
        }
    }

    async fn statements(&self) -> Result<&Statements, StoreError> {
        let learn = async || {
            let columns = catalogue::user_columns(&self.pool, &self.over.table).await?;
            Statements::of(&self.over.table, &columns)
        };
        self.over.statements.get_or_try_init(learn).await
    }

    async fn permission_statements(&self) -> Result<&PermissionStatements, StoreError> {
        let learn = async || {
            let tables = catalogue::memberships(&self.pool, &self.over.table).await?;
            Ok(PermissionStatements::of(&tables))
        };
        self.over.permissions.get_or_try_init(learn).await
    }
}

impl fmt::Debug for SqlUserStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlUserStore").field("table", &self.over.table).finish_non_exhaustive()
    }
}

/// PostgreSQL has no text with a zero byte in it, so nobody is called so: asking would look like an outage.
fn can_be_text(text: &str) -> bool {
    !text.contains('\0')
}
