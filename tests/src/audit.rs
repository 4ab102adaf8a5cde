//! One audit event for each answer that asks for one: counted behind every request of the suites.

use crate::{Answer, canary};
use http::{Method, Request, StatusCode};
use std::cell::RefCell;
use std::fmt;
use std::sync::OnceLock;
use tracing::field::{Field, Visit};
use tracing::span;

tokio::task_local! {
    /// The events of the request that this task is at.
    static TOLD: RefCell<Vec<String>>;
}

/// The names of the audit events that are told meanwhile; `None` where a test has a subscriber of its own and nobody can hear.
pub(crate) async fn listen<T>(work: impl Future<Output = T>) -> (T, Option<Vec<String>>) {
    static EARS: OnceLock<()> = OnceLock::new();
    EARS.get_or_init(|| {
        // Where a test has a subscriber of its own, that one hears.
        let _ = tracing::subscriber::set_global_default(Ears);
    });
    TOLD.scope(RefCell::default(), async {
        tracing::info!(target: PROBE, event = PROBE);
        let can_hear = TOLD.with(|told| told.take().iter().any(|name| name == PROBE));
        let outcome = work.await;
        let told = TOLD.with(RefCell::take);
        (outcome, can_hear.then_some(told))
    })
    .await
}

/// No event of ours.
pub(crate) const PROBE: &str = "jwt_auth_tests::probe";

/// Notes an event for the request that this task is at, if it is an audit event.
pub(crate) fn hear(event: &tracing::Event<'_>) {
    if is_heard(event.metadata()) {
        let mut name = Name(String::new());
        event.record(&mut name);
        // Outside of a request nobody counts.
        let _ = TOLD.try_with(|told| told.borrow_mut().push(name.0));
    }
}

/// What of a request says which event its answer has to leave.
pub(crate) struct Asked {
    method: Method,
    path: String,
    has_credential: bool,
}

impl Asked {
    pub(crate) fn of<B>(request: &Request<B>) -> Self {
        let has = |name: &str| request.headers().contains_key(name);
        Self {
            method: request.method().clone(),
            path: request.uri().path().trim_end_matches('/').to_owned(),
            has_credential: has("authorization")
                || has("cookie")
                || request.uri().query().is_some_and(|query| query.contains("ticket=")),
        }
    }

    /// # Panics
    /// When there is an event too many, one too few, or another than the answer says.
    pub(crate) fn check(&self, answer: &Answer, told: &[String]) {
        let Self { method, path, .. } = self;
        let what = || format!("{method} {path}: {} and {told:?}\n{}", answer.status, answer.text);
        let told = match told {
            // The refresh of the session that goes on.
            [refresh, others @ ..] if path == "/api/logout/others" && answer.status == StatusCode::OK => {
                if refresh.starts_with("refresh.") { others } else { told }
            }
            // The session that the browser had before.
            [left, login] if path == "/api/token" && left == "logout.succeeded" => std::slice::from_ref(login),
            _ => told,
        };
        assert!(told.len() <= 1, "one event at most: {}", what());
        let told = told.first().map(String::as_str);
        if let Some(told) = told.filter(|_| self.path.starts_with("/api/")) {
            assert!(fits(told, answer.status), "an event that says something else: {}", what());
        }
        assert!(told != Some("authz.denied") || self.has_credential, "nobody tried anything: {}", what());
        if let Some(expected) = self.expected(answer, told) {
            let is_one = told.is_some_and(|told| expected.contains(&told));
            assert!(is_one || (told.is_none() && expected.is_empty()), "expected {expected:?}: {}", what());
        }
    }

    /// One of these, none where there are none, and `None` where this cannot be told from here.
    fn expected(&self, answer: &Answer, told: Option<&str>) -> Option<&'static [&'static str]> {
        let is = |suffix: &str| self.path.strip_prefix("/api/token") == Some(suffix) && self.method == Method::POST;
        let status = answer.status.as_u16();
        if status == 401 && answer.text.contains("credentials were not provided") {
            return Some(&[]);
        }
        if is("") || is("/sliding") {
            return match status {
                200 => Some(&["login.succeeded"]),
                401 => Some(&["login.failed"]),
                429 => Some(&["login.throttled"]),
                400 | 404 | 405 | 413 | 415 => Some(&[]),
                _ => None,
            };
        }
        if is("/refresh") || is("/sliding/refresh") {
            return match status {
                200 => Some(&["refresh.rotated", "refresh.replayed", "refresh.recovered", "refresh.renewed"]),
                401 => Some(&["refresh.refused", "token.reuse_detected"]),
                409 => Some(&["refresh.conflict"]),
                400 | 404 | 405 | 413 | 415 => Some(&[]),
                _ => None,
            };
        }
        if is("/blacklist") {
            return match status {
                // A browser that is logged out already is answered the same, and nothing has happened.
                200 if answer.headers.contains_key("set-cookie") && told.is_none() => Some(&[]),
                200 => Some(&["logout.succeeded"]),
                401 => Some(&["logout.failed"]),
                400 | 405 | 413 | 415 => Some(&[]),
                _ => None,
            };
        }
        if is("/reauthenticate") {
            return match status {
                200 => Some(&["auth.reauth"]),
                401 => Some(&["auth.reauth_failed", "refresh.refused", "token.reuse_detected"]),
                429 => Some(&["auth.reauth_failed"]),
                _ => None,
            };
        }
        if is("/verify") {
            return match status {
                200 => Some(&[]),
                _ => None,
            };
        }
        if self.path == "/api/logout/all" && status == 200 {
            return Some(&["sessions.revoked_all"]);
        }
        if self.path == "/api/logout/others" && status == 200 {
            return Some(&["sessions.revoked_others"]);
        }
        if self.path == "/api/logout/others" && status == 401 {
            return Some(&["refresh.refused", "token.reuse_detected", "authz.denied"]);
        }
        if self.method == Method::DELETE && self.path.starts_with("/api/sessions/") && status == 204 {
            return Some(&["session.revoked"]);
        }
        match status {
            // A denial of a guard names its scheme. Handlers of the suites say `user_inactive` by themselves.
            401 if self.has_credential && answer.headers.contains_key("www-authenticate") => {
                let is_a_handlers = answer.text.contains("user_inactive") && self.path != "/loaded";
                if is_a_handlers { None } else { Some(&["authz.denied"]) }
            }
            _ => None,
        }
    }
}

/// Whether an answer can have this event.
fn fits(event: &str, status: StatusCode) -> bool {
    match event {
        "login.succeeded"
        | "refresh.rotated"
        | "refresh.replayed"
        | "refresh.recovered"
        | "refresh.renewed"
        | "auth.reauth"
        | "logout.succeeded"
        | "session.revoked"
        | "sessions.revoked_all"
        | "sessions.revoked_others" => status.is_success(),
        "login.throttled" => status == StatusCode::TOO_MANY_REQUESTS,
        "refresh.conflict" => status == StatusCode::CONFLICT,
        "token.reuse_detected" => status == StatusCode::UNAUTHORIZED,
        "authz.denied" => matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN),
        "login.failed" | "refresh.refused" | "auth.reauth_failed" | "logout.failed" => !status.is_success(),
        _ => false,
    }
}

/// Hears audit events, and looks for secrets, wherever a test has no subscriber of its own.
struct Ears;

impl tracing::Subscriber for Ears {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        is_heard(metadata) || canary::is_watched(metadata)
    }

    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        canary::look_at_span(span);
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        canary::look_at(event);
        hear(event);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

fn is_heard(metadata: &tracing::Metadata<'_>) -> bool {
    matches!(metadata.target(), "jwt_auth::audit" | PROBE)
}

/// The field `event`.
struct Name(String);

impl Visit for Name {
    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "event" {
            self.0 = value.to_owned();
        }
    }
}
