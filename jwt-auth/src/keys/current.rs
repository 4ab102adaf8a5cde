//! Something made of the keys of the moment.

use super::{ScheduledRing, Term, VerifyingKey};
use crate::clock::Timestamp;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

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
        let Some(ring) = self.ring.get() else { return self.last() };
        let is_right = |made: &Made<T>| made.term.is_some_and(|term| ring.is_right(term, now));
        let made = self.made.read().unwrap_or_else(PoisonError::into_inner);
        if is_right(&made) {
            return Arc::clone(&made.value);
        }
        drop(made);
        let mut made = self.made.write().unwrap_or_else(PoisonError::into_inner);
        if !is_right(&made) {
            let (keys, term) = ring.at(now);
            *made = Made { value: Arc::new(make(keys)), term: Some(term) };
        }
        Arc::clone(&made.value)
    }

    /// Whether this one is still right. Without a word where it is not the last one: then [`at`](Self::at) makes another.
    pub(crate) fn is_still(&self, value: &Arc<T>, now: Timestamp) -> bool {
        let made = self.made.read().unwrap_or_else(PoisonError::into_inner);
        let is_right = |ring: &Arc<ScheduledRing>| made.term.is_some_and(|term| ring.is_right(term, now));
        Arc::ptr_eq(&made.value, value) && self.ring.get().is_none_or(is_right)
    }

    /// The one that was made last.
    pub(crate) fn last(&self) -> Arc<T> {
        Arc::clone(&self.made.read().unwrap_or_else(PoisonError::into_inner).value)
    }

    pub(crate) fn replace(&self, value: T) {
        *self.made.write().unwrap_or_else(PoisonError::into_inner) = Made { value: Arc::new(value), term: None };
    }
}
