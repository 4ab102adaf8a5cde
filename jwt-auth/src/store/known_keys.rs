//! The keys that a store has seen its nodes accept.

use crate::keys::KeyMark;

/// What a store knows of the keys of one namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownKeys {
    /// The marks of all keys that its nodes have accepted since its first session, or since the last reset.
    pub marks: Vec<KeyMark>,
    /// How many sessions are alive.
    pub living_sessions: u64,
}

/// Whether a node may work on a namespace with its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Its keys are remembered from now on.
    Granted,
    /// None of its keys is known, and sessions live that were made with others: to this node their tokens would be forged. Nothing was
    /// remembered.
    Refused {
        /// How many.
        living_sessions: u64,
    },
}

impl KnownKeys {
    /// Whether a node that accepts these keys belongs to the namespace: one of them is known, or there is nobody to log out.
    pub fn admit(&self, keys: &[KeyMark]) -> Admission {
        if self.knows_none_of(keys) && self.living_sessions > 0 {
            return Admission::Refused { living_sessions: self.living_sessions };
        }
        Admission::Granted
    }

    /// Whether keys are known, and none of these.
    pub fn knows_none_of(&self, keys: &[KeyMark]) -> bool {
        !self.marks.is_empty() && !keys.iter().any(|key| self.marks.contains(key))
    }

    /// The known keys that are not among these.
    pub fn missing_from(&self, keys: &[KeyMark]) -> Vec<&KeyMark> {
        self.marks.iter().filter(|mark| !keys.contains(mark)).collect()
    }
}
