//! What a node remembers of revocations.

use super::TokenFacts;
use super::lifetimes::Lifetimes;
use super::moment::Moment;
use crate::clock::{Clock, Timestamp};
use crate::error::StoreError;
use crate::store::{KnownLifetime, LastProof, Revocation, Revoked, SessionId, TokenStore};
use std::collections::BTreeMap;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;
use tokio::sync::watch;

/// The revocations that can still concern a living access token.
///
/// Bounded by what was revoked within one access lifetime: an entry leaves when the last token it concerns is over. How long that
/// is, and how long ago the store was heard, is told by a clock that nobody can set ([`Clock::monotonic`]): a wall clock that
/// steps forward and back forgets nothing, and one that is put right hides no outage.
pub struct Revocations {
    clock: Arc<dyn Clock>,
    /// How far ahead the clock of an issuer may be.
    leeway: Duration,
    /// How long an entry is kept at the least, in milliseconds.
    keep: AtomicU64,
    lifetimes: Lifetimes,
    names: Names,
    /// How many entries there are; 0, the common case, is all that a request looks at.
    live: AtomicUsize,
    entries: RwLock<Entries>,
    /// Told after every change that can make a good token a revoked one.
    news: watch::Sender<()>,
    /// The feed number to ask from.
    pub(super) read_to: AtomicU64,
    /// When a reading of the whole feed last began.
    synced_at: Mutex<Option<Moment>>,
    /// Whether the task that read the feed is over without having been told to stop.
    pub(super) is_abandoned: AtomicBool,
}

impl Revocations {
    /// Nothing revoked, never synchronised. `keep`: how long a token of our own opens routes at the most, with what clocks and writes may
    /// be late; an entry is remembered so long from when it is heard of, or to its `drop_after` if that is later. `leeway`: how far ahead
    /// the clock of an issuer may be.
    pub fn new(clock: Arc<dyn Clock>, keep: Duration, leeway: Duration) -> Self {
        Self {
            clock,
            leeway,
            keep: AtomicU64::new(millis(keep)),
            lifetimes: Lifetimes::default(),
            names: Names::default(),
            live: AtomicUsize::new(0),
            entries: RwLock::default(),
            news: watch::Sender::default(),
            read_to: AtomicU64::new(0),
            synced_at: Mutex::default(),
            is_abandoned: AtomicBool::new(false),
        }
    }

    /// Whether a verified access token of our own is revoked, as far as this node knows. No I/O, no allocation. It says nothing of a
    /// token that lives longer than the store [remembers](Self::covers).
    pub fn is_revoked(&self, token: &TokenFacts<'_>) -> bool {
        if self.live.load(Ordering::Acquire) == 0 {
            return false;
        }
        let entries = self.read();
        let sid = token.sid.and_then(SessionId::parse);
        let session_is = sid.is_some_and(|sid| {
            let proof = entries.proofs.get(&sid);
            entries.sessions.contains_key(&sid) || proof.is_some_and(|proof| token.is_before_proof(proof.last))
        });
        let user_is = token
            .user_id
            .and_then(|user_id| entries.users.get(&self.names.mark(user_id)))
            .is_some_and(|floor| token.is_before_epoch(floor.epoch, Some(floor.raised_at), self.leeway));
        session_is || user_is
    }

    /// Takes in the lifetimes that the store remembers ([`TokenStore::remember_lifetime`]); from now on entries are kept as long as the
    /// longest.
    pub fn know(&self, lifetimes: &[KnownLifetime]) {
        let longest = lifetimes.iter().map(|known| millis(known.lifetime)).max().unwrap_or(0);
        if self.keep.fetch_max(longest, Ordering::AcqRel) < longest {
            let forget_at = self.clock.monotonic().saturating_add(self.keep());
            self.write().keep_until(millis(forget_at));
        }
        self.lifetimes.know(lifetimes);
    }

    /// Whether [`is_revoked`](Self::is_revoked) knows all there is to know of the token. Else a revocation may have been forgotten: the
    /// token lives longer than was known when that was made, and has to be looked up in the store.
    pub fn covers(&self, token: &TokenFacts<'_>) -> bool {
        self.lifetimes.cover(token, self.leeway * 2 + WRITE_PATIENCE, self.leeway)
    }

    /// Whether the token of this digest was looked up already.
    pub(crate) fn was_looked_up(&self, digest: &[u8; 32]) -> bool {
        self.lifetimes.was_looked_up(digest, self.clock.monotonic())
    }

    /// Notes that the token was looked up, begun at this moment of the monotonic clock. What was revoked since is not forgotten for as long
    /// as entries are kept; then it is looked up again.
    pub(crate) fn note_look_up(&self, digest: [u8; 32], begun: Duration) {
        self.lifetimes.note(digest, begun, begun.saturating_add(self.keep()));
    }

    /// How long an entry is kept at the least.
    pub(crate) fn keep(&self) -> Duration {
        Duration::from_millis(self.keep.load(Ordering::Acquire))
    }

    /// Takes in entries of the feed, in any order and any number of times.
    pub fn apply(&self, revocations: impl IntoIterator<Item = Revocation>) {
        let entry = |it: Revocation| (it.subject, it.drop_after, it.lasts);
        self.insert(revocations.into_iter().map(entry));
    }

    /// Takes in a revocation made by this very node, at once and before the feed brings it.
    pub fn revoke(&self, subject: Revoked, drop_after: Timestamp) {
        self.insert([(subject, drop_after, Duration::ZERO)]);
    }

    /// Whoever waits on it hears of every revocation taken in after this call. Mark it as seen, then look, then wait: then
    /// none falls between looking and waiting.
    pub(crate) fn news(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }

    /// Forgets the entries whose last token is over. [`sync`](Self::sync) does it too.
    pub fn drop_expired(&self) {
        let now = millis(self.clock.monotonic());
        let mut entries = self.write();
        entries.sessions.retain(|_, forget_at| *forget_at > now);
        entries.proofs.retain(|_, proof| proof.forget_at > now);
        entries.users.retain(|_, floor| floor.forget_at > now);
        self.live.store(entries.len(), Ordering::Release);
    }

    /// Reads everything new from the store's feed: at start the snapshot, later what was added.
    ///
    /// # Errors
    /// [`StoreError`]; what is known so far stays.
    pub async fn sync(&self, store: &impl TokenStore) -> Result<(), StoreError> {
        let begun = Moment::now(&*self.clock);
        loop {
            let asked = self.read_to.load(Ordering::Acquire);
            let feed = store.revocations(asked, begun.wall).await?;
            if feed.read_to < asked {
                tracing::warn!("the revocation feed began anew; reading it from its start");
                self.read_to.store(0, Ordering::Release);
                continue;
            }
            let done = feed.is_up_to_date || feed.entries.is_empty();
            self.apply(feed.entries);
            self.read_to.store(feed.read_to, Ordering::Release);
            if done {
                break;
            }
        }
        self.drop_expired();
        *self.synced() = Some(begun);
        Ok(())
    }

    /// When the feed was last read to its end; `None` before the first time.
    pub fn last_synced(&self) -> Option<Timestamp> {
        self.synced().map(|moment| moment.wall)
    }

    /// How long ago the feed was last read to its end, by the wall clock or by the monotonic one, whichever says more; `None` before the
    /// first time.
    pub fn silence(&self) -> Option<Duration> {
        let synced = *self.synced();
        synced.map(|moment| moment.gap(Moment::now(&*self.clock)))
    }

    /// Whether the last reading is longer ago than `bound` (`revocation_max_staleness`), or never was.
    pub fn is_stale(&self, bound: Duration) -> bool {
        self.silence().is_none_or(|silence| silence > bound)
    }

    /// Whether nobody reads the feed any more, though nobody said so: the [`Follower`]'s task ended with its runtime.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.is_abandoned.load(Ordering::Relaxed)
    }

    /// How many revocations are held.
    pub fn len(&self) -> usize {
        self.live.load(Ordering::Acquire)
    }

    /// Whether none is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn insert(&self, revoked: impl IntoIterator<Item = (Revoked, Timestamp, Duration)>) {
        let now = Moment::now(&*self.clock);
        let mut entries = self.write();
        let mut is_news = false;
        for (subject, drop_after, lasts) in revoked {
            // This node's wall clock may be ahead; a token from before it heard of this lives no longer than that from now.
            let longest = drop_after.since(now.wall).max(lasts).max(self.keep());
            let forget_at = millis(now.monotonic.saturating_add(longest));
            is_news |= match subject {
                Revoked::Session(sid) => entries.end(sid, forget_at),
                Revoked::BeforeProof { sid, proof } => entries.note_proof(sid, proof, forget_at),
                Revoked::User { user_id, epoch, raised_at } => {
                    entries.raise(self.names.mark(&user_id), Floor { epoch, raised_at, forget_at })
                }
            };
        }
        self.live.store(entries.len(), Ordering::Release);
        drop(entries);
        if is_news {
            self.news.send_replace(());
        }
    }

    fn synced(&self) -> std::sync::MutexGuard<'_, Option<Moment>> {
        self.synced_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self) -> RwLockReadGuard<'_, Entries> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Entries> {
        self.entries.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Revocations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Revocations")
            .field("len", &self.len())
            .field("last_synced", &self.last_synced())
            .finish_non_exhaustive()
    }
}

/// The longest that a store makes a caller wait before it answers or gives up.
pub(crate) const WRITE_PATIENCE: Duration = Duration::from_secs(10);

/// Rounded up: nothing is forgotten a part of one too early.
fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

/// What stands for a user's name in memory: a million names would be larger than all that is known of them.
#[derive(Default)]
struct Names([RandomState; 2]);

impl Names {
    /// Two keyed hashes, which nobody outside can aim at: of any two users they are the same once in 2^128.
    fn mark(&self, user_id: &str) -> [u64; 2] {
        self.0.each_ref().map(|state| state.hash_one(user_id))
    }
}

/// In trees, which grow with what they hold: a hash table of a million doubles to two million places.
#[derive(Default)]
struct Entries {
    /// Until when, in milliseconds of the monotonic clock, as everywhere here.
    sessions: BTreeMap<SessionId, u64>,
    proofs: BTreeMap<SessionId, Proof>,
    users: BTreeMap<[u64; 2], Floor>,
}

/// The last proof that a session was given.
struct Proof {
    last: LastProof,
    forget_at: u64,
}

/// The lowest epoch of a user that is still good.
struct Floor {
    epoch: u64,
    raised_at: Timestamp,
    forget_at: u64,
}

impl Entries {
    fn len(&self) -> usize {
        self.sessions.len() + self.proofs.len() + self.users.len()
    }

    /// Nothing is forgotten before this moment.
    fn keep_until(&mut self, forget_at: u64) {
        let sessions = self.sessions.values_mut();
        let proofs = self.proofs.values_mut().map(|proof| &mut proof.forget_at);
        let users = self.users.values_mut().map(|floor| &mut floor.forget_at);
        sessions.chain(proofs).chain(users).for_each(|entry| *entry = forget_at.max(*entry));
    }

    /// True when a token can be revoked by it that was not before, as of the next two.
    fn end(&mut self, sid: SessionId, forget_at: u64) -> bool {
        let before = self.sessions.get(&sid).copied();
        self.sessions.insert(sid, before.map_or(forget_at, |before| forget_at.max(before)));
        before.is_none()
    }

    fn note_proof(&mut self, sid: SessionId, last: LastProof, forget_at: u64) -> bool {
        let proof = self.proofs.entry(sid).or_insert(Proof { last: LastProof::default(), forget_at });
        let before = proof.last;
        proof.last = before.max(last);
        proof.forget_at = forget_at.max(proof.forget_at);
        proof.last != before
    }

    fn raise(&mut self, user: [u64; 2], to: Floor) -> bool {
        // Nobody has an epoch below 0.
        let first = Floor { epoch: 0, raised_at: Timestamp::default(), ..to };
        let floor = self.users.entry(user).or_insert(first);
        let rises = to.epoch > floor.epoch || to.raised_at > floor.raised_at;
        floor.epoch = to.epoch.max(floor.epoch);
        floor.raised_at = to.raised_at.max(floor.raised_at);
        floor.forget_at = to.forget_at.max(floor.forget_at);
        rises
    }
}
