//! What tests need: a clock to turn by hand, the contract that every session store must keep, and
//! [`AccessTable::assert_snapshot`](crate::routing::AccessTable::assert_snapshot).

mod access_snapshot;
mod clock;
mod contract;

pub use clock::ManualClock;
pub use contract::store_contract;
