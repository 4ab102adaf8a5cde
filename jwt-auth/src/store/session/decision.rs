//! The table: what presenting a refresh token of some generation comes to.
//!
//! Nothing here waits, reads a clock or writes. Stores decide by [`Presentation::decide_and_apply`] alone; the
//! statements that do the commonest rows by themselves (`store/sqlite`, `store/postgres`) are held to it by tests over random rows.

use super::{EndReason, Presentation, Session, SessionRules};
use crate::clock::Timestamp;
use crate::settings::ReusePolicy;
use std::time::Duration;

/// What is to be done about a presented generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The newest generation, or a young one with a new proof: make the next one after the newest.
    Rotate,
    /// A young one by the same client: hand out the newest once more (a lost answer, or two tabs at once).
    Replay,
    /// The parent, late or from elsewhere: make a new generation; what was handed out before becomes an orphan.
    Recover,
    /// Young, by another client: the one that moved may be the same person's other address. Wait: 409.
    Conflict,
    /// Spent, and no honest client would present it: the session ends.
    Theft,
    /// Nothing to move: over, or a token that the row contradicts ([`EndReason::Unknown`]).
    Ended(EndReason),
}

impl Decision {
    /// Whether tokens are handed out.
    pub const fn hands_out(self) -> bool {
        matches!(self, Self::Rotate | Self::Replay | Self::Recover)
    }
}

impl Presentation {
    /// Decides on the presented generation `p` of this row, and changes nothing. The first that fits:
    ///
    /// | decision | condition |
    /// |---|---|
    /// | `Ended` | ended, idle or absolute life over; `p` above the newest, or another user's row (`Unknown`) |
    /// | `Rotate` | `p` is the newest |
    /// | `Replay` | `p` is young and the client the same |
    /// | `Conflict` | `p` is young, the client another, and one of: `p` is not the parent; the last move is less than min(g, 10 s) ago; the last hand-out is, and the last move less than 30 s; policy `Revoke`, and `p` was superseded less than g ago |
    /// | `Recover` | `p` is the parent, under [`ReusePolicy::Recover`], at most 8 generations back, the last move within `recovery_window` |
    /// | `Theft` | anything else |
    ///
    /// `p` was *superseded* when it stopped being the newest ([`MoveLog`](super::MoveLog)). *The same client* made the last move
    /// ([`ClientMark`](super::ClientMark)); after [`max_replays`](SessionRules::max_replays) replays of one generation, and where
    /// no mark is known, nobody is. G is [`grace`](SessionRules::grace), g at most 30 s of it. `p` is *young* when it was
    /// superseded less than G ago (the same client) or less than g ago (another), or is the parent and the newest
    /// was handed out less than g/2 ago: one tab may be answered just before the grace ends and another present the same parent
    /// just after, and were that a recovery, the first tab would be left with an orphan.
    ///
    /// A new proof of identity is for the client that gave it, and not for whoever else holds a token of before, however often the
    /// session has moved since:
    ///
    /// | the table says | but | so |
    /// |---|---|---|
    /// | `Replay` | the request proves the user anew, and the newest generation did not come of that proof | `Rotate`: on from the newest, of which `p` becomes an ancestor |
    /// | `Replay` | `p` is of before the last proof, and none is given | `Conflict`; what another client gets where the last move lies ahead |
    /// | `Recover` | `p` is of before the last proof, and none is given | `Recover`, and the session forgets the proof |
    ///
    /// A clock that steps back makes times lie ahead; they count as this very moment, but hold nobody off when it is by more than
    /// [`AHEAD`](SessionRules::AHEAD), and then keep nothing young that was superseded before a move by a clock that is right. A grace of 0
    /// is none.
    #[must_use]
    pub fn decide(&self, session: &Session) -> Decision {
        if self.user_id != session.user_id {
            return Decision::Ended(EndReason::Unknown);
        }
        let is_same_client = self.is_by(session.moved_by);
        let decision = session.present_by(self, is_same_client);
        match (&self.reauthentication, decision) {
            (Some(proof), Decision::Replay) if !(session.is_proven() && session.says_as_much_as(proof)) => {
                Decision::Rotate
            }
            (None, Decision::Replay) if session.was_proven_after(self.generation) => {
                // Until it is no longer young: which it would be until its time comes, had a clock that was ahead made the move.
                if self.lies_ahead(session.moved_at) { session.present_by(self, false) } else { Decision::Conflict }
            }
            (_, decision) => decision,
        }
    }

    /// Whether it was a clock that was wrong which said this moment. It holds nobody off.
    fn lies_ahead(&self, moment: Timestamp) -> bool {
        moment > self.now.after(SessionRules::AHEAD)
    }

    /// [`decide`](Self::decide)s and does to the row what was decided; `Conflict` and `Ended` change nothing.
    ///
    /// The absolute end never moves. A replay leaves the time of the move alone and only notes the hand-out.
    pub fn decide_and_apply(&self, session: &mut Session) -> Decision {
        let decision = self.decide(session);
        let forgets = self.reauthentication.is_none()
            && decision == Decision::Recover
            && session.was_proven_after(self.generation);
        session.apply(decision, self);
        if forgets {
            session.forget_proof();
        }
        if let Some(proof) = self.reauthentication.as_ref().filter(|_| decision.hands_out()) {
            session.reauthenticate(proof, self.now);
        }
        decision
    }
}

impl Session {
    /// The first of the two tables.
    fn present_by(&self, presented: &Presentation, is_same_client: bool) -> Decision {
        let &Presentation { generation, now, ref rules, .. } = presented;
        if let Some(reason) = self.end_reason(now) {
            return Decision::Ended(reason);
        }
        if generation > self.generation {
            return Decision::Ended(EndReason::Unknown);
        }
        if generation == self.generation {
            return Decision::Rotate;
        }
        let is_parent = self.parent == Some(generation);
        // `None`: longer ago than anybody remembers.
        let age = self.moves.superseded_at(generation, now.after(SessionRules::AHEAD)).map(|moment| now.since(moment));
        let within = |limit: Duration| age.is_some_and(|age| age < limit);
        // A clock that was far ahead holds nobody off until its time has come, and keeps nothing young.
        let since = |moment| if presented.lies_ahead(moment) { Duration::MAX } else { now.since(moment) };
        let (moved_ago, handed_out_ago) = (since(self.moved_at), since(self.handed_out_at));
        let others = rules.grace.min(SessionRules::OTHERS_GRACE);
        let is_young = within(others) || (is_parent && handed_out_ago < others / 2);

        if is_same_client && (is_young || within(rules.grace)) && self.replays < rules.max_replays {
            return Decision::Replay;
        }
        let hold = others.min(SessionRules::HOLD);
        // Hand-outs prolong the hold for a while only: else a thief who replays keeps the owner waiting for ever.
        let is_held = moved_ago < hold || (handed_out_ago < hold && moved_ago < SessionRules::LONGEST_HOLD);
        if is_young && (!is_parent || is_held) {
            return Decision::Conflict;
        }
        match rules.policy {
            ReusePolicy::Revoke if within(others) => Decision::Conflict,
            ReusePolicy::Recover
                if is_parent
                    && self.generation - generation <= SessionRules::MAX_RECOVERIES
                    && now.since(self.moved_at) <= rules.recovery_window =>
            {
                Decision::Recover
            }
            ReusePolicy::Recover | ReusePolicy::Revoke => Decision::Theft,
        }
    }

    fn apply(&mut self, decision: Decision, presented: &Presentation) {
        match decision {
            Decision::Rotate => {
                self.parent = Some(self.generation);
                self.move_on(presented);
            }
            Decision::Recover => self.move_on(presented),
            Decision::Replay => {
                self.replays = self.replays.saturating_add(1);
                self.handed_out_at = self.handed_out_at.max(presented.now);
            }
            Decision::Theft => self.ended = Some(EndReason::TokenReused),
            Decision::Conflict | Decision::Ended(_) => {}
        }
    }

    fn move_on(&mut self, presented: &Presentation) {
        let &Presentation { now, ref rules, client, .. } = presented;
        self.moves.note(self.generation, now, self.moved_at, rules.slot());
        self.generation = self.generation.saturating_add(1);
        self.replays = 0;
        self.moved_by = client;
        self.moved_at = now;
        self.handed_out_at = self.handed_out_at.max(now);
        // Never earlier than the presented token promises, though the idle life be shorter today, or this node's clock slow.
        self.idle_expires_at = now.after(rules.idle_lifetime).max(self.idle_expires_at).min(self.expires_at);
        self.keep_until = self.keep_until.max(self.idle_expires_at.after(presented.drop_after.since(now)));
    }
}

#[cfg(test)]
#[path = "decision_tests.rs"]
mod tests;
