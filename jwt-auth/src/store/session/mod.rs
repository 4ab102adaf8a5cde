//! Refresh sessions: the row, and the one table that says what presenting a refresh token comes to.

mod decision;
mod id;
mod new;
mod outcome;
mod reauthentication;
mod row;
mod rules;

pub use crate::error::EndReason;
pub use decision::Decision;
pub use id::SessionId;
pub use new::NewSession;
pub use outcome::Move;
pub use reauthentication::Reauthentication;
pub use row::Session;
pub use rules::SessionRules;
