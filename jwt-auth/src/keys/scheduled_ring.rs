//! The keys of a node, and which of them do what at a moment.

use super::{KeyMark, KeyRing, KeySchedule, KeyState, ScheduledKey, SigningKey, VerifyingKey};
use crate::clock::Timestamp;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

/// The keys that a node holds under the schedule that it knows: what signs and what verifies at a moment. Without a schedule the one of
/// `signing_key` signs, and all verify.
#[derive(Debug)]
pub(crate) struct ScheduledRing {
    keys: KeyRing,
    /// Of the keys that can sign, in their order.
    marks: Vec<KeyMark>,
    schedule: RwLock<KeySchedule>,
    /// What was last told to those who verify is right from this moment on (in milliseconds) ..
    from: AtomicU64,
    /// .. and before this one.
    until: AtomicU64,
    turning: Mutex<()>,
}

impl ScheduledRing {
    pub(crate) fn new(keys: KeyRing, schedule: KeySchedule) -> Self {
        Self {
            marks: keys.all_signing().iter().map(|key| key.verifying_key().mark()).collect(),
            keys,
            schedule: RwLock::new(schedule),
            from: AtomicU64::new(u64::MAX),
            until: AtomicU64::new(0),
            turning: Mutex::default(),
        }
    }

    /// Has whoever verifies take the keys of this moment, where that is not what they have.
    pub(crate) fn turn(&self, now: Timestamp, take: impl FnOnce(Vec<VerifyingKey>)) {
        let is_right =
            || (self.from.load(Ordering::Acquire)..self.until.load(Ordering::Acquire)).contains(&now.millis());
        if is_right() {
            return;
        }
        let _turning = self.turning();
        if is_right() {
            return;
        }
        let (from, until) = self.schedule().span(now);
        take(self.verifying(now));
        self.from.store(from.millis(), Ordering::Release);
        self.until.store(until.map_or(u64::MAX, Timestamp::millis), Ordering::Release);
    }

    /// Goes by this schedule from now on; the one of before, where it is another.
    pub(crate) fn learn(&self, schedule: KeySchedule) -> Option<KeySchedule> {
        let _turning = self.turning();
        if self.schedule() == schedule {
            return None;
        }
        let mut known = self.schedule.write().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *known, schedule);
        self.until.store(0, Ordering::Release);
        Some(before)
    }

    pub(crate) fn schedule(&self) -> KeySchedule {
        self.schedule.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The keys whose tokens are accepted at this moment.
    pub(crate) fn verifying(&self, now: Timestamp) -> Vec<VerifyingKey> {
        let schedule = self.schedule();
        let is_accepted = |key: &&VerifyingKey| schedule.state(&key.mark(), now) != Some(KeyState::Removed);
        self.keys.verifying().iter().filter(is_accepted).cloned().collect()
    }

    /// The key that signs at this moment; none where every one that could was removed.
    ///
    /// A node that does not hold the key whose time it is goes on with what the others accept: the one before it, or that of its settings.
    pub(crate) fn signer(&self, now: Timestamp) -> Option<&SigningKey> {
        let schedule = self.schedule.read().unwrap_or_else(PoisonError::into_inner);
        if schedule.is_empty() {
            return self.keys.signing();
        }
        let rank = |at: usize, mark: &KeyMark| match schedule.get(mark) {
            // A key of the ring that nothing was agreed of signs nothing.
            None => (at == 0).then_some((1, Timestamp::default())),
            Some(row) => match row.state(now) {
                KeyState::Active => Some((3, row.active_from.unwrap_or_default())),
                KeyState::Retiring => Some((2, row.active_from.unwrap_or_default())),
                KeyState::Staged => Some((0, row.staged_at)),
                KeyState::Removed => None,
            },
        };
        let ranked = self.marks.iter().enumerate().filter_map(|(at, mark)| Some((rank(at, mark)?, at)));
        self.keys.all_signing().get(ranked.max()?.1)
    }

    /// All keys that may sign one day, that of the settings first.
    pub(crate) fn all_signing(&self) -> &[SigningKey] {
        self.keys.all_signing()
    }

    /// Whether any of its keys has a public half to show.
    pub(crate) fn has_public(&self) -> bool {
        self.keys.verifying().iter().any(|key| !key.algorithm().is_symmetric())
    }

    /// Whether it can check what the key of this mark signs.
    pub(crate) fn has(&self, mark: &KeyMark) -> bool {
        self.keys.verifying().iter().any(|key| key.mark() == *mark)
    }

    /// The key that is to sign at this moment, where this node signs and does not hold it.
    pub(crate) fn missing_signer(&self, now: Timestamp) -> Option<ScheduledKey> {
        let schedule = self.schedule.read().unwrap_or_else(PoisonError::into_inner);
        schedule.signer(now).filter(|key| !self.marks.is_empty() && !self.marks.contains(&key.mark)).cloned()
    }

    fn turning(&self) -> MutexGuard<'_, ()> {
        self.turning.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
