//! A sink that keeps what it is told.

use jwt_auth::audit::{AuditEvent, AuditSink};
use jwt_auth::clock::Timestamp;
use std::sync::{Arc, Mutex};

/// The audit events of an application, until they are taken.
#[derive(Clone, Debug, Default)]
pub struct Events(Arc<Mutex<Vec<AuditEvent>>>);

impl Events {
    /// What was told since the last time, in order.
    ///
    /// # Panics
    /// After a panic in another thread that told something.
    pub fn take(&self) -> Vec<AuditEvent> {
        std::mem::take(&mut *self.0.lock().expect("not poisoned"))
    }
}

impl AuditSink for Events {
    fn record(&self, _: Timestamp, event: &AuditEvent) {
        self.0.lock().expect("not poisoned").push(event.clone());
    }
}
