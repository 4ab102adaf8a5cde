//! The settings that the session table needs.

use crate::settings::{ReusePolicy, Settings};
use std::time::Duration;

/// The times and policies of [`Settings`] on which presenting a refresh token is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionRules {
    /// How long after it was superseded a generation is answered with the newest one: `refresh_reuse_grace`. That is for the client
    /// that made the last move; for others it is [`OTHERS_GRACE`](Self::OTHERS_GRACE) at most.
    pub grace: Duration,
    /// How long after a move its parent may still move the session on: `refresh_recovery_window`.
    pub recovery_window: Duration,
    /// What a parent that comes back after the grace means: `refresh_reuse_policy`.
    pub policy: ReusePolicy,
    /// After how many replays of one generation nobody is the same client any more. Defaults to
    /// [`MAX_REPLAYS`](Self::MAX_REPLAYS).
    pub max_replays: u32,
    /// How long a session lives unused: `refresh_token_lifetime`.
    pub idle_lifetime: Duration,
}

impl SessionRules {
    /// 64: more than any browser has tabs waking at once, and an end to what one spent token can fetch.
    pub const MAX_REPLAYS: u32 = 64;
    /// 30 seconds: the longest grace of a client other than the one that made the last move.
    pub const OTHERS_GRACE: Duration = Duration::from_secs(30);
    /// 10 seconds: for so long after a move or a hand-out another client is told to wait, be it the same person's with another address.
    pub const HOLD: Duration = Duration::from_secs(10);
    /// 30 seconds: so long after a move hand-outs still hold other clients off.
    pub const LONGEST_HOLD: Duration = Duration::from_secs(30);
    /// 8: how often one parent moves a session on. More than lost answers in a row, and an end to two that take turns.
    pub const MAX_RECOVERIES: u64 = 8;

    /// 30 seconds: a time that lies further ahead was written by a clock that was wrong. It holds nobody off.
    pub const AHEAD: Duration = Duration::from_secs(30);

    /// The width of a slot of [`MoveLog`](super::MoveLog).
    pub(crate) fn slot(&self) -> Duration {
        (self.grace / 15).max(Duration::from_millis(1))
    }
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
