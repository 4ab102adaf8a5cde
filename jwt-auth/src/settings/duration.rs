//! Durations as settings write them.

use std::time::Duration;

/// So many seconds.
pub const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// So many minutes.
pub const fn minutes(n: u64) -> Duration {
    Duration::from_secs(n.saturating_mul(60))
}

/// So many hours.
pub const fn hours(n: u64) -> Duration {
    Duration::from_secs(n.saturating_mul(3600))
}

/// So many days.
pub const fn days(n: u64) -> Duration {
    Duration::from_secs(n.saturating_mul(86_400))
}
