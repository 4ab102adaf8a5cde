//! A clock that stands still until it is told.

use crate::clock::{Clock, SystemClock, Timestamp};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;

/// A [`Clock`] to turn by hand. Clones show the same time, so a test keeps one and hands another in. Whoever sleeps on it
/// wakes when it is turned.
///
/// ```
/// use jwt_auth::clock::{Clock, Timestamp};
/// use jwt_auth::testing::ManualClock;
/// use std::time::Duration;
///
/// let clock = ManualClock::new(Timestamp::from_seconds(1_700_000_000));
/// clock.advance(Duration::from_secs(60));
/// assert_eq!(clock.now().seconds(), 1_700_000_060);
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock {
    wall: Arc<watch::Sender<Timestamp>>,
    /// Beside what the machine's own clock says, in milliseconds.
    passed: Arc<AtomicU64>,
}

impl ManualClock {
    /// A clock standing at this moment.
    pub fn new(now: Timestamp) -> Self {
        Self { wall: Arc::new(watch::Sender::new(now)), passed: Arc::default() }
    }

    /// Puts it to a moment, also an earlier one.
    pub fn set(&self, now: Timestamp) {
        self.wall.send_replace(now);
    }

    /// Lets time pass: forward by the wall clock and by the one that nobody sets, [`Clock::monotonic`].
    pub fn pass(&self, time: Duration) {
        self.passed.fetch_add(u64::try_from(time.as_millis()).unwrap_or(u64::MAX), Ordering::SeqCst);
        self.advance(time);
    }

    /// Turns the wall clock forward; [`Clock::monotonic`] goes on as it would.
    pub fn advance(&self, by: Duration) {
        self.wall.send_modify(|now| *now = now.after(by));
    }

    /// Turns it back.
    pub fn turn_back(&self, by: Duration) {
        self.wall.send_modify(|now| *now = now.before(by));
    }
}

impl Default for ManualClock {
    /// Stands at 2023-11-14 22:13:20 UTC, the 1,700,000,000th second.
    fn default() -> Self {
        Self::new(Timestamp::from_seconds(1_700_000_000))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.wall.borrow()
    }

    fn monotonic(&self) -> Duration {
        SystemClock.monotonic().saturating_add(Duration::from_millis(self.passed.load(Ordering::SeqCst)))
    }

    fn sleep_until(&self, moment: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let mut turns = self.wall.subscribe();
        Box::pin(async move {
            // Its sender is this very clock, which is borrowed meanwhile.
            let _ = turns.wait_for(|now| *now >= moment).await;
        })
    }
}
