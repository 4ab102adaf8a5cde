//! Failed logins as a store counts them.

use crate::clock::Timestamp;
use std::fmt;
use std::time::Duration;

/// Whose failed logins are counted together: a name, an address, both, or a device. It is a keyed digest, from which nobody without the
/// signing key learns of whom.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FailureBucket([u8; 16]);

impl FailureBucket {
    /// From its bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for FailureBucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// How many logins of a bucket have failed one after the other, and when the last one did. None: nothing is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    /// How many.
    pub count: u32,
    /// When the last one was counted, by the clock of the node that counted it.
    pub last: Timestamp,
}

/// One failed login, as it is to be counted in one bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailureToCount {
    /// Where.
    pub bucket: FailureBucket,
    /// What was counted last at this moment or before it is over: the count begins anew.
    pub over_at: Timestamp,
    /// How long the count is kept, unless another one is added.
    pub keep: Duration,
}
