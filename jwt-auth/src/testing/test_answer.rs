//! An answer, read to its end.

use ::http::{HeaderMap, StatusCode};
use axum::response::Response;
use http_body_util::BodyExt;
use serde_json::Value;
use std::fmt;

/// What a [`TestApp`](super::TestApp) answered.
#[derive(Clone)]
pub struct TestAnswer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body as text; bytes that are no UTF-8 are replaced.
    pub text: String,
}

impl TestAnswer {
    /// Reads an answer of a router that was called by hand.
    ///
    /// # Panics
    /// When its body breaks off.
    pub async fn read(answer: Response) -> Self {
        let (parts, body) = answer.into_parts();
        let body = match body.collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) => panic!("the body broke off: {error}"),
        };
        let text = String::from_utf8_lossy(&body).into_owned();
        Self { status: parts.status, headers: parts.headers, text }
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is not JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        match serde_json::from_str(&self.text) {
            Ok(value) => value,
            Err(error) => panic!("{}: the body is no JSON: {error}", self.status),
        }
    }

    /// A text member of the body: `answer.member("access")`.
    ///
    /// # Panics
    /// When there is none.
    #[track_caller]
    pub fn member(&self, name: &str) -> String {
        match self.json().get(name).and_then(Value::as_str) {
            Some(text) => text.to_owned(),
            None => panic!("{}: no text {name:?} in the body", self.status),
        }
    }

    /// A header's text; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl fmt::Debug for TestAnswer {
    /// Without the body, which may hold tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestAnswer").field("status", &self.status).finish_non_exhaustive()
    }
}
