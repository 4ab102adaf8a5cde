//! Sessions in this process's memory.

use super::{
    Admission, AnyTokenStore, CLEARED_PER_WRITE, Capabilities, EndReason, Ending, FEED_PAGE, FailureBucket,
    FailureTable, FailureToCount, Failures, Feed, KEPT_LONGER, KnownKeys, KnownLifetime, Move, NewSession,
    Presentation, Retention, Revocation, Revoked, SESSIONS_PAGE, Session, SessionId, SessionLimit, SessionPlace,
    TokenStore,
};
use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::error::StoreError;
use crate::keys::{KeyMark, KeySchedule};
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

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
        Capabilities::FULL.with_durable(false).with_failures(true)
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
        let handed_out_at = session.handed_out_at;
        let answer = presented.answer(decision, &before, session);
        if let Some(subject) = answer.revokes(&presented) {
            let Presentation { now, drop_after, .. } = presented;
            let ending = Ending { reason: EndReason::SessionRevoked, now, drop_after };
            state.announce(subject, ending, handed_out_at);
        }
        Ok(answer)
    }

    async fn note_hand_out(&self, sid: Option<SessionId>, now: Timestamp) -> Result<bool, StoreError> {
        let mut state = self.state();
        let living = |session: &&mut Session| session.ended.is_none();
        let noted = match sid {
            Some(sid) => state.sessions.get_mut(&sid).filter(living).map(|session| &mut session.handed_out_at),
            None => Some(&mut state.handed_out_at),
        };
        Ok(noted.map(|noted| *noted = now.max(*noted)).is_some())
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
        Ok(self.state().page(user_id, None, now))
    }

    async fn list_after(&self, user_id: &str, place: SessionPlace, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        Ok(self.state().page(user_id, Some(place), now))
    }

    async fn admit(&self, keys: Vec<KeyMark>, now: Timestamp) -> Result<Admission, StoreError> {
        let mut state = self.state();
        let known = state.known_keys(now);
        let admission = known.admit(&keys);
        if admission == Admission::Granted {
            if known.knows_none_of(&keys) {
                state.keys.clear();
            }
            state.keys.extend(keys);
        }
        Ok(admission)
    }

    async fn known_keys(&self, now: Timestamp) -> Result<KnownKeys, StoreError> {
        Ok(self.state().known_keys(now))
    }

    async fn reset(&self, ending: Ending) -> Result<u64, StoreError> {
        let mut state = self.state();
        let living: Vec<SessionId> =
            state.sessions.values().filter(|session| session.is_alive(ending.now)).map(|session| session.sid).collect();
        if living.is_empty() {
            state.keys.clear();
        }
        Ok(living.into_iter().map(|sid| u64::from(state.end(sid, ending))).sum())
    }

    async fn key_schedule(&self) -> Result<KeySchedule, StoreError> {
        Ok(self.state().schedule.clone())
    }

    async fn reschedule(&self, before: KeySchedule, after: KeySchedule, _: Timestamp) -> Result<bool, StoreError> {
        let mut state = self.state();
        let is_present = state.schedule == before;
        if is_present {
            state.schedule = after;
        }
        Ok(is_present)
    }

    async fn end(&self, sid: SessionId, ending: Ending) -> Result<bool, StoreError> {
        Ok(self.state().end(sid, ending))
    }

    async fn end_all(&self, user_id: &str, keep: Option<SessionId>, ending: Ending) -> Result<u64, StoreError> {
        let mut state = self.state();
        let (epoch, before) = state.epoch(user_id);
        let epoch = epoch.saturating_add(1);
        let live = state.sessions.values().filter(|session| session.user_id == user_id && session.ended.is_none());
        let seen = live.map(|session| session.handed_out_at).max();
        let raised_at = ending.raises_at(before, seen);
        state.epochs.insert(user_id.to_owned(), (epoch, Some(raised_at)));
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
        let handed_out_at = seen.unwrap_or_default().max(state.handed_out_at);
        state.announce(Revoked::User { user_id, epoch, raised_at }, ending, handed_out_at);
        Ok(epoch)
    }

    async fn set_claims(&self, sid: SessionId, claims: Claims) -> Result<bool, StoreError> {
        let mut state = self.state();
        let session = state.sessions.get_mut(&sid).filter(|session| session.ended.is_none());
        Ok(session.map(|session| session.claims = claims).is_some())
    }

    async fn epoch(&self, user_id: &str) -> Result<u64, StoreError> {
        Ok(self.state().epoch(user_id).0)
    }

    async fn raised_at(&self, user_id: &str) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.state().epoch(user_id).1)
    }

    async fn remember_lifetime(&self, lifetime: Duration, now: Timestamp) -> Result<Vec<KnownLifetime>, StoreError> {
        let mut state = self.state();
        let lifetime = lifetime.min(KnownLifetime::LONGEST);
        if lifetime > state.longest_lifetime() {
            let since = if state.last_seq == 0 { Timestamp::default() } else { now.max(state.last_revocation) };
            state.lifetimes.push(KnownLifetime { lifetime, since });
        }
        Ok(state.lifetimes.clone())
    }

    async fn revocations(&self, after: u64, _: Timestamp) -> Result<Feed, StoreError> {
        let state = self.state();
        let begin = state.feed.partition_point(|entry| entry.seq <= after);
        let entries: Vec<Revocation> = state.feed.iter().skip(begin).take(FEED_PAGE).cloned().collect();
        let is_up_to_date = entries.len() < FEED_PAGE;
        let read_to = entries.last().filter(|_| !is_up_to_date).map_or(state.last_seq, |last| last.seq);
        Ok(Feed { entries, read_to, is_up_to_date })
    }

    async fn spend(&self, id: &str, drop_after: Timestamp, now: Timestamp) -> Result<bool, StoreError> {
        Ok(self.state().spend(id, drop_after, now))
    }

    async fn failures(&self, buckets: &[FailureBucket], now: Timestamp) -> Result<Vec<Failures>, StoreError> {
        let state = self.state();
        Ok(buckets.iter().map(|bucket| state.failures.read(*bucket, now)).collect())
    }

    async fn count_failure(&self, failed: &[FailureToCount], now: Timestamp) -> Result<Vec<Failures>, StoreError> {
        let mut state = self.state();
        Ok(failed.iter().map(|one| state.failures.count(one, now)).collect())
    }

    async fn forget_failures(&self, buckets: &[FailureBucket]) -> Result<(), StoreError> {
        let mut state = self.state();
        buckets.iter().for_each(|bucket| state.failures.forget(*bucket));
        Ok(())
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
    /// When tokens that belong to no session were last handed out.
    handed_out_at: Timestamp,
    keys: BTreeSet<KeyMark>,
    schedule: KeySchedule,
    /// Per user: the epoch and when it was last raised.
    epochs: HashMap<String, (u64, Option<Timestamp>)>,
    feed: Vec<Revocation>,
    last_seq: u64,
    last_revocation: Timestamp,
    /// The longest comes last.
    lifetimes: Vec<KnownLifetime>,
    spent: HashSet<Arc<str>>,
    /// Every spent id by the time from which it may be forgotten.
    forgetting: BTreeSet<(Timestamp, Arc<str>)>,
    failures: FailureTable,
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

    fn known_keys(&self, now: Timestamp) -> KnownKeys {
        let living = self.sessions.values().filter(|session| session.is_alive(now)).count();
        KnownKeys { marks: self.keys.iter().cloned().collect(), living_sessions: living as u64 }
    }

    fn live(&self, user_id: &str, now: Timestamp) -> Vec<&Session> {
        let of_user = |session: &&Session| session.user_id == user_id && session.is_alive(now);
        self.sessions.values().filter(of_user).collect()
    }

    fn page(&self, user_id: &str, after: Option<SessionPlace>, now: Timestamp) -> Vec<Session> {
        let mut live = self.live(user_id, now);
        live.retain(|session| after.is_none_or(|place| SessionPlace::of(session) < place));
        live.sort_by_key(|session| Reverse(SessionPlace::of(session)));
        live.into_iter().take(SESSIONS_PAGE).cloned().collect()
    }

    fn make_room(&mut self, user_id: &str, now: Timestamp, limit: SessionLimit) {
        let stay = limit.max.saturating_sub(1) as usize;
        let mut live = self.live(user_id, now);
        live.sort_by_key(|session| Reverse((session.handed_out_at, session.created_at, session.sid)));
        let gone: Vec<SessionId> = live.into_iter().skip(stay).map(|session| session.sid).collect();
        for sid in gone {
            let ending = Ending { reason: EndReason::SessionRevoked, now, drop_after: limit.drop_after };
            self.end(sid, ending);
        }
    }

    fn end(&mut self, sid: SessionId, ending: Ending) -> bool {
        let ending = ending.kept_for(self.longest_lifetime());
        let Some(session) =
            self.sessions.get_mut(&sid).filter(|session| session.opens_something(ending.now, ending.opens_for()))
        else {
            return false;
        };
        session.ended = Some(ending.reason);
        let handed_out_at = session.handed_out_at;
        self.announce(Revoked::Session(sid), ending, handed_out_at);
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

    fn longest_lifetime(&self) -> Duration {
        self.lifetimes.last().map_or(Duration::ZERO, |known| known.lifetime)
    }

    fn announce(&mut self, subject: Revoked, ending: Ending, handed_out_at: Timestamp) {
        let retention = Retention::of(ending.kept_for(self.longest_lifetime()), handed_out_at);
        self.last_seq = self.last_seq.saturating_add(1);
        let made_at = if let Revoked::User { raised_at, .. } = &subject { *raised_at } else { ending.now };
        self.last_revocation = self.last_revocation.max(made_at);
        let Retention { until: drop_after, lasts } = retention;
        self.feed.push(Revocation { seq: self.last_seq, subject, drop_after, lasts });
    }
}
