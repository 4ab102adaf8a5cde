//! Who logged in, refreshed, logged out and was refused: one [`AuditEvent`] for each.
//!
//! Each event goes to `tracing` (target `jwt_auth::audit`) and to the [`AuditSink`] that the builder was given. None holds a
//! token, a password, a key or a hash, and telling one writes to no store of this crate.

mod auditor;
mod code;
mod event;
mod flows;
mod sink;
mod subject;

pub(crate) use auditor::Auditor;
pub use event::AuditEvent;
pub use sink::AuditSink;
pub use subject::Subject;
