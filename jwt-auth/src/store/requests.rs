//! How sessions are ended, as a store is asked.

use super::EndReason;
use crate::clock::Timestamp;

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

/// At most so many sessions per user, those used least recently ending first: `max_sessions_per_user`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimit {
    /// The newcomer included; 0 counts as 1.
    pub max: u32,
    /// Of the sessions that have to go, see [`Ending::drop_after`].
    pub drop_after: Timestamp,
}
