//! How a node is.

use std::time::Duration;

/// How a node is that can be used, as [`JwtAuth::health`](crate::JwtAuth::health) answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Health {
    /// How long ago this node last began to read the store's revocations and came to their end. It is about `revocation_sync_interval` at most
    /// while the store answers; logouts made elsewhere since then may be unknown here. `None` without a store that has a feed of them.
    pub revocation_lag: Option<Duration>,
}
