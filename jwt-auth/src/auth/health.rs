//! How a node is.

use std::time::Duration;

/// How a node is that can be used, as [`JwtAuth::health`](crate::JwtAuth::health) answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Health {
    /// How long ago this node last began to read the store's revocations and came to their end. It is about `revocation_sync_interval` at most
    /// while the store answers; logouts made elsewhere since then may be unknown here. `None` without a store that has a feed of them.
    pub revocation_lag: Option<Duration>,
    /// Whether another key is to sign by now, by the schedule of `jwt-auth keys`, than any of this node's. It goes on with an older one, which the
    /// others accept, and refuses what they issue: give it the key in `key_ring`. No reason to send it no requests, as that would be all of them
    /// where no node has the key.
    pub lacks_signing_key: bool,
}
