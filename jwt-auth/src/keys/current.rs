//! Something made of the keys of the moment.

use super::{ScheduledRing, VerifyingKey};
use crate::clock::Timestamp;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// What is made of the keys of the moment. It is exchanged whole when they change: by whoever has others, or by time.
#[derive(Debug)]
pub(crate) struct Current<T> {
    made: RwLock<Arc<T>>,
    ring: OnceLock<Arc<ScheduledRing>>,
}

impl<T> Current<T> {
    pub(crate) fn new(made: T) -> Self {
        Self { made: RwLock::new(Arc::new(made)), ring: OnceLock::new() }
    }

    /// From now on it is made of the keys that this ring has at each moment; of the first ring that it is told to follow.
    pub(crate) fn follow(&self, ring: Arc<ScheduledRing>) {
        let _ = self.ring.set(ring);
    }

    /// That of this moment.
    pub(crate) fn at(&self, now: Timestamp, make: impl FnOnce(Vec<VerifyingKey>) -> T) -> Arc<T> {
        if let Some(ring) = self.ring.get() {
            ring.turn(now, |keys| self.replace(make(keys)));
        }
        self.last()
    }

    /// The one that was made last.
    pub(crate) fn last(&self) -> Arc<T> {
        Arc::clone(&self.made.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn replace(&self, made: T) {
        *self.made.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(made);
    }
}
