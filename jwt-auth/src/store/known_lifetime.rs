//! How long access tokens live that are in use.

use crate::clock::Timestamp;
use std::time::Duration;

/// A lifetime that a store remembers: see [`TokenStore::remember_lifetime`](super::TokenStore::remember_lifetime).
///
/// It is as long as a revocation has to be kept for such tokens: their life, and what clocks and writes may be late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownLifetime {
    /// How long.
    pub lifetime: Duration,
    /// Every revocation made from this moment on is kept that long at least. From the beginning of time where nothing was ever revoked
    /// before.
    pub since: Timestamp,
}

impl KnownLifetime {
    /// A thousand years: no store needs to count further.
    pub const LONGEST: Duration = Duration::from_secs(1000 * 366 * 24 * 3600);

    /// Whether whatever may concern a token of this life, issued at this moment, is still kept while it lives.
    pub fn covers(&self, lifetime: Duration, issued_at: Timestamp) -> bool {
        lifetime <= self.lifetime && self.since <= issued_at
    }
}
