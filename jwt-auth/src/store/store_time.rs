//! What a store knows of the time.

use crate::clock::Timestamp;

/// What time it is to a store, for its nodes to compare their clocks with; see [`TokenStore::time`](super::TokenStore::time).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreTime {
    /// By a clock of its own, as a database server has one.
    Now(Timestamp),
    /// It has no clock. Its last write was made at this moment by the clock of the node that made it.
    Written(Timestamp),
    /// It cannot say.
    Unknown,
}
