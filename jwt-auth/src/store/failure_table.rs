//! Counts of failed logins in this process's memory.

use super::{CLEARED_PER_WRITE, FAILURE_ROWS, FailureBucket, FailureToCount, Failures};
use crate::clock::Timestamp;
use std::collections::{BTreeSet, HashMap};

/// So many buckets at most, those in which nothing was counted for the longest leaving first.
#[derive(Default)]
pub(crate) struct FailureTable {
    rows: HashMap<FailureBucket, Row>,
    by_age: BTreeSet<(Timestamp, FailureBucket)>,
    by_end: BTreeSet<(Timestamp, FailureBucket)>,
}

struct Row {
    failures: Failures,
    ends_at: Timestamp,
}

impl FailureTable {
    pub(crate) fn read(&self, bucket: FailureBucket, now: Timestamp) -> Failures {
        self.rows.get(&bucket).filter(|row| row.ends_at > now).map(|row| row.failures).unwrap_or_default()
    }

    pub(crate) fn count(&mut self, failed: &FailureToCount, now: Timestamp) -> Failures {
        let FailureToCount { bucket, over_at, keep } = *failed;
        let before = self.read(bucket, now);
        let goes_on = before.last > over_at;
        let count = if goes_on { before.count.saturating_add(1) } else { 1 };
        self.forget(bucket);
        let row = Row { failures: Failures { count, last: now }, ends_at: now.after(keep) };
        self.by_age.insert((row.failures.last, bucket));
        self.by_end.insert((row.ends_at, bucket));
        let failures = row.failures;
        self.rows.insert(bucket, row);
        self.clear(now);
        failures
    }

    pub(crate) fn forget(&mut self, bucket: FailureBucket) {
        if let Some(row) = self.rows.remove(&bucket) {
            self.by_age.remove(&(row.failures.last, bucket));
            self.by_end.remove(&(row.ends_at, bucket));
        }
    }

    fn clear(&mut self, now: Timestamp) {
        for _ in 0..CLEARED_PER_WRITE {
            match self.by_end.first() {
                Some(&(ends_at, bucket)) if ends_at <= now => self.forget(bucket),
                _ => break,
            }
        }
        while self.rows.len() > FAILURE_ROWS {
            let Some(&(_, bucket)) = self.by_age.first() else { break };
            self.forget(bucket);
        }
    }
}
