//! When one key does what.

use super::KeyMark;
use crate::clock::Timestamp;
use std::fmt;

/// What a store remembers of a key's life: its name and its times, and nothing of the key itself but its mark.
///
/// The times are agreed in advance and judged by each node's own clock, so that all nodes change over without talking to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduledKey {
    /// By which nodes know whether they hold it.
    pub mark: KeyMark,
    /// What commands call it: its `kid`.
    pub key_id: String,
    /// When the store was told that nodes have it.
    pub staged_at: Timestamp,
    /// From when on it signs; `None` as long as that is not agreed.
    pub active_from: Option<Timestamp>,
    /// From when on it only verifies.
    pub retiring_from: Option<Timestamp>,
    /// From when on what it signed is refused.
    pub removed_at: Option<Timestamp>,
    /// When it was found to be known to others. From then on it is removed, whatever a node's clock says.
    pub compromised_at: Option<Timestamp>,
}

/// Where a key stands in its life. In this order, and no way leads back from the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyState {
    /// Published and accepted; signs nothing yet.
    Staged,
    /// Signs. Of several the one that became active last does.
    Active,
    /// Accepted; signs nothing any more.
    Retiring,
    /// What it signed is refused.
    Removed,
}

impl ScheduledKey {
    /// A key that is staged at this moment, with nothing agreed of what comes.
    pub fn staged(mark: KeyMark, key_id: &str, staged_at: Timestamp) -> Self {
        let key_id = key_id.to_owned();
        Self { mark, key_id, staged_at, active_from: None, retiring_from: None, removed_at: None, compromised_at: None }
    }

    /// Where it stands at this moment.
    pub fn state(&self, now: Timestamp) -> KeyState {
        let is_past = |time: Option<Timestamp>| time.is_some_and(|time| time <= now);
        if self.compromised_at.is_some() || is_past(self.removed_at) {
            KeyState::Removed
        } else if is_past(self.retiring_from) {
            KeyState::Retiring
        } else if is_past(self.active_from) {
            KeyState::Active
        } else {
            KeyState::Staged
        }
    }

    /// The moments at which it changes.
    pub(super) fn changes(&self) -> impl Iterator<Item = Timestamp> {
        [self.active_from, self.retiring_from, self.removed_at].into_iter().flatten()
    }
}

impl fmt::Display for KeyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Staged => "staged",
            Self::Active => "active",
            Self::Retiring => "retiring",
            Self::Removed => "removed",
        })
    }
}
