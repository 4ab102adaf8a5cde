//! Sessions in a PostgreSQL database.

mod fault;
mod listener;
mod request;
mod row;
mod schema;
mod server;
mod warnings;

use super::{
    Admission, AnyTokenStore, AuditNote, Capabilities, Ending, FAILURES_BETWEEN_LOOKS, FailureBucket, FailureToCount,
    Failures, Feed, KnownKeys, KnownLifetime, Move, NewSession, Presentation, Session, SessionId, SessionLimit,
    SessionPlace, StoreTime, TokenStore,
};
use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::error::StoreError;
use crate::keys::{KeyMark, KeySchedule};
use listener::Listener;
use request::{
    Admit, Adopt, Advance, Audit, Check, CountFailure, Create, End, EndAll, Epoch, Find, ForgetFailures, List,
    ListKeys, Namespace, NoteHandOut, ReadFailures, ReadFeed, ReadSchedule, RememberLifetime, Request, Reschedule,
    Reset, SetClaims, Spend, Time,
};
use server::Server;
use sqlx::PgPool;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How long a caller waits for an answer: a server that is stuck must become a 503, not a pile of requests.
const PATIENCE: Duration = Duration::from_secs(9);

/// A [`TokenStore`] in a PostgreSQL database: for services that run on several machines, which then behave as one. Cheap to clone.
///
/// Its tables begin with `jwt_auth_`, in the first schema of the `search_path`, and are made and brought up to date when it opens; no
/// other table is touched. The database is encoded in UTF-8.
///
/// Each move is one conditional statement, or one transaction under the lock of the session's row: of any number of nodes that present a
/// token one moves the session. A call returns after its commit. A node hears of the others' logouts at once, by `NOTIFY` on a connection that
/// only listens; the feed that it reads every `revocation_sync_interval` is the truth, also while that connection is lost, and where a pooler
/// lets no `NOTIFY` through.
///
/// When the server is away, stuck or full, calls return [`StoreError`] within seconds, and the next call tries again. Once begun, a call
/// is carried out whether or not anybody waits for it.
///
/// ```no_run
/// use jwt_auth::store::PostgresStore;
///
/// # async fn open() -> Result<(), jwt_auth::StoreError> {
/// let store = PostgresStore::connect("postgres://app@db.example.com/app?sslmode=verify-full").await?;
/// # Ok(())
/// # }
/// ```
#[doc(alias = "SessionStore")]
#[derive(Clone, Debug)]
pub struct PostgresStore {
    server: Server,
    /// None where nobody is to be woken: of a tool, or behind a pooler.
    listener: Option<Arc<Listener>>,
    namespace: Namespace,
    audit: Audit,
    /// How often a failed login was counted.
    counted: Arc<AtomicU64>,
}

impl PostgresStore {
    /// Opens the database at `postgres://user:password@host/database`, and makes the tables where they are missing. Options of libpq stand
    /// in the address (`?sslmode=verify-full&sslrootcert=..`), or in its variables (`PGPASSWORD`, `PGSSLMODE`).
    ///
    /// It holds up to twelve connections, and one that listens. The log is warned of a server that acknowledges before it has written
    /// (`synchronous_commit = off`), of a connection in clear to another machine, and of a pooler behind which no `NOTIFY` is heard. Behind
    /// such a one each call is one transaction, which prepares nothing that outlives it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the server cannot be reached, [`StoreError::Corrupt`] when the database is not one for us: not there,
    /// not in UTF-8, no right to make the tables, or those of a newer release.
    ///
    /// # Panics
    /// Outside a Tokio runtime: it starts a task.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        Self::open(Server::from_url(url)?).await
    }

    /// Opens a database to look at, or to end what lives there: as [`connect`](Self::connect), but it makes no table and brings none up to
    /// date, and nobody listens. For tools beside a service of perhaps another release.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the server cannot be reached, [`StoreError::Corrupt`] when the tables are missing or another release's.
    ///
    /// # Panics
    /// Outside a Tokio runtime.
    pub async fn connect_unchanged(url: &str) -> Result<Self, StoreError> {
        // Nobody waits for a tool, and nobody tells it of a pooler.
        let server = Server::from_url(url)?.pooled();
        server.once(schema::check).await?;
        Ok(Self { server, listener: None, namespace: "".into(), audit: None, counted: Arc::default() })
    }

    /// Lives in the database of a pool that the application has. The pool itself is not used: the store opens connections of its own by the
    /// pool's options, so that neither waits for the other's. The pool is one of sqlx 0.9; beside any other version
    /// [`connect`](Self::connect) opens the same database.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    ///
    /// # Panics
    /// Outside a Tokio runtime: it starts a task.
    pub async fn from_pool(pool: &PgPool) -> Result<Self, StoreError> {
        Self::open(Server::from_pool(pool)).await
    }

    async fn open(server: Server) -> Result<Self, StoreError> {
        server
            .once(async |connection| {
                schema::prepare(connection).await?;
                warnings::warn(connection, server.options()).await
            })
            .await?;
        let listener = Listener::start(&server).await.map(Arc::new);
        let server = if listener.is_some() { server } else { server.pooled() };
        Ok(Self { server, listener, namespace: "".into(), audit: None, counted: Arc::default() })
    }

    fn namespace(&self) -> Namespace {
        Arc::clone(&self.namespace)
    }

    async fn ask<R: Request>(&self, request: R) -> Result<R::Answer, StoreError> {
        Ok(self.server.ask(request).await?)
    }

    async fn last_epoch(&self, user_id: &str) -> Result<Option<(u64, Timestamp)>, StoreError> {
        self.ask(Epoch { namespace: self.namespace(), user_id: user_id.to_owned() }).await
    }
}

impl TokenStore for PostgresStore {
    fn capabilities(&self) -> Capabilities {
        Capabilities::FULL.with_failures(true)
    }

    async fn create(&self, new: NewSession, limit: Option<SessionLimit>) -> Result<Session, StoreError> {
        self.ask(Create { namespace: self.namespace(), audit: self.audit.clone(), new, limit }).await
    }

    async fn advance(&self, presented: Presentation) -> Result<Move, StoreError> {
        self.ask(Advance { namespace: self.namespace(), audit: self.audit.clone(), presented }).await
    }

    async fn note_hand_out(&self, sid: Option<SessionId>, now: Timestamp) -> Result<bool, StoreError> {
        self.ask(NoteHandOut { namespace: self.namespace(), sid, now }).await
    }

    async fn adopt(&self, new: NewSession, now: Timestamp) -> Result<(), StoreError> {
        self.ask(Adopt { namespace: self.namespace(), audit: self.audit.clone(), new, now }).await
    }

    async fn find(&self, sid: SessionId) -> Result<Option<Session>, StoreError> {
        self.ask(Find { namespace: self.namespace(), sid }).await
    }

    async fn list(&self, user_id: &str, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        self.ask(List { namespace: self.namespace(), user_id: user_id.to_owned(), after: None, now }).await
    }

    async fn list_after(&self, user_id: &str, place: SessionPlace, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        self.ask(List { namespace: self.namespace(), user_id: user_id.to_owned(), after: Some(place), now }).await
    }

    async fn admit(&self, keys: Vec<KeyMark>, now: Timestamp) -> Result<Admission, StoreError> {
        self.ask(Admit { namespace: self.namespace(), keys, now }).await
    }

    async fn known_keys(&self, now: Timestamp) -> Result<KnownKeys, StoreError> {
        self.ask(ListKeys { namespace: self.namespace(), now }).await
    }

    async fn reset(&self, ending: Ending) -> Result<u64, StoreError> {
        self.ask(Reset { namespace: self.namespace(), audit: self.audit.clone(), ending }).await
    }

    async fn key_schedule(&self) -> Result<KeySchedule, StoreError> {
        self.ask(ReadSchedule { namespace: self.namespace() }).await
    }

    async fn reschedule(&self, before: KeySchedule, after: KeySchedule, now: Timestamp) -> Result<bool, StoreError> {
        let (namespace, audit) = (self.namespace(), self.audit.clone());
        self.ask(Reschedule { namespace, audit, before, after, now }).await
    }

    async fn time(&self) -> Result<StoreTime, StoreError> {
        self.ask(Time).await
    }

    async fn end(&self, sid: SessionId, ending: Ending) -> Result<bool, StoreError> {
        self.ask(End { namespace: self.namespace(), audit: self.audit.clone(), sid, ending }).await
    }

    async fn end_all(&self, user_id: &str, keep: Option<SessionId>, ending: Ending) -> Result<u64, StoreError> {
        self.ask(EndAll {
            namespace: self.namespace(),
            audit: self.audit.clone(),
            user_id: user_id.to_owned(),
            keep,
            ending,
        })
        .await
    }

    async fn set_claims(&self, sid: SessionId, claims: Claims) -> Result<bool, StoreError> {
        self.ask(SetClaims { namespace: self.namespace(), sid, claims }).await
    }

    async fn epoch(&self, user_id: &str) -> Result<u64, StoreError> {
        Ok(self.last_epoch(user_id).await?.map_or(0, |(epoch, _)| epoch))
    }

    async fn raised_at(&self, user_id: &str) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.last_epoch(user_id).await?.map(|(_, raised_at)| raised_at))
    }

    async fn remember_lifetime(&self, lifetime: Duration, now: Timestamp) -> Result<Vec<KnownLifetime>, StoreError> {
        self.ask(RememberLifetime { namespace: self.namespace(), lifetime, now }).await
    }

    async fn revocations(&self, after: u64, _: Timestamp) -> Result<Feed, StoreError> {
        self.ask(ReadFeed { namespace: self.namespace(), after }).await
    }

    async fn news(&self, after: u64) {
        match &self.listener {
            Some(listener) => listener.news(&self.namespace, after).await,
            None => pending().await,
        }
    }

    async fn spend(&self, id: &str, drop_after: Timestamp, now: Timestamp) -> Result<bool, StoreError> {
        self.ask(Spend { namespace: self.namespace(), id: id.to_owned(), drop_after, now }).await
    }

    async fn failures(&self, buckets: &[FailureBucket], now: Timestamp) -> Result<Vec<Failures>, StoreError> {
        self.ask(ReadFailures { namespace: self.namespace(), buckets: buckets.to_vec(), now }).await
    }

    async fn count_failure(&self, failed: &[FailureToCount], now: Timestamp) -> Result<Vec<Failures>, StoreError> {
        let trims = self.counted.fetch_add(1, Ordering::Relaxed).is_multiple_of(FAILURES_BETWEEN_LOOKS);
        self.ask(CountFailure { namespace: self.namespace(), failed: failed.to_vec(), now, trims }).await
    }

    async fn forget_failures(&self, buckets: &[FailureBucket]) -> Result<(), StoreError> {
        self.ask(ForgetFailures { namespace: self.namespace(), buckets: buckets.to_vec() }).await
    }

    async fn health(&self) -> Result<(), StoreError> {
        self.ask(Check).await
    }

    fn audited(&self, note: AuditNote) -> Option<AnyTokenStore> {
        Some(AnyTokenStore::new(Self { audit: Some(note.into()), ..self.clone() }))
    }

    fn in_namespace(&self, namespace: &str) -> Option<AnyTokenStore> {
        Some(AnyTokenStore::new(Self { namespace: row::text_to_sql(namespace).into(), ..self.clone() }))
    }
}
