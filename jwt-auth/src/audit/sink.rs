//! Where events go.

use super::AuditEvent;
use crate::clock::Timestamp;

/// Takes each event: for a table, a queue or a counter of the application's own. Given to [`Builder::audit`](crate::Builder::audit).
///
/// ```
/// use jwt_auth::audit::{AuditEvent, AuditSink};
/// use jwt_auth::clock::Timestamp;
/// use std::sync::mpsc::Sender;
///
/// struct Alarm(Sender<String>);
///
/// impl AuditSink for Alarm {
///     fn record(&self, _: Timestamp, event: &AuditEvent) {
///         if let AuditEvent::ReuseDetected { subject, .. } = event {
///             // Whoever listens writes the mail.
///             let _ = self.0.send(format!("{:?} had a refresh token stolen", subject.user));
///         }
///     }
/// }
/// ```
pub trait AuditSink: Send + Sync + 'static {
    /// Called once for each event, when it has happened, by the task that answers the request: it must not block and not panic, so
    /// hand the event on to somebody who writes it down. What is told by two requests at once comes in any order.
    fn record(&self, at: Timestamp, event: &AuditEvent);
}
