//! Access tokens that live longer than was thought when something was revoked, and longer than their session.

mod ended_sessions;
mod from_elsewhere;
mod looks;
mod revoked;

use jwt_auth::clock::Timestamp;
use jwt_auth::error::StoreError;
use jwt_auth::store::{
    AnyTokenStore, Capabilities, Ending, Feed, KnownLifetime, MemoryStore, Move, NewSession, Presentation, Session,
    SessionId, SessionLimit, SqliteStore, TokenStore,
};
use jwt_auth::testing::ManualClock;
use jwt_auth::user::MemoryUsers;
use jwt_auth::{AuthError, Client, JwtAuth, Settings};
use jwt_auth_tests::{Account, BEGIN, hasher, payload};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_seconds(BEGIN);

/// A store that counts what it is asked for a single token, and may remember nothing.
#[derive(Clone, Debug)]
struct Watched {
    store: AnyTokenStore,
    looks: Arc<AtomicUsize>,
    /// The numbers that feeds were asked from.
    asked: Arc<Mutex<Vec<u64>>>,
    remembers: bool,
}

impl Watched {
    fn over(store: AnyTokenStore) -> Self {
        Self { store, looks: Arc::default(), asked: Arc::default(), remembers: true }
    }

    fn looks(&self) -> usize {
        self.looks.swap(0, Ordering::Relaxed)
    }

    fn note(&self) {
        self.looks.fetch_add(1, Ordering::Relaxed);
    }
}

impl TokenStore for Watched {
    fn capabilities(&self) -> Capabilities {
        self.store.capabilities()
    }

    async fn create(&self, new: NewSession, limit: Option<SessionLimit>) -> Result<Session, StoreError> {
        self.store.create(new, limit).await
    }

    async fn advance(&self, presented: Presentation) -> Result<Move, StoreError> {
        self.store.advance(presented).await
    }

    async fn adopt(&self, new: NewSession, now: Timestamp) -> Result<(), StoreError> {
        self.store.adopt(new, now).await
    }

    async fn find(&self, sid: SessionId) -> Result<Option<Session>, StoreError> {
        self.note();
        self.store.find(sid).await
    }

    async fn list(&self, user_id: &str, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        self.store.list(user_id, now).await
    }

    async fn end(&self, sid: SessionId, ending: Ending) -> Result<bool, StoreError> {
        self.store.end(sid, ending).await
    }

    async fn end_all(&self, user_id: &str, keep: Option<SessionId>, ending: Ending) -> Result<u64, StoreError> {
        self.store.end_all(user_id, keep, ending).await
    }

    async fn epoch(&self, user_id: &str) -> Result<u64, StoreError> {
        self.note();
        self.store.epoch(user_id).await
    }

    async fn raised_at(&self, user_id: &str) -> Result<Option<Timestamp>, StoreError> {
        self.note();
        if self.remembers { self.store.raised_at(user_id).await } else { Ok(None) }
    }

    async fn remember_lifetime(&self, lifetime: Duration, now: Timestamp) -> Result<Vec<KnownLifetime>, StoreError> {
        self.note();
        if self.remembers { self.store.remember_lifetime(lifetime, now).await } else { Ok(Vec::new()) }
    }

    async fn revocations(&self, after: u64, now: Timestamp) -> Result<Feed, StoreError> {
        self.asked.lock().expect("a lock").push(after);
        self.store.revocations(after, now).await
    }

    async fn spend(&self, id: &str, drop_after: Timestamp, now: Timestamp) -> Result<bool, StoreError> {
        self.store.spend(id, drop_after, now).await
    }

    async fn health(&self) -> Result<(), StoreError> {
        self.store.health().await
    }
}

struct Service {
    store: Watched,
    users: MemoryUsers<Account>,
    clock: ManualClock,
}

impl Service {
    fn over(store: AnyTokenStore) -> Self {
        let users = MemoryUsers::new(|user: &Account| &user.username);
        for (id, name) in [(1, "test"), (7, "ada")] {
            let (username, password_hash) = (name.to_owned(), hasher().hash("test").expect("a hash"));
            users.put(Account { id, username, password_hash, is_active: true, is_staff: false, permissions: vec![] });
        }
        Self { store: Watched::over(store), users, clock: ManualClock::new(NOW) }
    }

    async fn everywhere() -> [Self; 2] {
        let file = SqliteStore::connect("sqlite::memory:").await.expect("memory opens");
        [Self::over(AnyTokenStore::new(MemoryStore::new())), Self::over(AnyTokenStore::new(file))]
    }

    /// A node that starts now, and knows of revocations what the feed says now.
    async fn node(&self, settings: Settings) -> JwtAuth<Account> {
        let builder = JwtAuth::builder(settings).users(self.users.clone()).store(self.store.clone());
        let auth = builder.clock(self.clock.clone()).password_hasher(hasher()).start().await.expect("starts");
        self.store.looks();
        auth
    }

    async fn login(&self, auth: &JwtAuth<Account>) -> (String, String) {
        let pair = auth.obtain("test", "test".into(), Client::default()).await.expect("a pair");
        (pair.refresh.expose().to_owned(), pair.access.expose().to_owned())
    }
}

async fn opens(auth: &JwtAuth<Account>, token: &str) -> bool {
    match auth.authenticate(token).await {
        Ok(_) => true,
        Err(AuthError::TokenNotValid(_)) => false,
        Err(error) => panic!("{error:?}"),
    }
}

fn sid(token: &str) -> SessionId {
    let text = payload(token).get::<String>("sid").expect("a text").expect("a session");
    SessionId::parse(&text).expect("a session")
}
