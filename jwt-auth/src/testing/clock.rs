//! A clock that stands still until it is told.

use crate::clock::{Clock, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A [`Clock`] to turn by hand. Clones show the same time, so a test keeps one and hands another in.
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
pub struct ManualClock(Arc<AtomicU64>);

impl ManualClock {
    /// A clock standing at this moment.
    pub fn new(now: Timestamp) -> Self {
        Self(Arc::new(AtomicU64::new(now.millis())))
    }

    /// Puts it to a moment, also an earlier one.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.millis(), Ordering::SeqCst);
    }

    /// Turns it forward.
    pub fn advance(&self, by: Duration) {
        self.set(self.now().after(by));
    }

    /// Turns it back.
    pub fn turn_back(&self, by: Duration) {
        self.set(self.now().before(by));
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
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}
