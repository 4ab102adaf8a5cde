//! For how long a revocation has to be remembered.

use super::Ending;
use crate::clock::Timestamp;
use std::time::Duration;

/// For how long a revocation has to be remembered: until no token that it concerns can be alive.
///
/// The tokens were handed out by some node's clock. Where that clock is ahead they live longer than the clock of the node that revokes
/// them would think, so the last hand-out counts where it lies ahead; and so much more as need not be noted of a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Until this moment, by the clock of whoever revokes: [`Revocation::drop_after`](super::Revocation::drop_after).
    pub until: Timestamp,
    /// For so long from whenever a node hears of it: [`Revocation::lasts`](super::Revocation::lasts).
    pub lasts: Duration,
}

impl Retention {
    /// Hand-outs that move nothing are noted ([`TokenStore::note_hand_out`](super::TokenStore::note_hand_out)) when the last one that was
    /// noted is longer ago than this part of the access lifetime: a fourth of it. Who asks without end does not write without end.
    pub const UNNOTED: u32 = 4;

    /// Of the tokens that were last handed out at this moment, as far as was noted; [`Timestamp::default`] when none were.
    pub fn of(ending: Ending, handed_out_at: Timestamp) -> Self {
        let life = ending.opens_for();
        let latest = handed_out_at.after(life / Self::UNNOTED);
        let lasts = life.saturating_add(latest.since(ending.now));
        Self { until: ending.now.after(lasts), lasts }
    }
}
