//! What tests need: tokens of any kind, an application in memory, a clock to turn by hand, the contract that every session store
//! must keep, and [`AccessTable::assert_snapshot`](crate::routing::AccessTable::assert_snapshot).

mod access_snapshot;
mod clock;
mod contract;
mod test_answer;
mod test_app;
mod test_token;

pub use clock::ManualClock;
pub use contract::store_contract;
pub use test_answer::TestAnswer;
pub use test_app::{TestApp, TestRequest};
pub use test_token::TestToken;

/// A hasher that is quick to compute and therefore worth nothing outside of tests.
#[cfg(feature = "password")]
pub fn quick_hasher() -> crate::password::PasswordHasher {
    crate::password::PasswordHasher::argon2id(8, 1, 1).expect("the least parameters that argon2 takes")
}
