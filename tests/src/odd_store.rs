//! A store between a node and the real one, where things can go wrong.

use jwt_auth::Claims;
use jwt_auth::clock::Timestamp;
use jwt_auth::error::StoreError;
use jwt_auth::keys::{KeyMark, KeySchedule};
use jwt_auth::store::{
    Admission, AnyTokenStore, Capabilities, Ending, FailureBucket, FailureToCount, Failures, Feed, KnownKeys, Move,
    NewSession, Presentation, Session, SessionId, SessionLimit, SessionPlace, StoreTime, TokenStore,
};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// One node's way to a store: it counts readings of the feed, and its feed and its clock do what a test says.
#[derive(Clone, Debug)]
pub struct OddStore {
    inner: AnyTokenStore,
    state: Arc<Mutex<State>>,
    readings: Arc<AtomicU64>,
    /// Of failed logins: readings, counts, forgettings.
    asked: Arc<[AtomicU64; 3]>,
    lists: Arc<AtomicU64>,
}

/// How the list of a user's sessions is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListFault {
    /// As the store does.
    None,
    /// With an error.
    Down,
    /// Never.
    Hangs,
    /// As the store does, ten milliseconds later for each session.
    Slow,
}

/// How the feed is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedFault {
    /// As the store does.
    None,
    /// With an error.
    Down,
    /// Never.
    Hangs,
    /// With a panic.
    Panics,
    /// As the store does, and somebody logs out at each reading, so that there is always something new.
    Busy,
    /// As the store does, and it says all the time that there is something new.
    Chatty,
    /// As the store does, and it panics when it is asked to say whether there is something new.
    Mute,
}

#[derive(Debug)]
struct State {
    fault: FeedFault,
    time: Option<StoreTime>,
    /// Whether failed logins can be read, and whether they can be written.
    counts: (bool, bool),
    /// Whether a session can be ended, and whether its claims can be changed.
    changes: (bool, bool),
    list: ListFault,
}

impl OddStore {
    /// Before this store.
    pub fn new(inner: impl TokenStore) -> Self {
        let state = State {
            fault: FeedFault::None,
            time: None,
            counts: (true, true),
            changes: (true, true),
            list: ListFault::None,
        };
        Self {
            inner: AnyTokenStore::new(inner),
            state: Arc::new(Mutex::new(state)),
            readings: Arc::default(),
            asked: Arc::default(),
            lists: Arc::default(),
        }
    }

    /// From now on the feed is answered like this.
    ///
    /// # Panics
    /// After a panic of another thread that held it.
    pub fn break_feed(&self, fault: FeedFault) {
        self.state.lock().expect("not poisoned").fault = fault;
    }

    /// From now on it says that it is this time.
    ///
    /// # Panics
    /// After a panic of another thread that held it.
    pub fn tell_time(&self, time: StoreTime) {
        self.state.lock().expect("not poisoned").time = Some(time);
    }

    /// From now on counts of failed logins can be read, and can be written, or not.
    ///
    /// # Panics
    /// After a panic of another thread that held it.
    pub fn let_count(&self, reads: bool, writes: bool) {
        self.state.lock().expect("not poisoned").counts = (reads, writes);
    }

    /// From now on sessions can be ended, and their claims can be changed, or not.
    ///
    /// # Panics
    /// After a panic of another thread that held it.
    pub fn let_change(&self, ends: bool, claims: bool) {
        self.state.lock().expect("not poisoned").changes = (ends, claims);
    }

    /// From now on lists of sessions are answered like this.
    ///
    /// # Panics
    /// After a panic of another thread that held it.
    pub fn break_list(&self, fault: ListFault) {
        self.state.lock().expect("not poisoned").list = fault;
    }

    /// How many lists of sessions were asked for.
    pub fn lists(&self) -> u64 {
        self.lists.load(Ordering::SeqCst)
    }

    /// How often failed logins were read, counted and forgotten.
    pub fn asked_of_failures(&self) -> [u64; 3] {
        [0, 1, 2].map(|at| self.asked[at].load(Ordering::SeqCst))
    }

    fn ask_of_failures(&self, at: usize) -> Result<(), StoreError> {
        self.asked[at].fetch_add(1, Ordering::SeqCst);
        let (reads, writes) = self.state.lock().expect("not poisoned").counts;
        let is_up = if at == 0 { reads } else { writes };
        if is_up { Ok(()) } else { Err(StoreError::unavailable("down")) }
    }

    /// How many readings of the feed were begun.
    pub fn readings(&self) -> u64 {
        self.readings.load(Ordering::SeqCst)
    }

    /// Waits until the feed has been read twice from its beginning on: then all that was in it when this was called is known.
    ///
    /// # Panics
    /// When that takes longer than ten seconds.
    pub async fn read_anew(&self) {
        let before = self.readings();
        for _ in 0..10_000 {
            if self.readings() >= before + 3 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        panic!("nobody reads the feed");
    }
}

impl TokenStore for OddStore {
    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    async fn failures(&self, buckets: &[FailureBucket], now: Timestamp) -> Result<Vec<Failures>, StoreError> {
        self.ask_of_failures(0)?;
        self.inner.failures(buckets, now).await
    }

    async fn count_failure(&self, failed: &[FailureToCount], now: Timestamp) -> Result<Vec<Failures>, StoreError> {
        self.ask_of_failures(1)?;
        self.inner.count_failure(failed, now).await
    }

    async fn forget_failures(&self, buckets: &[FailureBucket]) -> Result<(), StoreError> {
        self.ask_of_failures(2)?;
        self.inner.forget_failures(buckets).await
    }

    async fn create(&self, new: NewSession, limit: Option<SessionLimit>) -> Result<Session, StoreError> {
        self.inner.create(new, limit).await
    }

    async fn advance(&self, presented: Presentation) -> Result<Move, StoreError> {
        self.inner.advance(presented).await
    }

    async fn note_hand_out(&self, sid: Option<SessionId>, now: Timestamp) -> Result<bool, StoreError> {
        self.inner.note_hand_out(sid, now).await
    }

    async fn set_claims(&self, sid: SessionId, claims: Claims) -> Result<bool, StoreError> {
        if !self.state.lock().expect("not poisoned").changes.1 {
            return Err(StoreError::unavailable("no claims can be changed"));
        }
        self.inner.set_claims(sid, claims).await
    }

    async fn adopt(&self, new: NewSession, now: Timestamp) -> Result<(), StoreError> {
        self.inner.adopt(new, now).await
    }

    async fn key_schedule(&self) -> Result<KeySchedule, StoreError> {
        self.inner.key_schedule().await
    }

    async fn reschedule(&self, before: KeySchedule, after: KeySchedule, now: Timestamp) -> Result<bool, StoreError> {
        self.inner.reschedule(before, after, now).await
    }

    async fn find(&self, sid: SessionId) -> Result<Option<Session>, StoreError> {
        self.inner.find(sid).await
    }

    async fn list(&self, user_id: &str, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        self.lists.fetch_add(1, Ordering::SeqCst);
        let fault = self.state.lock().expect("not poisoned").list;
        match fault {
            ListFault::None => {}
            ListFault::Down => return Err(StoreError::unavailable("down")),
            ListFault::Hangs => std::future::pending().await,
            ListFault::Slow => {
                let rows = self.inner.list(user_id, now).await?.len();
                tokio::time::sleep(Duration::from_millis(10) * u32::try_from(rows).expect("a page")).await;
            }
        }
        self.inner.list(user_id, now).await
    }

    async fn list_after(&self, user_id: &str, place: SessionPlace, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        self.inner.list_after(user_id, place, now).await
    }

    async fn admit(&self, keys: Vec<KeyMark>, now: Timestamp) -> Result<Admission, StoreError> {
        self.inner.admit(keys, now).await
    }

    async fn known_keys(&self, now: Timestamp) -> Result<KnownKeys, StoreError> {
        self.inner.known_keys(now).await
    }

    async fn reset(&self, ending: Ending) -> Result<u64, StoreError> {
        self.inner.reset(ending).await
    }

    async fn time(&self) -> Result<StoreTime, StoreError> {
        let told = self.state.lock().expect("not poisoned").time;
        match told {
            Some(time) => Ok(time),
            None => self.inner.time().await,
        }
    }

    async fn end(&self, sid: SessionId, ending: Ending) -> Result<bool, StoreError> {
        if !self.state.lock().expect("not poisoned").changes.0 {
            return Err(StoreError::unavailable("down"));
        }
        self.inner.end(sid, ending).await
    }

    async fn end_all(&self, user_id: &str, keep: Option<SessionId>, ending: Ending) -> Result<u64, StoreError> {
        self.inner.end_all(user_id, keep, ending).await
    }

    async fn epoch(&self, user_id: &str) -> Result<u64, StoreError> {
        self.inner.epoch(user_id).await
    }

    async fn revocations(&self, after: u64, now: Timestamp) -> Result<Feed, StoreError> {
        self.readings.fetch_add(1, Ordering::SeqCst);
        let fault = self.state.lock().expect("not poisoned").fault;
        match fault {
            FeedFault::None | FeedFault::Chatty | FeedFault::Mute => {}
            FeedFault::Down => return Err(StoreError::unavailable("down")),
            FeedFault::Hangs => std::future::pending().await,
            FeedFault::Panics => panic!("a fault of the store"),
            FeedFault::Busy => {
                let ending = Ending {
                    reason: jwt_auth::store::EndReason::SessionRevoked,
                    now,
                    drop_after: now.after(Duration::from_secs(300)),
                };
                self.inner.end_all("somebody", None, ending).await?;
            }
        }
        self.inner.revocations(after, now).await
    }

    async fn news(&self, after: u64) {
        let fault = self.state.lock().expect("not poisoned").fault;
        match fault {
            FeedFault::Chatty => {}
            FeedFault::Mute => panic!("a fault of the store"),
            _ => self.inner.news(after).await,
        }
    }

    async fn spend(&self, id: &str, drop_after: Timestamp, now: Timestamp) -> Result<bool, StoreError> {
        self.inner.spend(id, drop_after, now).await
    }

    async fn health(&self) -> Result<(), StoreError> {
        self.inner.health().await
    }
}
