//! Sessions in an SQLite file.

mod database;
mod fault;
mod reader;
mod request;
mod row;
mod schema;
mod writer;

use super::{
    Admission, AnyTokenStore, AuditNote, Capabilities, Ending, FAILURES_BETWEEN_LOOKS, FailureBucket, FailureToCount,
    Failures, Feed, KnownKeys, KnownLifetime, Move, NewSession, Presentation, Session, SessionId, SessionLimit,
    SessionPlace, StoreTime, TokenStore,
};
use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::error::{StoreError, TaskEnded};
use crate::keys::{KeyMark, KeySchedule};
use database::{Database, Opened};
use fault::Fault;
use reader::Reader;
use request::{
    Admit, Adopt, Advance, Audit, CountFailure, Create, End, EndAll, ForgetFailures, Namespace, NoteHandOut,
    RememberLifetime, Request, Reschedule, Reset, SetClaims, Spend,
};
use sqlx::SqlitePool;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use writer::Writer;

/// How long SQLite waits for another process to let go of the write lock; a write asks three times.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);

/// How long a caller waits for an answer: a stuck disk must become a 503, not a pile of requests.
const PATIENCE: Duration = Duration::from_secs(10);

/// A [`TokenStore`] in an SQLite file: embedded, durable, and enough for one machine. Cheap to clone.
///
/// Its tables begin with `jwt_auth_` and are made and brought up to date when it opens; no other table is touched.
/// Several processes may share one file.
///
/// All writes go through one task. Writes that come together share one transaction and so one wait for the
/// disk; each is acknowledged after its commit with `synchronous = FULL`, so what was acknowledged survives a crash.
/// Reads have a connection of their own, and lists another. The task ends, and closes the file, when the last clone is dropped.
///
/// Its task runs on the Tokio runtime on which it was opened, and when that ends its calls fail with
/// [`TaskEnded`](crate::error::TaskEnded): tests that have a runtime each open a store each.
///
/// When the file is locked for longer than a few seconds, gone, full or damaged, calls return [`StoreError`] and the next
/// call tries again with a new connection. A file that has vanished is not made anew, and tables are not made in another
/// file in its place (either would log everybody out); put it back, or start the program again.
///
/// ```no_run
/// use jwt_auth::store::SqliteStore;
///
/// # async fn open() -> Result<(), jwt_auth::StoreError> {
/// let store = SqliteStore::connect("sqlite:app.db").await?;
/// # Ok(())
/// # }
/// ```
#[doc(alias = "SessionStore")]
#[derive(Clone, Debug)]
pub struct SqliteStore {
    writer: Writer,
    reader: Arc<Reader>,
    /// A connection for lists alone, which may take long: nobody else waits for them.
    lists: Arc<Reader>,
    namespace: Namespace,
    audit: Audit,
    /// How often a failed login was counted.
    counted: Arc<AtomicU64>,
}

impl SqliteStore {
    /// Opens, and makes when missing, the file at `sqlite:relative.db` or `sqlite:///absolute.db`; `sqlite::memory:`
    /// is a database of its own in memory, gone with the store. The file is put into WAL mode (while somebody else is reading it, a
    /// little later); a new one belongs to its
    /// owner only (mode 0600 on Unix). With `?mode=rw` a missing file is an error.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the file cannot be opened, [`StoreError::Corrupt`] when it is not a database
    /// or its tables were made by a newer release.
    ///
    /// # Panics
    /// Outside a Tokio runtime: it starts a task.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        Self::open(Database::from_url(url)?).await
    }

    /// Opens a file to look at, or to end what lives there: as [`connect`](Self::connect), but it makes no file and no table, brings none up
    /// to date, and leaves the journal mode alone. For tools beside a service of perhaps another release.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when there is no such file, [`StoreError::Corrupt`] when its tables are missing or another release's.
    ///
    /// # Panics
    /// Outside a Tokio runtime: it starts a task.
    pub async fn connect_unchanged(url: &str) -> Result<Self, StoreError> {
        let (database, opened) = Database::from_url_of_a_file(url)?.open_as_it_is().await?;
        Ok(Self::of(database, opened))
    }

    /// Lives in the database of a pool that the application has. The pool itself is not used: the store opens two
    /// connections of its own by the pool's options, with `synchronous = FULL` whatever the pool says. The file is put into WAL mode, in
    /// which reading and writing do not wait for each other, unless the pool's options name a `journal_mode`: another one stays, and
    /// is warned of. The pool is one of sqlx 0.9; beside any other version [`connect`](Self::connect)
    /// opens the same file.
    ///
    /// For a pool in memory this works with `sqlite::memory:` (one shared database per address parsed), not with
    /// `SqliteConnectOptions::new()`, where each connection has a database to itself.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    ///
    /// # Panics
    /// Outside a Tokio runtime: it starts a task.
    pub async fn from_pool(pool: &SqlitePool) -> Result<Self, StoreError> {
        Self::open(Database::from_pool(pool)).await
    }

    async fn open(database: Database) -> Result<Self, StoreError> {
        let (database, opened) = database.open_first().await?;
        Ok(Self::of(database, opened))
    }

    fn of(database: Database, opened: Opened) -> Self {
        let [reader, lists] = [(); 2].map(|()| Arc::new(Reader::new(database.clone())));
        Self {
            reader,
            lists,
            writer: Writer::start(database, opened),
            namespace: "".into(),
            audit: None,
            counted: Arc::default(),
        }
    }

    fn namespace(&self) -> Namespace {
        Arc::clone(&self.namespace)
    }

    async fn write<R: Request>(&self, request: R) -> Result<R::Answer, StoreError> {
        in_time(self.writer.ask(request)).await
    }
}

impl TokenStore for SqliteStore {
    fn capabilities(&self) -> Capabilities {
        Capabilities::FULL.with_failures(true)
    }

    async fn create(&self, new: NewSession, limit: Option<SessionLimit>) -> Result<Session, StoreError> {
        self.write(Create { namespace: self.namespace(), audit: self.audit.clone(), new, limit }).await
    }

    async fn advance(&self, presented: Presentation) -> Result<Move, StoreError> {
        self.write(Advance { namespace: self.namespace(), audit: self.audit.clone(), presented }).await
    }

    async fn note_hand_out(&self, sid: Option<SessionId>, now: Timestamp) -> Result<bool, StoreError> {
        self.write(NoteHandOut { namespace: self.namespace(), sid, now }).await
    }

    async fn adopt(&self, new: NewSession, now: Timestamp) -> Result<(), StoreError> {
        self.write(Adopt { namespace: self.namespace(), audit: self.audit.clone(), new, now }).await
    }

    async fn find(&self, sid: SessionId) -> Result<Option<Session>, StoreError> {
        in_time(self.reader.find(&self.namespace, sid)).await
    }

    async fn list(&self, user_id: &str, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        in_time(self.lists.list(&self.namespace, user_id, None, now)).await
    }

    async fn list_after(&self, user_id: &str, place: SessionPlace, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        in_time(self.lists.list(&self.namespace, user_id, Some(place), now)).await
    }

    async fn admit(&self, keys: Vec<KeyMark>, now: Timestamp) -> Result<Admission, StoreError> {
        self.write(Admit { namespace: self.namespace(), keys, now }).await
    }

    async fn known_keys(&self, now: Timestamp) -> Result<KnownKeys, StoreError> {
        in_time(self.lists.known_keys(&self.namespace, now)).await
    }

    async fn reset(&self, ending: Ending) -> Result<u64, StoreError> {
        self.write(Reset { namespace: self.namespace(), audit: self.audit.clone(), ending }).await
    }

    async fn key_schedule(&self) -> Result<KeySchedule, StoreError> {
        in_time(self.reader.key_schedule(&self.namespace)).await
    }

    async fn reschedule(&self, before: KeySchedule, after: KeySchedule, now: Timestamp) -> Result<bool, StoreError> {
        let (namespace, audit) = (self.namespace(), self.audit.clone());
        self.write(Reschedule { namespace, audit, before, after, now }).await
    }

    async fn time(&self) -> Result<StoreTime, StoreError> {
        in_time(self.reader.time()).await
    }

    async fn end(&self, sid: SessionId, ending: Ending) -> Result<bool, StoreError> {
        self.write(End { namespace: self.namespace(), audit: self.audit.clone(), sid, ending }).await
    }

    async fn end_all(&self, user_id: &str, keep: Option<SessionId>, ending: Ending) -> Result<u64, StoreError> {
        let user_id = user_id.to_owned();
        self.write(EndAll { namespace: self.namespace(), audit: self.audit.clone(), user_id, keep, ending }).await
    }

    async fn set_claims(&self, sid: SessionId, claims: Claims) -> Result<bool, StoreError> {
        self.write(SetClaims { namespace: self.namespace(), sid, claims }).await
    }

    async fn epoch(&self, user_id: &str) -> Result<u64, StoreError> {
        in_time(self.reader.epoch(&self.namespace, user_id)).await
    }

    async fn raised_at(&self, user_id: &str) -> Result<Option<Timestamp>, StoreError> {
        in_time(self.reader.raised_at(&self.namespace, user_id)).await
    }

    async fn remember_lifetime(&self, lifetime: Duration, now: Timestamp) -> Result<Vec<KnownLifetime>, StoreError> {
        self.write(RememberLifetime { namespace: self.namespace(), lifetime, now }).await
    }

    async fn revocations(&self, after: u64, _: Timestamp) -> Result<Feed, StoreError> {
        in_time(self.reader.revocations(&self.namespace, after)).await
    }

    async fn spend(&self, id: &str, drop_after: Timestamp, now: Timestamp) -> Result<bool, StoreError> {
        self.write(Spend { namespace: self.namespace(), id: id.to_owned(), drop_after, now }).await
    }

    async fn failures(&self, buckets: &[FailureBucket], now: Timestamp) -> Result<Vec<Failures>, StoreError> {
        in_time(self.reader.failures(&self.namespace, buckets, now)).await
    }

    async fn count_failure(&self, failed: &[FailureToCount], now: Timestamp) -> Result<Vec<Failures>, StoreError> {
        let trims = self.counted.fetch_add(1, Ordering::Relaxed).is_multiple_of(FAILURES_BETWEEN_LOOKS);
        self.write(CountFailure { namespace: self.namespace(), failed: failed.to_vec(), now, trims }).await
    }

    async fn forget_failures(&self, buckets: &[FailureBucket]) -> Result<(), StoreError> {
        self.write(ForgetFailures { namespace: self.namespace(), buckets: buckets.to_vec() }).await
    }

    async fn health(&self) -> Result<(), StoreError> {
        if !self.writer.is_running() {
            return Err(Fault::Stopped(TaskEnded).into());
        }
        in_time(self.reader.check()).await
    }

    fn audited(&self, note: AuditNote) -> Option<AnyTokenStore> {
        Some(AnyTokenStore::new(Self { audit: Some(note.into()), ..self.clone() }))
    }

    fn in_namespace(&self, namespace: &str) -> Option<AnyTokenStore> {
        Some(AnyTokenStore::new(Self { namespace: namespace.into(), ..self.clone() }))
    }
}

async fn in_time<T>(work: impl Future<Output = Result<T, Fault>>) -> Result<T, StoreError> {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(outcome) => Ok(outcome?),
        Err(_) => Err(Fault::Slow.into()),
    }
}
