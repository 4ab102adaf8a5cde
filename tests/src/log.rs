//! What the crate says to `tracing` while something happens.

use crate::{audit, canary};
use std::fmt::{self, Write};
use std::sync::{Arc, Mutex, OnceLock};
use tracing::field::{Field, Visit};
use tracing::span;

/// Runs the work on this thread and returns the events of `jwt_auth` and its rooms, a line each: level, target, fields.
///
/// # Panics
/// When there is no runtime to be had.
pub fn logged(work: impl Future<Output = ()>) -> String {
    // While there is one subscriber only, an event that another thread reaches first is switched off for all.
    static SECOND: OnceLock<tracing::Dispatch> = OnceLock::new();
    SECOND.get_or_init(|| tracing::Dispatch::new(Lines::default()));
    let lines = Lines::default();
    let kept = Arc::clone(&lines.0);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    tracing::subscriber::with_default(lines, || runtime.block_on(work));
    let kept = kept.lock().expect("not poisoned");
    kept.clone()
}

#[derive(Default)]
struct Lines(Arc<Mutex<String>>);

impl tracing::Subscriber for Lines {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target() == audit::PROBE
            || metadata.target() == "jwt_auth"
            || metadata.target().starts_with("jwt_auth::")
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        canary::look_at(event);
        audit::hear(event);
        if event.metadata().target() == audit::PROBE {
            return;
        }
        let mut line = Line(format!("{} {}", event.metadata().level(), event.metadata().target()));
        event.record(&mut line);
        let mut lines = self.0.lock().expect("not poisoned");
        lines.push_str(&line.0);
        lines.push('\n');
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, " {}={value:?}", field.name()).expect("text grows");
    }
}
