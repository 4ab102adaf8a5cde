//! Which access tokens are revoked, known without asking anybody.
//!
//! Access tokens carry their session (`sid`) and the user's epoch (`ep`). A node keeps the few revocations that can still
//! matter in memory: [`Revocations`]. [`Follower`] keeps it up to date from the store's feed.

mod follower;

pub use follower::Follower;

use crate::clock::{Clock, Timestamp};
use crate::error::StoreError;
use crate::store::{Revocation, Revoked, SessionId, TokenStore};
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
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
    /// How long an entry is kept at the least.
    keep: Duration,
    /// How many entries there are; 0, the common case, is all that a request looks at.
    live: AtomicUsize,
    entries: RwLock<Entries>,
    /// Told after every change that can make a good token a revoked one.
    news: watch::Sender<()>,
    /// The feed number to ask from.
    read_to: AtomicU64,
    /// When a reading of the whole feed last began.
    synced_at: Mutex<Option<Moment>>,
}

/// A moment by both clocks.
#[derive(Clone, Copy)]
struct Moment {
    wall: Timestamp,
    monotonic: Duration,
}

impl Moment {
    fn now(clock: &dyn Clock) -> Self {
        Self { wall: clock.now(), monotonic: clock.monotonic() }
    }

    /// How long ago it is, by the clock that says more. A machine that sleeps stops the monotonic one; a wall clock that steps, in either
    /// direction, is not to be believed until the store is heard again.
    fn gap(self, now: Self) -> Duration {
        let wall = now.wall.since(self.wall).max(self.wall.since(now.wall));
        wall.max(now.monotonic.saturating_sub(self.monotonic))
    }
}

impl Revocations {
    /// Nothing revoked, never synchronised. `keep`: how long a token of our own opens routes at the most, with the leeway; an entry is
    /// remembered so long from when it is heard of, or to its `drop_after` if that is later.
    pub fn new(clock: Arc<dyn Clock>, keep: Duration) -> Self {
        Self {
            clock,
            keep,
            live: AtomicUsize::new(0),
            entries: RwLock::default(),
            news: watch::Sender::default(),
            read_to: AtomicU64::new(0),
            synced_at: Mutex::default(),
        }
    }

    /// Whether a verified access token of our own with these claims is revoked. No I/O, no allocation.
    ///
    /// A token without `ep` counts as of epoch 0, older than any revocation of its user. Claims of another issuer's
    /// tokens must not be asked about: its users are not ours.
    pub fn is_revoked(&self, sid: Option<&str>, user_id: Option<&str>, epoch: Option<u64>) -> bool {
        if self.live.load(Ordering::Acquire) == 0 {
            return false;
        }
        let entries = self.read();
        let session_is = sid.and_then(SessionId::parse).is_some_and(|sid| entries.sessions.contains_key(&sid));
        let user_is = user_id
            .and_then(|user_id| entries.users.get(user_id))
            .is_some_and(|floor| epoch.unwrap_or(0) < floor.epoch);
        session_is || user_is
    }

    /// Takes in entries of the feed, in any order and any number of times.
    pub fn apply(&self, revocations: impl IntoIterator<Item = Revocation>) {
        self.insert(revocations.into_iter().map(|revocation| (revocation.subject, revocation.drop_after)));
    }

    /// Takes in a revocation made by this very node, at once and before the feed brings it.
    pub fn revoke(&self, subject: Revoked, drop_after: Timestamp) {
        self.insert([(subject, drop_after)]);
    }

    /// Whoever waits on it hears of every revocation taken in after this call. Mark it as seen, then look, then wait: then
    /// none falls between looking and waiting.
    pub(crate) fn news(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }

    /// Forgets the entries whose last token is over. [`sync`](Self::sync) does it too.
    pub fn drop_expired(&self) {
        let now = self.clock.monotonic();
        let mut entries = self.write();
        entries.sessions.retain(|_, forget_at| *forget_at > now);
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
            let done = feed.entries.is_empty();
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

    /// How many revocations are held.
    pub fn len(&self) -> usize {
        self.live.load(Ordering::Acquire)
    }

    /// Whether none is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn insert(&self, revoked: impl IntoIterator<Item = (Revoked, Timestamp)>) {
        let now = Moment::now(&*self.clock);
        let mut entries = self.write();
        let mut is_news = false;
        for (subject, drop_after) in revoked {
            // This node's wall clock may be ahead; a token from before it heard of this lives no longer than `keep` from now.
            let forget_at = now.monotonic.saturating_add(drop_after.since(now.wall).max(self.keep));
            is_news |= entries.insert(subject, forget_at);
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

#[derive(Default)]
struct Entries {
    sessions: HashMap<SessionId, Duration>,
    users: HashMap<String, Floor>,
}

/// The lowest epoch of a user that is still good.
struct Floor {
    epoch: u64,
    /// By the monotonic clock, as for sessions.
    forget_at: Duration,
}

impl Entries {
    fn len(&self) -> usize {
        self.sessions.len() + self.users.len()
    }

    /// True when a token can be revoked by it that was not before.
    fn insert(&mut self, subject: Revoked, forget_at: Duration) -> bool {
        match subject {
            Revoked::Session(sid) => {
                let before = self.sessions.get(&sid).copied();
                self.sessions.insert(sid, before.map_or(forget_at, |before| forget_at.max(before)));
                before.is_none()
            }
            Revoked::User { user_id, epoch } => {
                // Nobody has an epoch below 0.
                let floor = self.users.entry(user_id).or_insert(Floor { epoch: 0, forget_at });
                let rises = epoch > floor.epoch;
                floor.epoch = epoch.max(floor.epoch);
                floor.forget_at = forget_at.max(floor.forget_at);
                rises
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{EndReason, Ending, MemoryStore};

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);
    const LATER: Timestamp = Timestamp::from_seconds(1_000_300);
    const KEEP: Duration = Duration::from_secs(200);

    /// Two hands: the wall clock's, in seconds after `NOW`, and the one that nobody turns back.
    #[derive(Debug, Default)]
    struct Hands(Mutex<(i64, u64)>);

    impl Hands {
        fn step(&self, seconds: i64) {
            self.0.lock().expect("a lock").0 += seconds;
        }

        fn pass(&self, seconds: u64) {
            let mut hands = self.0.lock().expect("a lock");
            *hands = (hands.0 + i64::try_from(seconds).expect("small"), hands.1 + seconds);
        }
    }

    impl Clock for Hands {
        fn now(&self) -> Timestamp {
            let by = self.0.lock().expect("a lock").0;
            let by_much = Duration::from_secs(by.unsigned_abs());
            if by < 0 { NOW.before(by_much) } else { NOW.after(by_much) }
        }

        fn monotonic(&self) -> Duration {
            Duration::from_secs(self.0.lock().expect("a lock").1)
        }
    }

    fn view() -> (Arc<Hands>, Revocations) {
        let hands = Arc::new(Hands::default());
        (Arc::clone(&hands), Revocations::new(hands, KEEP))
    }

    fn session(byte: u8) -> (SessionId, String) {
        let sid = SessionId::from_bytes([byte; 16]);
        (sid, sid.to_string())
    }

    #[test]
    fn a_revoked_session_is_revoked_until_its_entry_leaves() {
        let (hands, view) = view();
        let (sid, text) = session(1);
        let (_, other) = session(2);
        assert!(!view.is_revoked(Some(&text), Some("7"), Some(0)));
        view.revoke(Revoked::Session(sid), LATER);
        assert!(view.is_revoked(Some(&text), Some("7"), Some(0)));
        assert!(!view.is_revoked(Some(&other), Some("7"), Some(0)));
        assert!(!view.is_revoked(Some("not a sid"), None, None));
        hands.pass(299);
        view.drop_expired();
        assert_eq!(view.len(), 1);
        hands.pass(1);
        view.drop_expired();
        assert!(view.is_empty());
        assert!(!view.is_revoked(Some(&text), Some("7"), Some(0)));
    }

    #[test]
    fn a_wall_clock_that_steps_forgets_nothing() {
        for (before, after) in [(86_400, -86_400), (-86_400, 86_400), (0, 86_400), (0, -86_400)] {
            let (hands, view) = view();
            let (sid, text) = session(1);
            hands.step(before);
            view.revoke(Revoked::Session(sid), LATER);
            hands.pass(100);
            view.drop_expired();
            hands.step(after);
            view.drop_expired();
            hands.pass(99);
            view.drop_expired();
            assert!(view.is_revoked(Some(&text), None, None), "after steps of {before} and {after} s");
        }
    }

    #[test]
    fn an_epoch_revokes_what_is_below_it_and_never_falls() {
        let (hands, view) = view();
        let user = |epoch| Revoked::User { user_id: "7".to_owned(), epoch };
        view.revoke(user(3), LATER);
        view.revoke(user(2), NOW);
        assert!(view.is_revoked(None, Some("7"), Some(2)));
        assert!(view.is_revoked(None, Some("7"), None));
        assert!(!view.is_revoked(None, Some("7"), Some(3)));
        assert!(!view.is_revoked(None, Some("8"), Some(0)));
        hands.pass(250);
        view.drop_expired();
        assert_eq!(view.len(), 1, "the longer life counts");
    }

    #[tokio::test]
    async fn sync_reads_on_from_where_it_was_and_notes_the_time() {
        let store = MemoryStore::new();
        let ending = Ending { reason: EndReason::SessionRevoked, now: NOW, drop_after: LATER };
        let (hands, view) = view();
        assert!(view.is_stale(Duration::MAX));
        store.end_all("7", None, ending).await.expect("memory");
        view.sync(&store).await.expect("memory");
        assert!(view.is_revoked(None, Some("7"), Some(0)));
        assert_eq!(view.last_synced(), Some(NOW));
        hands.pass(30);
        assert!(!view.is_stale(Duration::from_secs(30)));
        hands.pass(1);
        assert!(view.is_stale(Duration::from_secs(30)));

        // A feed that is younger than the view: as after a restored database.
        let fresh = MemoryStore::new();
        view.read_to.store(9, Ordering::Release);
        fresh.end_all("8", None, ending).await.expect("memory");
        view.sync(&fresh).await.expect("memory");
        assert!(view.is_revoked(None, Some("8"), Some(0)));
        assert!(view.is_revoked(None, Some("7"), Some(0)), "kept");
    }

    #[tokio::test]
    async fn silence_is_the_longer_of_two_gaps() {
        let seconds = Duration::from_secs;
        for (step, pass, silence) in [(0, 40, 40), (-3600, 0, 3600), (-30, 40, 40), (3600, 0, 3600), (-3600, 40, 3560)]
        {
            let (hands, view) = view();
            view.sync(&MemoryStore::new()).await.expect("memory");
            hands.step(step);
            hands.pass(pass);
            assert_eq!(view.silence(), Some(seconds(silence)), "a step of {step} s, and {pass} s");
        }
    }
}
