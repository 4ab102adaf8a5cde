//! What tests need: a clock to turn by hand, and the contract every session store must keep.

mod clock;

pub use clock::ManualClock;
