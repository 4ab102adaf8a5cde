//! By what access tokens of before a proof of identity are told.

use crate::clock::Timestamp;

/// The last proof of identity that a session was given since its login. Access tokens of before it are over (OWASP ASVS 7.2.4).
///
/// Which ones those are is told by generations: clocks of nodes differ, and one that was ahead must not have made everything that comes after
/// it one of before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LastProof {
    /// The generation that it made: `auth_gen` of the access tokens since. 0 for none that is known.
    pub generation: u64,
    /// The latest `auth_time` that the session ever had. A proof that was taken by a release which knew of no generations is told by it.
    pub auth_time: Timestamp,
}

impl LastProof {
    /// What is later in each.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self { generation: self.generation.max(other.generation), auth_time: self.auth_time.max(other.auth_time) }
    }
}
