//! Refresh sessions: the row, and the one table that says what presenting a refresh token comes to.

mod client_key;
mod client_mark;
mod decision;
mod id;
mod last_proof;
mod move_log;
mod new;
mod outcome;
mod presentation;
mod reauthentication;
mod row;
mod rules;

pub use crate::error::EndReason;
pub(crate) use client_key::ClientKey;
pub use client_mark::ClientMark;
pub use decision::Decision;
pub use id::SessionId;
pub use last_proof::LastProof;
pub use move_log::MoveLog;
pub use new::NewSession;
pub use outcome::Move;
pub use presentation::Presentation;
pub use reauthentication::Reauthentication;
pub use row::Session;
pub use rules::SessionRules;
