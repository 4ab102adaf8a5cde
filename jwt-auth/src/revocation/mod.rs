//! Which access tokens are revoked, known without asking anybody.
//!
//! Access tokens carry their session (`sid`) and the user's epoch (`ep`). A node keeps the few revocations that can still
//! matter in memory: [`Revocations`]. [`Follower`] keeps it up to date from the store's feed.

mod alarm;
mod clock_check;
mod follower;
mod lifetimes;
mod moment;
mod revocations;
#[cfg(test)]
mod tests;
mod token_facts;

pub use clock_check::ClockCheck;
pub(crate) use follower::Beside;
pub use follower::Follower;
pub(crate) use moment::Moment;
pub use revocations::Revocations;
pub(crate) use revocations::WRITE_PATIENCE;
pub use token_facts::TokenFacts;
