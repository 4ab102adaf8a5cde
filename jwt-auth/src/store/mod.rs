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

#[cfg(feature = "django")]
pub use crate::django::ledger::{OutstandingToken, TokenBlacklist};
#[cfg(all(feature = "django", any(feature = "sqlite", feature = "postgres")))]
pub use crate::django::store::{DjangoStore, Flush, Flushed};
pub use any::AnyTokenStore;
pub use capabilities::Capabilities;
pub use feed::{Feed, Revocation, Revoked};
pub use memory::MemoryStore;
pub use requests::{Ending, SessionLimit};
pub(crate) use session::ClientKey;
pub use session::{
    ClientMark, Decision, EndReason, Move, MoveLog, NewSession, Presentation, Reauthentication, Session, SessionId,
    SessionRules,
};
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;
pub use token_store::TokenStore;

use std::time::Duration;

/// How many expired rows one write clears away at most: enough to keep up with any rate of logins (each adds one),
/// few enough that nobody waits for it.
pub const CLEARED_PER_WRITE: usize = 20;

/// One day: so much longer than anybody can need it a store keeps what is over, revocations, used ids and ended rows. A clock
/// that is fast, or steps forward and back, must not clear away what others still go by.
pub const KEPT_LONGER: Duration = Duration::from_secs(24 * 3600);
