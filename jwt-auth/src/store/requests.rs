//! How sessions are ended, as a store is asked.

use super::EndReason;
use crate::clock::Timestamp;
use std::time::Duration;

/// How and when sessions are ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// Why.
    pub reason: EndReason,
    /// The present moment.
    pub now: Timestamp,
    /// When no access token issued so far can be alive any more (now, the access lifetime and the leeway): until
    /// then the revocation is carried in every node's memory. Never the refresh lifetime, which would fill it.
    pub drop_after: Timestamp,
}

impl Ending {
    /// The same, kept for a store that remembers lifetimes: `drop_after` is never earlier than this long after now.
    #[must_use]
    pub fn kept_for(self, longest: Duration) -> Self {
        Self { drop_after: self.drop_after.max(self.now.after(longest)), ..self }
    }

    /// How long after the end of a session its last access token may open something.
    pub fn opens_for(&self) -> Duration {
        self.drop_after.since(self.now)
    }

    /// When the epoch counts as raised by this ending. It may be later than now, where the clock that says so is known to be slow: the
    /// user's sessions were used at `seen`, or the epoch was raised at `before`. Tokens that say no epoch are told by this moment.
    pub fn raises_at(&self, before: Option<Timestamp>, seen: Option<Timestamp>) -> Timestamp {
        let seen = seen.unwrap_or_default().min(self.now.after(LARGEST_STEP));
        let before = match before {
            // A clock that slow says nothing of when this is.
            Some(before) if before.since(self.now) > USUAL_LEEWAY => before.after(LARGEST_STEP),
            before => before.unwrap_or_default(),
        };
        self.now.max(before).max(seen)
    }
}

/// Tokens count as issued so much earlier than they say; what two clocks differ by within it does no harm.
const USUAL_LEEWAY: Duration = Duration::from_secs(30);

/// Clocks that differ by more are out of order.
const LARGEST_STEP: Duration = Duration::from_secs(5 * 60);

/// At most so many sessions per user, those used least recently ending first: `max_sessions_per_user`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimit {
    /// The newcomer included; 0 counts as 1.
    pub max: u32,
    /// Of the sessions that have to go, see [`Ending::drop_after`].
    pub drop_after: Timestamp,
}
