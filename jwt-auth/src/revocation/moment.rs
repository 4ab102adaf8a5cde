//! A moment that no step of a clock can move.

use crate::clock::{Clock, Timestamp};
use std::time::Duration;

/// A moment by both clocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) wall: Timestamp,
    pub(crate) monotonic: Duration,
}

impl Moment {
    pub(crate) fn now(clock: &dyn Clock) -> Self {
        Self { wall: clock.now(), monotonic: clock.monotonic() }
    }

    /// How long ago it is, by the clock that says more. A machine that sleeps stops the monotonic one; a wall clock that steps, in either
    /// direction, is not to be believed until the store is heard again.
    pub(crate) fn gap(self, now: Self) -> Duration {
        let wall = now.wall.since(self.wall).max(self.wall.since(now.wall));
        wall.max(now.monotonic.saturating_sub(self.monotonic))
    }
}
