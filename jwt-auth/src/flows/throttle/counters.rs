//! Where failures are counted: in the store, and while that is away, or has no counts, in memory.

use super::limit::Counted;
use crate::clock::Timestamp;
use crate::error::StoreError;
use crate::store::{AnyTokenStore, FailureBucket, FailureTable, FailureToCount, Failures, TokenStore};
use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The counts of this node, which stand in for the store's.
#[derive(Default)]
pub(super) struct Counters {
    own: Mutex<FailureTable>,
    /// [`HERE`], or since which kind of question the store is away.
    away: AtomicU8,
}

const HERE: u8 = 0;
const READING: u8 = 1;
const WRITING: u8 = 2;

impl Counters {
    /// What these buckets hold. What was counted here while the store was away, or could not be written to, counts as well.
    pub(super) async fn read(&self, store: Option<&AnyTokenStore>, counted: &mut [Counted], now: Timestamp) {
        let buckets: Vec<FailureBucket> = counted.iter().map(|counted| counted.bucket).collect();
        let of_store = match store {
            Some(store) => self.heard(store.failures(&buckets, now).await, READING),
            None => None,
        };
        let own = self.own();
        for (at, counted) in counted.iter_mut().enumerate() {
            let own = own.read(counted.bucket, now);
            let of_store = of_store.as_ref().and_then(|failures| failures.get(at).copied()).unwrap_or_default();
            let more = if own.count > of_store.count { own } else { of_store };
            *counted = counted.holding(more, now);
        }
    }

    /// Counts one more failure in each, and answers what they hold now.
    pub(super) async fn count(
        &self,
        store: Option<&AnyTokenStore>,
        counted: &[Counted],
        now: Timestamp,
    ) -> Vec<Failures> {
        let failed: Vec<FailureToCount> = counted.iter().map(|counted| counted.to_count()).collect();
        if let Some(store) = store
            && let Some(failures) = self.heard(store.count_failure(&failed, now).await, WRITING)
        {
            return failures;
        }
        let mut own = self.own();
        failed.iter().map(|failed| own.count(failed, now)).collect()
    }

    /// Forgets what these hold.
    pub(super) async fn forget(&self, store: Option<&AnyTokenStore>, counted: &[Counted]) {
        let buckets: Vec<FailureBucket> = counted.iter().map(|counted| counted.bucket).collect();
        {
            let mut own = self.own();
            buckets.iter().for_each(|bucket| own.forget(*bucket));
        }
        if let Some(store) = store {
            self.heard(store.forget_failures(&buckets).await, WRITING);
        }
    }

    /// Says once that the store is away, and once that it is back. One that can be read and not written to is not back by being read.
    fn heard<T>(&self, answer: Result<T, StoreError>, kind: u8) -> Option<T> {
        match answer {
            Ok(answer) => {
                let away = self.away.load(Ordering::Relaxed);
                let is_back = away != HERE && (kind == WRITING || away == READING);
                if is_back && self.away.compare_exchange(away, HERE, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
                    tracing::info!(target: "jwt_auth", "failed logins are counted in the store again");
                }
                Some(answer)
            }
            Err(error) => {
                if self.away.compare_exchange(HERE, kind, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
                    tracing::warn!(
                        target: "jwt_auth", error = &error as &dyn std::error::Error,
                        "the store does not count failed logins now: this node counts them in memory, by itself, until it does. This is said once"
                    );
                }
                None
            }
        }
    }

    // Nothing panics while it holds the lock.
    fn own(&self) -> MutexGuard<'_, FailureTable> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Counters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counters").finish_non_exhaustive()
    }
}
