//! Refresh sessions and where they are kept.

mod session;
mod token_store;

pub use session::{EndReason, Move, NewSession, Session, SessionId, SessionRules};
pub use token_store::{Revocation, Revoked, TokenStore};
