//! The table: what presenting a refresh token of some generation comes to.
//!
//! Nothing here waits, reads a clock or writes; every store decides by these two functions, so no two stores differ.

use super::{EndReason, Session, SessionRules};
use crate::clock::Timestamp;
use crate::settings::ReusePolicy;

/// What is to be done about a presented generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The newest generation: make the next one.
    Rotate,
    /// Its parent, in time: hand out the same successor again (a lost answer, or two tabs at once).
    Replay,
    /// Its parent, late: make a new generation; what was handed out before becomes an orphan.
    Recover,
    /// Spent, but so shortly after a move that the client may simply not have read its newer token yet: 409.
    Conflict,
    /// Spent, and no honest client would present it: the session ends.
    Theft,
    /// Nothing to move: over, or a generation that was never made ([`EndReason::Unknown`]).
    Ended(EndReason),
}

impl Decision {
    /// Whether tokens are handed out.
    pub const fn hands_out(self) -> bool {
        matches!(self, Self::Rotate | Self::Replay | Self::Recover)
    }
}

impl Session {
    /// Decides on a presented generation. First match wins:
    ///
    /// | decision | condition |
    /// |---|---|
    /// | `Ended` | ended, idle or absolute life over, or a generation above the newest (`Unknown`) |
    /// | `Rotate` | the newest generation |
    /// | `Replay` | its parent, within `grace` of the move or within half a `grace` of the last hand-out, fewer than `max_replays` times |
    /// | `Conflict` | the same, but replayed too often: waiting helps, for nothing is handed out meanwhile |
    /// | `Recover` | its parent, later, under [`ReusePolicy::Recover`], within `recovery_window` of the move |
    /// | `Conflict` | an orphan or anything older, within `grace` of the move |
    /// | `Theft` | anything else |
    ///
    /// Why half a grace after a hand-out: one tab may be answered with the successor just before the grace ends, and
    /// another present the same parent just after. Were that a recovery, the first tab would be left with an orphan
    /// and its user logged out for nothing.
    ///
    /// What `Recover` costs: a thief who holds the parent has access until the real client next refreshes; that
    /// client's token is then an orphan, which ends the session.
    ///
    /// A clock that steps back makes times lie ahead; they count as this very moment.
    #[must_use]
    pub fn present(&self, presented: u64, now: Timestamp, rules: &SessionRules) -> Decision {
        if let Some(reason) = self.end_reason(now) {
            return Decision::Ended(reason);
        }
        if presented > self.generation {
            return Decision::Ended(EndReason::Unknown);
        }
        if presented == self.generation {
            return Decision::Rotate;
        }
        if self.parent == Some(presented) {
            return self.present_parent(now, rules);
        }
        if now.since(self.moved_at) <= rules.grace {
            return Decision::Conflict;
        }
        Decision::Theft
    }

    fn present_parent(&self, now: Timestamp, rules: &SessionRules) -> Decision {
        let since_move = now.since(self.moved_at);
        let replayable = since_move <= rules.grace || now.since(self.handed_out_at) <= rules.grace / 2;
        match rules.policy {
            _ if replayable && self.replays < rules.max_replays => Decision::Replay,
            _ if replayable => Decision::Conflict,
            ReusePolicy::Recover if since_move <= rules.recovery_window => Decision::Recover,
            ReusePolicy::Recover | ReusePolicy::Revoke => Decision::Theft,
        }
    }

    /// Does to the row what the decision says; `Conflict` and `Ended` change nothing.
    ///
    /// The absolute end never moves. A replay leaves the time of the move alone and only notes the hand-out, so what
    /// stretches its window is counted by `max_replays`.
    pub fn apply(&mut self, decision: Decision, now: Timestamp, rules: &SessionRules) {
        match decision {
            Decision::Rotate => {
                self.parent = Some(self.generation);
                self.move_on(now, rules);
            }
            Decision::Recover => self.move_on(now, rules),
            Decision::Replay => {
                self.replays = self.replays.saturating_add(1);
                self.handed_out_at = now;
            }
            Decision::Theft => self.ended = Some(EndReason::TokenReused),
            Decision::Conflict | Decision::Ended(_) => {}
        }
    }

    fn move_on(&mut self, now: Timestamp, rules: &SessionRules) {
        self.generation = self.generation.saturating_add(1);
        self.replays = 0;
        self.previous_move_at = self.moved_at;
        self.moved_at = now;
        self.handed_out_at = now;
        self.idle_expires_at = now.after(rules.idle_lifetime).min(self.expires_at);
    }
}

#[cfg(test)]
#[path = "decision_tests.rs"]
mod tests;
