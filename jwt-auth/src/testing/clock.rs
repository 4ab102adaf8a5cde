//! A clock that stands still until it is told.

use crate::clock::{Clock, Timestamp};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
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
pub struct ManualClock(Arc<watch::Sender<Timestamp>>);

impl ManualClock {
    /// A clock standing at this moment.
    pub fn new(now: Timestamp) -> Self {
        Self(Arc::new(watch::Sender::new(now)))
    }

    /// Puts it to a moment, also an earlier one.
    pub fn set(&self, now: Timestamp) {
        self.0.send_replace(now);
    }

    /// Turns it forward.
    pub fn advance(&self, by: Duration) {
        self.0.send_modify(|now| *now = now.after(by));
    }

    /// Turns it back.
    pub fn turn_back(&self, by: Duration) {
        self.0.send_modify(|now| *now = now.before(by));
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
        *self.0.borrow()
    }

    fn sleep_until(&self, moment: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let mut turns = self.0.subscribe();
        Box::pin(async move {
            // Its sender is this very clock, which is borrowed meanwhile.
            let _ = turns.wait_for(|now| *now >= moment).await;
        })
    }
}
