//! Secrets that find their way to where somebody could read them.
//!
//! Every request of the suites is watched: what the crate and sqlx say to `tracing` meanwhile, at every level, is looked through for what
//! nobody may read there. Which text it was is not said: it would stand in the output of a test.

use crate::KEY;
use std::fmt::{self, Write};
use std::sync::{Mutex, PoisonError};
use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, span};

/// Part of every secret of a test that looks for it: a password, a key, a cookie, the password of a database.
pub const MARK: &str = "canary-5b1e07";

/// What must not be read: its kind, and none of its text.
pub fn secret_in(text: &str) -> Option<&'static str> {
    if text.contains(KEY) {
        return Some("the signing key");
    }
    if text.contains(MARK) {
        return Some("a marked secret");
    }
    if ["$argon2id$", "pbkdf2_sha256$", "$2b$1", "scrypt$1"].iter().any(|begin| text.contains(begin)) {
        return Some(HASH);
    }
    has_token(text).then_some("a token")
}

const HASH: &str = "a password hash";

/// # Panics
/// When something was said that nobody may read.
pub fn check() {
    let leaks = take(|target| target != ON_PURPOSE);
    assert!(leaks.is_empty(), "secrets in the log: {leaks:?}");
}

/// The target of leaks that are made to see whether they are found.
pub const ON_PURPOSE: &str = "jwt_auth::leak_on_purpose";

/// What leaked on purpose since it was last asked for: the kinds of secrets.
pub fn on_purpose() -> Vec<String> {
    take(|target| target == ON_PURPOSE)
}

/// Whether events and spans of this kind are looked through.
pub(crate) fn is_watched(metadata: &Metadata<'_>) -> bool {
    let target = metadata.target();
    ["jwt_auth", "sqlx"].iter().any(|begin| target.starts_with(begin)) && !target.starts_with("jwt_auth_tests")
}

pub(crate) fn look_at(event: &Event<'_>) {
    if is_watched(event.metadata()) {
        look_through(event.metadata(), |text| event.record(text));
    }
}

pub(crate) fn look_at_span(span: &span::Attributes<'_>) {
    if is_watched(span.metadata()) {
        look_through(span.metadata(), |text| span.record(text));
    }
}

/// Target and words.
static LEAKS: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());

fn take(which: impl Fn(&str) -> bool) -> Vec<String> {
    let mut leaks = LEAKS.lock().unwrap_or_else(PoisonError::into_inner);
    leaks.extract_if(.., |(target, _)| which(target)).map(|(_, words)| words).collect()
}

fn look_through(metadata: &Metadata<'_>, record: impl FnOnce(&mut Text)) {
    let mut text = Text(String::new());
    record(&mut text);
    // A statement that a test has written itself may have the hash of a user in it.
    let is_statement = metadata.target().starts_with("sqlx");
    if let Some(kind) = secret_in(&text.0).filter(|kind| !(is_statement && *kind == HASH)) {
        let place = (metadata.file().unwrap_or_default(), metadata.line().unwrap_or_default());
        let leak = (metadata.target().to_owned(), format!("{kind} at {}:{}", place.0, place.1));
        LEAKS.lock().unwrap_or_else(PoisonError::into_inner).push(leak);
    }
}

/// A header and a payload, as base64url of what begins like an object.
fn has_token(text: &str) -> bool {
    text.match_indices("eyJ").any(|(at, _)| {
        let mut parts = text[at..].splitn(3, '.');
        let is_part = |part: Option<&str>| {
            part.is_some_and(|part| {
                let letters =
                    part.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte)).count();
                letters >= 16
            })
        };
        let header = parts.next();
        header.is_some_and(|header| header.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)))
            && is_part(header)
            && is_part(parts.next())
    })
}

struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, " {}={value:?}", field.name()).expect("text grows");
    }
}
