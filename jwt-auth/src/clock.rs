//! Time: the one place that asks the operating system what time it is.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Tells the time to everything that decides on it: expiry, grace windows, session lives.
///
/// The default is [`SystemClock`]. Tests hand in a clock of their own
/// (`testing::ManualClock` with the feature `testing`) and turn it by hand.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The present moment, in UTC.
    fn now(&self) -> Timestamp;

    /// Waits until this moment has come by this clock; at once when it has.
    ///
    /// A clock that does not run with real time must say itself how one waits on it. The default sleeps on Tokio's timer for
    /// what is missing, a minute at most, and looks again: that timer does not see a clock that is set or a machine
    /// that was suspended. It needs a Tokio runtime with time enabled, which `axum::serve` has.
    fn sleep_until(&self, moment: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            loop {
                let missing = moment.since(self.now());
                if missing.is_zero() {
                    return;
                }
                tokio::time::sleep(missing.min(Duration::from_secs(60))).await;
            }
        })
    }
}

/// The operating system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        // A clock before 1970 reads as 1970: every token is then "issued in the future" and refused.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Timestamp::from_millis(since.as_millis().try_into().unwrap_or(u64::MAX))
    }
}

/// A moment in UTC, counted in milliseconds since 1970 and never negative.
///
/// Tokens carry whole seconds (RFC 7519 NumericDate), see [`seconds`](Self::seconds); stores keep the milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The moment so many milliseconds after 1970.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// The moment so many seconds after 1970; beyond the range of milliseconds it is the last one.
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// The same of a number out of a token; before 1970 it is 1970.
    pub(crate) fn from_signed(seconds: i64) -> Self {
        Self::from_seconds(u64::try_from(seconds).unwrap_or(0))
    }

    /// Milliseconds since 1970.
    pub const fn millis(self) -> u64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down: what a token says.
    pub const fn seconds(self) -> u64 {
        self.0 / 1000
    }

    /// This moment and so much later; stops at the end of the range instead of overflowing.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(millis_of(duration)))
    }

    /// This moment and so much earlier; stops at 1970.
    #[must_use]
    pub fn before(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(millis_of(duration)))
    }

    /// How long ago `earlier` was; zero when it is not earlier.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

fn millis_of(duration: Duration) -> u64 {
    duration.as_millis().try_into().unwrap_or(u64::MAX)
}
