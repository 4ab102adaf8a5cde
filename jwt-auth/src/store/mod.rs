//! Refresh sessions and where they are kept.
//!
//! [`Session`] is the row and the table of moves, [`TokenStore`] the contract of a store. There is a [`MemoryStore`]
//! for tests and small tools, and `SqliteStore` with the feature `sqlite`.

mod any;
mod capabilities;
mod feed;
mod memory;
mod requests;
mod session;
#[cfg(feature = "sqlite")]
mod sqlite;
mod token_store;

pub use any::AnyTokenStore;
pub use capabilities::Capabilities;
pub use feed::{Feed, Revocation, Revoked};
pub use memory::MemoryStore;
pub use requests::{Ending, Presentation, SessionLimit};
pub use session::{Decision, EndReason, Move, NewSession, Session, SessionId, SessionRules};
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;
pub use token_store::TokenStore;

/// How many expired rows one write clears away at most: enough to keep up with any rate of logins (each adds one),
/// few enough that nobody waits for it.
pub const CLEARED_PER_WRITE: usize = 20;
