//! The keys of a node, and which of them do what at a moment.

use super::{KeyMark, KeyRing, KeySchedule, KeyState, ScheduledKey, SigningKey, VerifyingKey};
use crate::clock::Timestamp;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

/// The keys that a node holds under the schedule that it knows: what signs and what verifies at a moment. Without a schedule the one of
/// `signing_key` signs, and all verify.
#[derive(Debug)]
pub(crate) struct ScheduledRing {
    keys: KeyRing,
    /// Of the keys that can sign, in their order.
    marks: Vec<KeyMark>,
    schedule: RwLock<KeySchedule>,
    /// How often it was exchanged.
    edition: AtomicU64,
}

/// From when to when keys are right that were handed out, and by which schedule.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Term {
    from: Timestamp,
    until: Option<Timestamp>,
    edition: u64,
}

impl ScheduledRing {
    pub(crate) fn new(keys: KeyRing, schedule: KeySchedule) -> Self {
        Self {
            marks: keys.all_signing().iter().map(|key| key.verifying_key().mark()).collect(),
            keys,
            schedule: RwLock::new(schedule),
            edition: AtomicU64::new(0),
        }
    }

    /// The keys whose tokens are accepted at this moment, and for how long that is so.
    pub(crate) fn at(&self, now: Timestamp) -> (Vec<VerifyingKey>, Term) {
        let schedule = self.read();
        let (from, until) = schedule.span(now);
        // It cannot change while the schedule is held.
        let edition = self.edition.load(Ordering::Acquire);
        (self.accepted(&schedule, now), Term { from, until, edition })
    }

    /// Whether what was handed out for this term is right at this moment.
    pub(crate) fn is_right(&self, term: Term, now: Timestamp) -> bool {
        term.edition == self.edition.load(Ordering::Acquire)
            && term.from <= now
            && term.until.is_none_or(|until| now < until)
    }

    /// Goes by this schedule from now on; the one of before, where it is another.
    pub(crate) fn learn(&self, schedule: KeySchedule) -> Option<KeySchedule> {
        let mut known = self.schedule.write().unwrap_or_else(PoisonError::into_inner);
        if *known == schedule {
            return None;
        }
        self.edition.fetch_add(1, Ordering::AcqRel);
        Some(std::mem::replace(&mut *known, schedule))
    }

    pub(crate) fn schedule(&self) -> KeySchedule {
        self.read().clone()
    }

    /// The keys whose tokens are accepted at this moment.
    pub(crate) fn verifying(&self, now: Timestamp) -> Vec<VerifyingKey> {
        self.accepted(&self.read(), now)
    }

    /// The key that signs at this moment; none where every one that could was removed.
    ///
    /// A node that does not hold the key whose time it is goes on with what the others accept: the one before it, or that of its settings.
    pub(crate) fn signer(&self, now: Timestamp) -> Option<&SigningKey> {
        let schedule = self.read();
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
        let schedule = self.read();
        schedule.signer(now).filter(|key| !self.marks.is_empty() && !self.marks.contains(&key.mark)).cloned()
    }

    fn accepted(&self, schedule: &KeySchedule, now: Timestamp) -> Vec<VerifyingKey> {
        let is_accepted = |key: &&VerifyingKey| schedule.state(&key.mark(), now) != Some(KeyState::Removed);
        self.keys.verifying().iter().filter(is_accepted).cloned().collect()
    }

    fn read(&self) -> RwLockReadGuard<'_, KeySchedule> {
        self.schedule.read().unwrap_or_else(PoisonError::into_inner)
    }
}
