//! The settings that the session table needs.

use crate::settings::{ReusePolicy, Settings};
use std::time::Duration;

/// The times and policies of [`Settings`] on which presenting a refresh token is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionRules {
    /// How long after a move its parent is answered with the same successor: `refresh_reuse_grace`.
    pub grace: Duration,
    /// How long after a move its parent may still move the session on: `refresh_recovery_window`.
    pub recovery_window: Duration,
    /// What a parent that comes back after the grace means: `refresh_reuse_policy`.
    pub policy: ReusePolicy,
    /// How often one parent is answered with the same successor. Defaults to
    /// [`MAX_REPLAYS`](Self::MAX_REPLAYS).
    pub max_replays: u32,
    /// How long a session lives unused: `refresh_token_lifetime`.
    pub idle_lifetime: Duration,
}

impl SessionRules {
    /// 64: more than any browser has tabs waking at once, and an end to what one spent token can fetch.
    pub const MAX_REPLAYS: u32 = 64;
}

impl From<&Settings> for SessionRules {
    fn from(settings: &Settings) -> Self {
        Self {
            grace: settings.refresh_reuse_grace,
            recovery_window: settings.refresh_recovery_window,
            policy: settings.refresh_reuse_policy,
            max_replays: Self::MAX_REPLAYS,
            idle_lifetime: settings.refresh_token_lifetime,
        }
    }
}
