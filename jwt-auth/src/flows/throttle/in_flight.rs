//! Tries that are under way on this node: what fails beside a try counts for it, too, so that many at once are no more than one after the other.

use crate::store::FailureBucket;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Which buckets have tries under way.
#[derive(Clone, Default)]
pub(super) struct InFlight(Arc<Mutex<HashMap<FailureBucket, Beside>>>);

#[derive(Default)]
struct Beside {
    tries: u32,
    /// How many of them have failed since there was one.
    failed: u32,
    /// So many of those are still to be counted where all are: who comes meanwhile has to see them here.
    uncounted: u32,
}

/// A try that is under way, until it is dropped.
pub(super) struct Tracked {
    in_flight: InFlight,
    /// Each bucket with the failures that were counted when this one began.
    buckets: Vec<(FailureBucket, u32)>,
    has_failed: bool,
}

impl InFlight {
    pub(super) fn enter(&self, buckets: impl Iterator<Item = FailureBucket>) -> Tracked {
        let mut tries = self.lock();
        let enter = |bucket| {
            let beside = tries.entry(bucket).or_default();
            beside.tries = beside.tries.saturating_add(1);
            (bucket, beside.failed.saturating_sub(beside.uncounted))
        };
        Tracked { buckets: buckets.map(enter).collect(), in_flight: self.clone(), has_failed: false }
    }

    // Nothing panics while it holds the lock.
    fn lock(&self) -> MutexGuard<'_, HashMap<FailureBucket, Beside>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tracked {
    /// How many have failed in each bucket since this one began.
    pub(super) fn failed_beside(&self) -> Vec<u32> {
        let tries = self.in_flight.lock();
        let since = |(bucket, before): &(FailureBucket, u32)| {
            tries.get(bucket).map_or(0, |beside| beside.failed.saturating_sub(*before))
        };
        self.buckets.iter().map(since).collect()
    }

    /// This one has failed, and is counted by when it is dropped. How many had failed in each bucket since it began, without it: of two that
    /// fail at the same moment one is the first.
    pub(super) fn fail(&mut self) -> Vec<u32> {
        self.has_failed = true;
        let mut tries = self.in_flight.lock();
        let note = |(bucket, before): &(FailureBucket, u32)| {
            let Some(beside) = tries.get_mut(bucket) else { return 0 };
            let since = beside.failed.saturating_sub(*before);
            beside.failed = beside.failed.saturating_add(1);
            beside.uncounted = beside.uncounted.saturating_add(1);
            since
        };
        self.buckets.iter().map(note).collect()
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        let mut tries = self.in_flight.lock();
        for (bucket, _) in &self.buckets {
            if let Some(beside) = tries.get_mut(bucket) {
                beside.tries = beside.tries.saturating_sub(1);
                beside.uncounted = beside.uncounted.saturating_sub(u32::from(self.has_failed));
                if beside.tries == 0 {
                    tries.remove(bucket);
                }
            }
        }
    }
}

impl fmt::Debug for InFlight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InFlight").finish_non_exhaustive()
    }
}

impl fmt::Debug for Tracked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracked").finish_non_exhaustive()
    }
}
