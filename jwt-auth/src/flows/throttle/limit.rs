//! How many failures are too many, and how long one waits then. Whom that is asked about, strangers first and then known devices, is in
//! `attempt.rs`.

use crate::clock::Timestamp;
use crate::store::{FailureBucket, FailureToCount, Failures};
use std::time::Duration;

/// What a count of failed logins may come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    /// So many are free within [`WINDOW`], and then each one is followed by a longer wait: 1, 2, 4 .. 900 seconds.
    Waits(u32),
    /// So many in a row, over however long a time, and then nothing is left to try.
    Ends(u32),
}

/// A bucket, what it may hold, and what it held when somebody looked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counted {
    pub(super) bucket: FailureBucket,
    pub(super) limit: Limit,
    pub(super) failures: Failures,
    /// What was counted at this moment or before is over.
    pub(super) over_at: Timestamp,
    /// Whatever the name: a success does not forget it.
    pub(super) is_of_an_address: bool,
}

/// After which time free failures are forgotten.
const WINDOW: Duration = Duration::from_secs(15 * 60);

/// The longest wait.
const LONGEST: Duration = Duration::from_secs(900);

/// How long a row of failures is remembered that ends something: NIST SP 800-63B counts them without an end, and a count that was forgotten
/// within days could be waited for.
const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

/// A count that lies further ahead was made by a clock that is out of order, and nobody waits for that.
const LARGEST_STEP: Duration = Duration::from_secs(5 * 60);

impl Limit {
    pub(super) const fn free(self) -> u32 {
        match self {
            Self::Waits(free) | Self::Ends(free) => free,
        }
    }

    const fn keep(self) -> Duration {
        match self {
            Self::Waits(_) => Duration::from_secs(WINDOW.as_secs() + LONGEST.as_secs()),
            Self::Ends(_) => KEPT,
        }
    }
}

impl Counted {
    pub(super) fn new(bucket: FailureBucket, limit: Limit) -> Self {
        Self { bucket, limit, failures: Failures::default(), over_at: Timestamp::default(), is_of_an_address: false }
    }

    /// Takes what a store has counted.
    pub(super) fn holding(self, failures: Failures, now: Timestamp) -> Self {
        match self.limit {
            Limit::Waits(free) if now >= failures.last.after(delay(failures.count, free)).after(WINDOW) => {
                self.without(now.before(WINDOW))
            }
            _ => Self { failures, ..self },
        }
    }

    /// What was counted at this moment or before counts no more.
    pub(super) fn without(self, over_at: Timestamp) -> Self {
        if self.failures.last > over_at {
            return self;
        }
        Self { failures: Failures::default(), over_at: over_at.max(self.over_at), ..self }
    }

    /// How long to wait before the next try; `None` when it is free.
    pub(super) fn wait(&self, now: Timestamp) -> Option<Duration> {
        let Failures { count, last } = self.failures;
        match self.limit {
            Limit::Ends(most) => (count >= most).then_some(LONGEST),
            Limit::Waits(_) if last.since(now) > LARGEST_STEP => None,
            Limit::Waits(free) => {
                let left = delay(count, free).saturating_sub(now.since(last));
                (!left.is_zero()).then_some(left)
            }
        }
    }

    pub(super) fn to_count(self) -> FailureToCount {
        FailureToCount { bucket: self.bucket, over_at: self.over_at, keep: self.limit.keep() }
    }
}

pub(super) fn longest_wait(counted: impl IntoIterator<Item = Counted>, now: Timestamp) -> Option<Duration> {
    counted.into_iter().filter_map(|counted| counted.wait(now)).max()
}

/// What follows so many failures.
fn delay(count: u32, free: u32) -> Duration {
    let Some(more) = count.checked_sub(free) else { return Duration::ZERO };
    Duration::from_secs(1 << more.min(10)).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn counted(limit: Limit, count: u32, ago: u64) -> Counted {
        let failures = Failures { count, last: NOW.before(Duration::from_secs(ago)) };
        Counted::new(FailureBucket::from_bytes([1; 16]), limit).holding(failures, NOW)
    }

    #[test]
    fn waits_double_up_to_a_quarter_of_an_hour() {
        let wait = |count| counted(Limit::Waits(5), count, 0).wait(NOW).map_or(0, |wait| wait.as_secs());
        let waits: Vec<u64> = (0..18).map(wait).collect();
        assert_eq!(waits, [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
        assert_eq!(wait(u32::MAX), 900);
    }

    #[test]
    fn a_window_after_the_wait_all_is_free_again() {
        for (count, ago, left) in [(4, 899, 4), (4, 900, 0), (5, 900, 5), (5, 901, 0), (40, 1799, 40), (40, 1800, 0)] {
            let counted = counted(Limit::Waits(5), count, ago);
            assert_eq!((counted.failures.count, counted.wait(NOW)), (left, None), "{count} failures {ago} s ago");
            let begins_anew = counted.to_count().over_at >= NOW.before(Duration::from_secs(ago));
            assert_eq!(begins_anew, left == 0, "{count} failures {ago} s ago");
        }
    }

    #[test]
    fn what_ends_has_no_window() {
        assert_eq!(counted(Limit::Ends(100), 99, 0).wait(NOW), None);
        assert_eq!(counted(Limit::Ends(100), 100, 20 * 24 * 3600).wait(NOW), Some(LONGEST));
        let reset = counted(Limit::Ends(100), 100, 10);
        assert_eq!(reset.without(NOW.before(Duration::from_secs(11))).wait(NOW), Some(LONGEST), "a reset of before");
        assert_eq!(reset.without(NOW.before(Duration::from_secs(10))).wait(NOW), None);
    }

    #[test]
    fn a_clock_that_is_ahead_holds_nobody_for_longer_than_a_wait() {
        let of = |ahead: u64| {
            let failures = Failures { count: 40, last: NOW.after(Duration::from_secs(ahead)) };
            Counted::new(FailureBucket::from_bytes([1; 16]), Limit::Waits(5)).holding(failures, NOW).wait(NOW)
        };
        assert_eq!(of(300), Some(LONGEST));
        assert_eq!(of(301), None);
    }
}
