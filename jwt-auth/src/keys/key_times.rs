//! How long the steps of a rotation take.

use crate::settings::Settings;
use std::time::Duration;

/// How long the steps of a rotation take at the least, by the settings of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyTimes {
    /// Until every node has heard of a change: twice `revocation_sync_interval`. No key signs sooner after it was staged.
    pub heard: Duration,
    /// Until every other service has fetched the published keys: a day. Clients of a JWK set ask again after five minutes to twelve hours.
    pub announced: Duration,
    /// Until nothing lives any more that a key has signed, from when it signs no more: the longest lifetime of any token, the leeway twice
    /// (of the token, and of a node whose clock is late), and the five minutes for which published keys may be kept.
    pub kept: Duration,
}

impl KeyTimes {
    /// For how long answers with the published keys may be kept.
    pub const MAX_AGE: Duration = Duration::from_secs(300);

    /// Of these settings.
    pub fn of(settings: &Settings) -> Self {
        let lives = [
            settings.access_token_lifetime,
            settings.refresh_token_lifetime,
            settings.sliding_token_lifetime,
            settings.sliding_token_refresh_lifetime,
        ];
        let longest = lives.into_iter().max().unwrap_or_default();
        Self {
            heard: settings.revocation_sync_interval.saturating_mul(2),
            announced: Duration::from_secs(24 * 3600),
            kept: longest.saturating_add(settings.leeway.saturating_mul(2)).saturating_add(Self::MAX_AGE),
        }
    }
}
