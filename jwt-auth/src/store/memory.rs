//! Sessions in this process's memory.

use super::{
    AnyTokenStore, CLEARED_PER_WRITE, Capabilities, Decision, EndReason, Ending, Feed, KEPT_LONGER, Move, NewSession,
    Presentation, Revocation, Revoked, Session, SessionId, SessionLimit, TokenStore,
};
use crate::clock::Timestamp;
use crate::error::StoreError;
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A [`TokenStore`] in memory, for tests and small tools: a restart forgets every session, and no second process sees them.
///
/// ```
/// use jwt_auth::{JwtAuth, Secret, Settings, store::MemoryStore};
///
/// let settings = Settings::new(Secret::generate()?);
/// let builder = JwtAuth::builder(settings).store(MemoryStore::new());
/// # let _ = builder;
/// # Ok::<(), jwt_auth::keys::KeyFileError>(())
/// ```
pub struct MemoryStore {
    state: Arc<Mutex<State>>,
    /// What the other namespaces have, by name; the empty one is among them.
    namespaces: Arc<Mutex<HashMap<String, Arc<Mutex<State>>>>>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        let state = Arc::<Mutex<State>>::default();
        let namespaces = HashMap::from([(String::new(), Arc::clone(&state))]);
        Self { state, namespaces: Arc::new(Mutex::new(namespaces)) }
    }

    // Nothing panics while it holds the lock, and a half-made change would be a row short of a feed entry at worst.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn namespaces(&self) -> MutexGuard<'_, HashMap<String, Arc<Mutex<State>>>> {
        self.namespaces.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

impl TokenStore for MemoryStore {
    fn capabilities(&self) -> Capabilities {
        Capabilities::FULL.with_durable(false)
    }

    async fn create(&self, new: NewSession, limit: Option<SessionLimit>) -> Result<Session, StoreError> {
        let mut state = self.state();
        if state.sessions.contains_key(&new.sid) {
            return Err(StoreError::corrupt("a session of this name exists"));
        }
        state.clear(new.created_at);
        if let Some(limit) = limit {
            state.make_room(&new.user_id, new.created_at, limit);
        }
        let epoch = state.epoch(&new.user_id).0;
        let session = new.into_session(epoch);
        state.put(session.clone());
        Ok(session)
    }

    async fn advance(&self, presented: Presentation) -> Result<Move, StoreError> {
        let mut state = self.state();
        let Some(before) = state.sessions.get(&presented.sid).cloned() else {
            return Ok(Move::Ended(EndReason::Unknown));
        };
        let mut session = before.clone();
        let decision = presented.decide_and_apply(&mut session);
        state.put(session.clone());
        if decision == Decision::Theft {
            state.announce(Revoked::Session(session.sid), presented.drop_after);
        }
        Ok(presented.answer(decision, &before, session))
    }

    async fn adopt(&self, new: NewSession, now: Timestamp) -> Result<(), StoreError> {
        let mut state = self.state();
        if state.sessions.contains_key(&new.sid) {
            return Ok(());
        }
        state.clear(now);
        let (epoch, raised_at) = state.epoch(&new.user_id);
        state.put(new.into_adopted(epoch, raised_at, now));
        Ok(())
    }

    async fn find(&self, sid: SessionId) -> Result<Option<Session>, StoreError> {
        Ok(self.state().sessions.get(&sid).cloned())
    }

    async fn list(&self, user_id: &str, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        Ok(self.state().live(user_id, now))
    }

    async fn end(&self, sid: SessionId, ending: Ending) -> Result<bool, StoreError> {
        Ok(self.state().end(sid, ending))
    }

    async fn end_all(&self, user_id: &str, keep: Option<SessionId>, ending: Ending) -> Result<u64, StoreError> {
        let mut state = self.state();
        let epoch = state.epoch(user_id).0.saturating_add(1);
        state.epochs.insert(user_id.to_owned(), (epoch, Some(ending.now)));
        for session in state.sessions.values_mut() {
            if session.user_id != user_id || session.ended.is_some() {
                continue;
            }
            if Some(session.sid) == keep {
                session.epoch = epoch;
            } else {
                session.ended = Some(ending.reason);
            }
        }
        let user_id = user_id.to_owned();
        state.announce(Revoked::User { user_id, epoch }, ending.drop_after);
        Ok(epoch)
    }

    async fn epoch(&self, user_id: &str) -> Result<u64, StoreError> {
        Ok(self.state().epoch(user_id).0)
    }

    async fn revocations(&self, after: u64, now: Timestamp) -> Result<Feed, StoreError> {
        let state = self.state();
        let fresh = |entry: &&Revocation| entry.seq > after && entry.drop_after > now;
        Ok(Feed { entries: state.feed.iter().filter(fresh).cloned().collect(), read_to: state.last_seq })
    }

    async fn spend(&self, id: &str, drop_after: Timestamp, now: Timestamp) -> Result<bool, StoreError> {
        Ok(self.state().spend(id, drop_after, now))
    }

    async fn health(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn in_namespace(&self, namespace: &str) -> Option<AnyTokenStore> {
        let state = Arc::clone(self.namespaces().entry(namespace.to_owned()).or_default());
        Some(AnyTokenStore::new(Self { state, namespaces: Arc::clone(&self.namespaces) }))
    }
}

#[derive(Default)]
struct State {
    sessions: HashMap<SessionId, Session>,
    /// Every session by the time from which it may be cleared.
    clearing: BTreeSet<(Timestamp, SessionId)>,
    /// Per user: the epoch and when it was last raised.
    epochs: HashMap<String, (u64, Option<Timestamp>)>,
    feed: Vec<Revocation>,
    last_seq: u64,
    spent: HashSet<Arc<str>>,
    /// Every spent id by the time from which it may be forgotten.
    forgetting: BTreeSet<(Timestamp, Arc<str>)>,
}

impl State {
    fn put(&mut self, session: Session) {
        let sid = session.sid;
        self.clearing.insert((session.clear_after(), sid));
        if let Some(before) = self.sessions.insert(sid, session) {
            let now_at = self.sessions.get(&sid).map(Session::clear_after);
            if now_at != Some(before.clear_after()) {
                self.clearing.remove(&(before.clear_after(), sid));
            }
        }
    }

    fn clear(&mut self, now: Timestamp) {
        for _ in 0..CLEARED_PER_WRITE {
            match self.clearing.first() {
                Some(&(after, sid)) if after < now => {
                    self.clearing.pop_first();
                    self.sessions.remove(&sid);
                }
                _ => break,
            }
        }
        let mut left = CLEARED_PER_WRITE;
        self.feed.retain(|entry| {
            let goes = left > 0 && entry.drop_after.after(KEPT_LONGER) <= now;
            left -= usize::from(goes);
            !goes
        });
    }

    fn epoch(&self, user_id: &str) -> (u64, Option<Timestamp>) {
        self.epochs.get(user_id).copied().unwrap_or_default()
    }

    fn live(&self, user_id: &str, now: Timestamp) -> Vec<Session> {
        let mut live: Vec<Session> = self
            .sessions
            .values()
            .filter(|session| session.user_id == user_id && session.is_alive(now))
            .cloned()
            .collect();
        live.sort_by_key(|session| Reverse((session.created_at, session.sid)));
        live
    }

    fn make_room(&mut self, user_id: &str, now: Timestamp, limit: SessionLimit) {
        let stay = limit.max.saturating_sub(1) as usize;
        let mut live = self.live(user_id, now);
        live.sort_by_key(|session| Reverse((session.handed_out_at, session.created_at, session.sid)));
        for session in live.into_iter().skip(stay) {
            let ending = Ending { reason: EndReason::SessionRevoked, now, drop_after: limit.drop_after };
            self.end(session.sid, ending);
        }
    }

    fn end(&mut self, sid: SessionId, ending: Ending) -> bool {
        match self.sessions.get_mut(&sid) {
            Some(session) if session.is_alive(ending.now) => session.ended = Some(ending.reason),
            _ => return false,
        }
        self.announce(Revoked::Session(sid), ending.drop_after);
        true
    }

    fn spend(&mut self, id: &str, drop_after: Timestamp, now: Timestamp) -> bool {
        for _ in 0..CLEARED_PER_WRITE {
            match self.forgetting.pop_first() {
                Some((after, id)) if after.after(KEPT_LONGER) <= now => _ = self.spent.remove(&id),
                Some(kept) => {
                    self.forgetting.insert(kept);
                    break;
                }
                None => break,
            }
        }
        let id: Arc<str> = id.into();
        let is_first = self.spent.insert(Arc::clone(&id));
        if is_first {
            self.forgetting.insert((drop_after, id));
        }
        is_first
    }

    fn announce(&mut self, subject: Revoked, drop_after: Timestamp) {
        self.last_seq = self.last_seq.saturating_add(1);
        self.feed.push(Revocation { seq: self.last_seq, subject, drop_after });
    }
}
