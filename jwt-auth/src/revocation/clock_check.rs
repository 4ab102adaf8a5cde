//! Whether this node's clock is right.

use super::moment::Moment;
use crate::clock::Clock;
use crate::error::StoreError;
use crate::store::StoreTime;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Compares a node's clock with its store's, at the start and at each reading of the feed.
///
/// A database server has a clock. A file has none; there the last write is looked at, which some node dated by its own clock. It cannot
/// lie ahead of a clock that is right, and if it was made since the last look it cannot be older than that. A write that nobody
/// follows is believed for five minutes only: the clock that dated it may have been the wrong one.
pub struct ClockCheck {
    clock: Arc<dyn Clock>,
    leeway: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    last_look: Option<Moment>,
    /// What was last told that was new, and when.
    told: Option<(StoreTime, Moment)>,
    difference: Difference,
    /// When it was last off, by the clock that nobody sets.
    warned_at: Option<Duration>,
}

/// How far this clock is from the store's.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Difference {
    ahead: Duration,
    behind: Duration,
}

impl ClockCheck {
    /// Five minutes: a clock that is further off makes its node unfit.
    pub const LIMIT: Duration = Duration::from_secs(300);

    /// What a write may wait in its queue after it was dated.
    const QUEUED: Duration = Duration::from_secs(10);

    /// For this clock, with the setting `leeway`.
    pub fn new(clock: Arc<dyn Clock>, leeway: Duration) -> Self {
        Self { clock, leeway, state: Mutex::default() }
    }

    /// Looks at the store's [`time`](crate::store::TokenStore::time). A clock that is further off than the leeway (a second at the least) is told of in the log, once, and so
    /// is its return.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be asked.
    pub async fn compare(&self, time: impl Future<Output = Result<StoreTime, StoreError>>) -> Result<(), StoreError> {
        let asked = Moment::now(&*self.clock);
        self.note(asked, time.await?);
        Ok(())
    }

    fn note(&self, asked: Moment, told: StoreTime) {
        let answered = Moment::now(&*self.clock);
        let mut state = self.state();
        state.difference = state.judge(asked, told, answered);
        state.last_look = Some(asked);
        let Difference { ahead, behind } = state.difference;
        let is_off = ahead.max(behind) > self.leeway.max(Duration::from_secs(1));
        let now = answered.monotonic;
        if is_off && state.warned_at.is_none() {
            tracing::warn!(
                target: "jwt_auth", ?ahead, ?behind,
                "this node's clock and the store's differ by more than the leeway: tokens of one may be refused by the other; set the clock, or run a time service"
            );
        }
        if is_off {
            state.warned_at = Some(now);
        } else if state.warned_at.is_some_and(|warned_at| now.saturating_sub(warned_at) > Self::LIMIT) {
            // Not at once: of two nodes that write in turn the one is told of the other's clock again and again.
            state.warned_at = None;
            tracing::info!(target: "jwt_auth", "this node's clock and the store's agree again");
        }
    }

    /// How far this node's clock was from the store's when it was last compared, if it was further than [`LIMIT`](Self::LIMIT).
    pub fn is_far_off(&self) -> Option<Duration> {
        let Difference { ahead, behind } = self.state().difference;
        Some(ahead.max(behind)).filter(|off| *off > Self::LIMIT)
    }

    /// For a health check.
    pub(crate) fn health(&self) -> Result<(), StoreError> {
        match self.is_far_off() {
            Some(off) => Err(StoreError::unavailable(format!(
                "this node's clock and the store's differ by {} seconds",
                off.as_secs()
            ))),
            None => Ok(()),
        }
    }

    // A half-made change is a look that will be repeated.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn judge(&mut self, asked: Moment, told: StoreTime, answered: Moment) -> Difference {
        let before = self.told.filter(|(before, _)| *before == told);
        let since = before.map_or(asked, |(_, since)| since);
        self.told = Some((told, since));
        match told {
            StoreTime::Unknown => Difference::default(),
            StoreTime::Now(now) => Difference { ahead: asked.wall.since(now), behind: now.since(answered.wall) },
            StoreTime::Written(written) => {
                let is_believed = asked.monotonic.saturating_sub(since.monotonic) <= ClockCheck::LIMIT;
                let behind = if is_believed { written.since(answered.wall) } else { Duration::ZERO };
                let earliest = self.last_look.filter(|_| before.is_none()).map(|last| {
                    let passed = asked.monotonic.saturating_sub(last.monotonic);
                    asked.wall.before(passed.saturating_add(ClockCheck::QUEUED))
                });
                Difference { ahead: earliest.map_or(Duration::ZERO, |earliest| earliest.since(written)), behind }
            }
        }
    }
}

impl fmt::Debug for ClockCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClockCheck").field("is_far_off", &self.is_far_off()).finish_non_exhaustive()
    }
}
