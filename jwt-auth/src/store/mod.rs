//! Refresh sessions and where they are kept.
//!
//! [`Session`] is the row and the table of moves, [`TokenStore`] the contract of a store. There is a [`MemoryStore`]
//! for tests and small tools, `SqliteStore` with the feature `sqlite` and `PostgresStore` with the feature `postgres`.

mod any;
mod audit_note;
mod capabilities;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod columns;
mod failure_table;
mod failures;
mod feed;
mod known_keys;
mod known_lifetime;
mod memory;
#[cfg(feature = "postgres")]
mod postgres;
mod requests;
mod retention;
mod session;
mod session_place;
#[cfg(feature = "sqlite")]
mod sqlite;
mod store_time;
mod token_store;

#[cfg(feature = "django")]
pub use crate::django::ledger::{OutstandingToken, TokenBlacklist};
#[cfg(all(feature = "django", any(feature = "sqlite", feature = "postgres")))]
pub use crate::django::store::{DjangoStore, Flush, Flushed};
pub use any::AnyTokenStore;
pub use audit_note::AuditNote;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
use audit_note::AuditRow;
pub use capabilities::Capabilities;
pub(crate) use failure_table::FailureTable;
pub use failures::{FailureBucket, FailureToCount, Failures};
pub use feed::{Feed, Revocation, Revoked};
pub use known_keys::{Admission, KnownKeys};
pub use known_lifetime::KnownLifetime;
pub use memory::MemoryStore;
#[cfg(feature = "postgres")]
pub use postgres::PostgresStore;
pub use requests::{Ending, SessionLimit};
pub use retention::Retention;
pub(crate) use session::ClientKey;
pub use session::{
    ClientMark, Decision, EndReason, LastProof, Move, MoveLog, NewSession, Presentation, Reauthentication, Session,
    SessionId, SessionRules,
};
pub use session_place::SessionPlace;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;
pub use store_time::StoreTime;
pub use token_store::TokenStore;

use std::time::Duration;

/// How many expired rows one write clears away at most: enough to keep up with any rate of logins (each adds one),
/// few enough that nobody waits for it.
pub const CLEARED_PER_WRITE: usize = 20;

/// Two days: so much longer than anybody can need it a store keeps what is over, revocations, used ids and ended rows. A clock
/// that is fast, or steps forward and back, must not clear away what others still go by; and of two clocks that are a day off, one may
/// have dated what the other would clear.
pub const KEPT_LONGER: Duration = Duration::from_secs(2 * 24 * 3600);

/// So many sessions are in one page of a list at most.
pub const SESSIONS_PAGE: usize = 100;

/// So many counts of failed logins a namespace has at most: of more of them those leave in which nothing was counted for the longest.
pub const FAILURE_ROWS: usize = 100_000;

/// After so many failed logins a store over SQL looks whether it keeps too many counts.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) const FAILURES_BETWEEN_LOOKS: u64 = 64;

/// So many of them leave at once where there are too many. More than come between two looks: a failure counts in seven places at the most.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) const FAILURES_TRIMMED: u64 = 500;

/// So many entries are in one reading of the feed at most.
pub(crate) const FEED_PAGE: usize = 1000;
