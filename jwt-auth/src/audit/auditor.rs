//! Telling the log and the application of an event.

use super::{AuditEvent, AuditSink};
use crate::clock::Clock;
use std::fmt;
use std::sync::Arc;

/// Tells each event to `tracing` and to the application's sink.
#[derive(Clone)]
pub(crate) struct Auditor {
    clock: Arc<dyn Clock>,
    sink: Option<Arc<dyn AuditSink>>,
}

/// One event at a level. `tracing` wants the level when it is compiled.
macro_rules! trace {
    ($level:ident, $event:expr) => {{
        let (event, subject) = ($event, $event.subject());
        let (presented, newest) = match event {
            AuditEvent::ReuseDetected { presented, newest, .. } => (Some(*presented), Some(*newest)),
            _ => (None, None),
        };
        let (route, rule) = match event {
            AuditEvent::Denied { route, rule, .. } => (route.as_deref(), rule.as_deref()),
            _ => (None, None),
        };
        let key_id = match event {
            AuditEvent::KeyCompromised { key_id, .. } => Some(key_id.as_str()),
            _ => None,
        };
        let login = match event {
            AuditEvent::RefreshRecovered { login, .. } => Some(login),
            _ => None,
        };
        // As `Debug` where a client chose the text: a line break in it makes no second line.
        tracing::$level!(
            target: "jwt_auth::audit",
            event = event.name(),
            user = subject.user.as_ref().map(tracing::field::debug),
            sid = subject.sid.map(tracing::field::display),
            ip = subject.client.ip.as_ref().map(tracing::field::debug),
            user_agent = subject.client.user_agent.as_ref().map(tracing::field::debug),
            login_ip = login.and_then(|login| login.ip.as_ref()).map(tracing::field::debug),
            login_user_agent = login.and_then(|login| login.user_agent.as_ref()).map(tracing::field::debug),
            code = event.code(),
            presented,
            newest,
            route,
            rule,
            key_id,
        );
    }};
}

impl Auditor {
    pub(crate) fn new(clock: Arc<dyn Clock>, sink: Option<Arc<dyn AuditSink>>) -> Self {
        Self { clock, sink }
    }

    pub(crate) fn tell(&self, event: &AuditEvent) {
        match event {
            AuditEvent::ReuseDetected { .. }
            | AuditEvent::RefreshRecovered { by_another_client: true, .. }
            | AuditEvent::KeyCompromised { .. } => {
                trace!(warn, event);
            }
            // What every client does all day.
            AuditEvent::RefreshRotated { .. }
            | AuditEvent::RefreshReplayed { .. }
            | AuditEvent::RefreshRenewed { .. } => trace!(debug, event),
            _ => trace!(info, event),
        }
        if let Some(sink) = &self.sink {
            sink.record(self.clock.now(), event);
        }
    }
}

impl fmt::Debug for Auditor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auditor").field("has_sink", &self.sink.is_some()).finish_non_exhaustive()
    }
}
