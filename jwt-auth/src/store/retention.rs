//! For how long a revocation has to be remembered.

use super::Ending;
use crate::clock::Timestamp;
use std::time::Duration;

/// For how long a revocation has to be remembered: until no token that it concerns can be alive.
///
/// The tokens were handed out by some node's clock. Where that clock is ahead they live longer than the clock of the node that revokes
/// them would think, so the last hand-out counts where it lies ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Until this moment, by the clock of whoever revokes: [`Revocation::drop_after`](super::Revocation::drop_after).
    pub until: Timestamp,
    /// For so long from whenever a node hears of it: [`Revocation::lasts`](super::Revocation::lasts).
    pub lasts: Duration,
}

impl Retention {
    /// Of the tokens that were last handed out at this moment.
    pub fn of(ending: Ending, handed_out_at: Timestamp) -> Self {
        let lasts = ending.drop_after.since(ending.now).saturating_add(handed_out_at.since(ending.now));
        Self { until: ending.now.after(lasts), lasts }
    }
}
