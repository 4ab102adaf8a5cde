//! What tests need: a clock to turn by hand, and the contract that every session store must keep.

mod clock;
mod contract;

pub use clock::ManualClock;
pub use contract::store_contract;
