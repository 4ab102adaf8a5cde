//! Which access tokens are revoked, known without asking anybody.
//!
//! Access tokens carry their session (`sid`) and the user's epoch (`ep`). A node keeps the few revocations that can still
//! matter in memory: [`Revocations`]. [`follow`] keeps it up to date from the store's feed.

use crate::clock::{Clock, Timestamp};
use crate::error::StoreError;
use crate::store::{Revocation, Revoked, SessionId, TokenStore};
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;
use tokio::sync::watch;

/// The revocations that can still concern a living access token.
///
/// Bounded by what was revoked within one access lifetime: an entry leaves when the last token it concerns is over.
#[derive(Default)]
pub struct Revocations {
    /// How many entries there are; 0, the common case, is all that a request looks at.
    live: AtomicUsize,
    entries: RwLock<Entries>,
    /// Told after every change that can make a good token a revoked one.
    news: watch::Sender<()>,
    /// The feed number to ask from.
    read_to: AtomicU64,
    /// When a reading of the whole feed last began, in milliseconds; 0 for never.
    synced_at: AtomicU64,
}

impl Revocations {
    /// Nothing revoked, never synchronised.
    pub fn new() -> Self {
        Self::default()
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
    pub fn drop_expired(&self, now: Timestamp) {
        let mut entries = self.write();
        entries.sessions.retain(|_, drop_after| *drop_after > now);
        entries.users.retain(|_, floor| floor.drop_after > now);
        self.live.store(entries.len(), Ordering::Release);
    }

    /// Reads everything new from the store's feed: at start the snapshot, later what was added.
    ///
    /// # Errors
    /// [`StoreError`]; what is known so far stays.
    pub async fn sync(&self, store: &impl TokenStore, now: Timestamp) -> Result<(), StoreError> {
        loop {
            let asked = self.read_to.load(Ordering::Acquire);
            let feed = store.revocations(asked, now).await?;
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
        self.drop_expired(now);
        // Never 0, which stands for never.
        self.synced_at.store(now.millis().max(1), Ordering::Release);
        Ok(())
    }

    /// When the feed was last read to its end; `None` before the first time.
    pub fn last_synced(&self) -> Option<Timestamp> {
        match self.synced_at.load(Ordering::Acquire) {
            0 => None,
            millis => Some(Timestamp::from_millis(millis)),
        }
    }

    /// Whether the last reading is longer ago than `bound` (`revocation_max_staleness`), or never was.
    pub fn is_stale(&self, now: Timestamp, bound: Duration) -> bool {
        self.last_synced().is_none_or(|synced| now.since(synced) > bound)
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
        let mut entries = self.write();
        let mut is_news = false;
        for (subject, drop_after) in revoked {
            is_news |= entries.insert(subject, drop_after);
        }
        self.live.store(entries.len(), Ordering::Release);
        drop(entries);
        if is_news {
            self.news.send_replace(());
        }
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

/// Reads the feed every `interval` (`revocation_sync_interval`) until `stop` says true or its sender is gone.
///
/// A failing store is asked again after two, four, then at most eight intervals. Whoever must not decide on an old view
/// looks at [`Revocations::is_stale`]. Load the snapshot with [`Revocations::sync`] before serving.
pub async fn follow(
    store: impl TokenStore,
    revocations: &Revocations,
    clock: &dyn Clock,
    interval: Duration,
    mut stop: watch::Receiver<bool>,
) {
    let mut failures = 0_u32;
    loop {
        let pause = interval.saturating_mul(1 << failures.min(3));
        // An answer within the pause is a stop, also the one that says that the sender is gone.
        if tokio::time::timeout(pause, stop.wait_for(|stop| *stop)).await.is_ok() {
            return;
        }
        match revocations.sync(&store, clock.now()).await {
            Ok(()) if failures > 0 => {
                tracing::info!("revocations are synchronised again");
                failures = 0;
            }
            Ok(()) => {}
            Err(error) => {
                if failures == 0 {
                    tracing::warn!(error = &error as &dyn std::error::Error, "revocations cannot be read");
                }
                failures = failures.saturating_add(1);
            }
        }
    }
}

#[derive(Default)]
struct Entries {
    sessions: HashMap<SessionId, Timestamp>,
    users: HashMap<String, Floor>,
}

/// The lowest epoch of a user that is still good.
struct Floor {
    epoch: u64,
    drop_after: Timestamp,
}

impl Entries {
    fn len(&self) -> usize {
        self.sessions.len() + self.users.len()
    }

    /// True when a token can be revoked by it that was not before.
    fn insert(&mut self, subject: Revoked, drop_after: Timestamp) -> bool {
        match subject {
            Revoked::Session(sid) => {
                let before = self.sessions.get(&sid).copied();
                self.sessions.insert(sid, before.map_or(drop_after, |before| drop_after.max(before)));
                before.is_none()
            }
            Revoked::User { user_id, epoch } => {
                // Nobody has an epoch below 0.
                let floor = self.users.entry(user_id).or_insert(Floor { epoch: 0, drop_after });
                let rises = epoch > floor.epoch;
                floor.epoch = epoch.max(floor.epoch);
                floor.drop_after = drop_after.max(floor.drop_after);
                rises
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{EndReason, Ending, MemoryStore};

    const NOW: Timestamp = Timestamp::from_seconds(1000);
    const LATER: Timestamp = Timestamp::from_seconds(1300);

    fn session(byte: u8) -> (SessionId, String) {
        let sid = SessionId::from_bytes([byte; 16]);
        (sid, sid.to_string())
    }

    #[test]
    fn a_revoked_session_is_revoked_until_its_entry_leaves() {
        let view = Revocations::new();
        let (sid, text) = session(1);
        let (_, other) = session(2);
        assert!(!view.is_revoked(Some(&text), Some("7"), Some(0)));
        view.revoke(Revoked::Session(sid), LATER);
        assert!(view.is_revoked(Some(&text), Some("7"), Some(0)));
        assert!(!view.is_revoked(Some(&other), Some("7"), Some(0)));
        assert!(!view.is_revoked(Some("not a sid"), None, None));
        view.drop_expired(NOW);
        assert_eq!(view.len(), 1);
        view.drop_expired(LATER);
        assert!(view.is_empty());
        assert!(!view.is_revoked(Some(&text), Some("7"), Some(0)));
    }

    #[test]
    fn an_epoch_revokes_what_is_below_it_and_never_falls() {
        let view = Revocations::new();
        let user = |epoch| Revoked::User { user_id: "7".to_owned(), epoch };
        view.revoke(user(3), LATER);
        view.revoke(user(2), NOW);
        assert!(view.is_revoked(None, Some("7"), Some(2)));
        assert!(view.is_revoked(None, Some("7"), None));
        assert!(!view.is_revoked(None, Some("7"), Some(3)));
        assert!(!view.is_revoked(None, Some("8"), Some(0)));
        view.drop_expired(NOW);
        assert_eq!(view.len(), 1, "the longer life counts");
    }

    #[tokio::test]
    async fn sync_reads_on_from_where_it_was_and_notes_the_time() {
        let store = MemoryStore::new();
        let ending = Ending { reason: EndReason::SessionRevoked, now: NOW, drop_after: LATER };
        let view = Revocations::new();
        assert!(view.is_stale(NOW, Duration::MAX));
        store.end_all("7", None, ending).await.expect("memory");
        view.sync(&store, NOW).await.expect("memory");
        assert!(view.is_revoked(None, Some("7"), Some(0)));
        assert_eq!(view.last_synced(), Some(NOW));
        assert!(!view.is_stale(NOW.after(Duration::from_secs(30)), Duration::from_secs(30)));
        assert!(view.is_stale(NOW.after(Duration::from_secs(31)), Duration::from_secs(30)));

        // A feed that is younger than the view: as after a restored database.
        let fresh = MemoryStore::new();
        view.read_to.store(9, Ordering::Release);
        fresh.end_all("8", None, ending).await.expect("memory");
        view.sync(&fresh, NOW).await.expect("memory");
        assert!(view.is_revoked(None, Some("8"), Some(0)));
        assert!(view.is_revoked(None, Some("7"), Some(0)), "kept");
    }

    #[tokio::test]
    async fn following_stops_when_told_and_when_nobody_can_tell() {
        for drop_sender in [false, true] {
            let view = Revocations::new();
            let (stop, stopped) = watch::channel(false);
            let following =
                follow(MemoryStore::new(), &view, &crate::clock::SystemClock, Duration::from_millis(1), stopped);
            let stopping = async {
                while view.last_synced().is_none() {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                if drop_sender {
                    drop(stop);
                } else {
                    stop.send_replace(true);
                    // Kept alive, so that it is the word that stops it.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            };
            tokio::time::timeout(Duration::from_secs(10), async { tokio::join!(following, stopping) })
                .await
                .expect("it stops");
        }
    }
}
