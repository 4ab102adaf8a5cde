//! Something made of the keys of the moment.

use super::{ScheduledRing, Term, VerifyingKey};
use crate::clock::Timestamp;
use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard};

/// What is made of the keys of the moment. It is exchanged whole when they change: by whoever has others, or by time.
#[derive(Debug)]
pub(crate) struct Current<T> {
    made: RwLock<Made<T>>,
    ring: OnceLock<Arc<ScheduledRing>>,
}

#[derive(Debug)]
struct Made<T> {
    value: Arc<T>,
    /// How long it is right; none where no ring was asked.
    term: Option<Term>,
}

impl<T> Current<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { made: RwLock::new(Made { value: Arc::new(value), term: None }), ring: OnceLock::new() }
    }

    /// From now on it is made of the keys that this ring has at each moment; of the first ring that it is told to follow.
    pub(crate) fn follow(&self, ring: Arc<ScheduledRing>) {
        let _ = self.ring.set(ring);
    }

    /// That of this moment.
    pub(crate) fn at(&self, now: Timestamp, make: impl FnOnce(Vec<VerifyingKey>) -> T) -> Arc<T> {
        if let Some(value) = self.if_right(&self.made(), now) {
            return Arc::clone(value);
        }
        let mut made = self.made.write().unwrap_or_else(PoisonError::into_inner);
        if self.if_right(&made, now).is_none()
            && let Some(ring) = self.ring.get()
        {
            let (keys, term) = ring.at(now);
            *made = Made { value: Arc::new(make(keys)), term: Some(term) };
        }
        Arc::clone(&made.value)
    }

    /// Whether this one is that of this moment as well.
    pub(crate) fn is_still(&self, value: &Arc<T>, now: Timestamp) -> bool {
        self.if_right(&self.made(), now).is_some_and(|current| Arc::ptr_eq(current, value))
    }

    /// The one that was made last.
    pub(crate) fn last(&self) -> Arc<T> {
        Arc::clone(&self.made().value)
    }

    pub(crate) fn replace(&self, value: T) {
        *self.made.write().unwrap_or_else(PoisonError::into_inner) = Made { value: Arc::new(value), term: None };
    }

    /// What was made, where it is what the ring says of this moment; without a ring it always is.
    fn if_right<'m>(&self, made: &'m Made<T>, now: Timestamp) -> Option<&'m Arc<T>> {
        let says_so = |ring: &Arc<ScheduledRing>| made.term.is_some_and(|term| ring.is_right(term, now));
        self.ring.get().is_none_or(says_so).then_some(&made.value)
    }

    fn made(&self) -> RwLockReadGuard<'_, Made<T>> {
        self.made.read().unwrap_or_else(PoisonError::into_inner)
    }
}
