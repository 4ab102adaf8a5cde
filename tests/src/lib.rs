//! What the suites share: an application in memory, a clock to turn, and requests.

mod app;
mod audit;
mod browser;
mod caller;
pub mod canary;
pub mod certificates;
pub mod django;
mod events;
pub mod fuzz;
pub mod key_server;
mod log;
pub mod nodes;
pub mod odd_store;
pub mod pgbouncer;
pub mod postgres;
pub mod scratch;
pub mod sessions;
pub mod tokens;

pub use app::{Account, App, BEGIN, KEY, settings};
pub use browser::Browser;
pub use caller::Caller;
pub use events::Events;
pub use jwt_auth::testing::quick_hasher as hasher;
pub use log::logged;

use axum::Router;
use axum::body::Body;
use http::{Method, Request};
use jwt_auth::Claims;
pub use jwt_auth::testing::TestAnswer as Answer;
use serde_json::Value;
use tower::ServiceExt;

/// Whether the long versions are asked for: `LONG_TESTS=1`.
pub fn long() -> bool {
    std::env::var_os("LONG_TESTS").is_some_and(|value| value == "1")
}

/// Sends a request to a router. Its answer has left the audit event that it asks for, one and no other.
///
/// # Panics
/// When it has not.
pub async fn send(router: &Router, request: Request<Body>) -> Answer {
    let asked = audit::Asked::of(&request);
    let (answer, told) = audit::listen(router.clone().oneshot(request)).await;
    let answer = Answer::read(answer.expect("routers do not fail")).await;
    if let Some(told) = told {
        asked.check(&answer, &told);
    }
    canary::check();
    answer
}

/// POSTs JSON.
pub async fn post(router: &Router, path: &str, body: Value) -> Answer {
    post_text(router, path, "application/json", &body.to_string()).await
}

/// POSTs any text under any media type.
pub async fn post_text(router: &Router, path: &str, media_type: &str, body: &str) -> Answer {
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header("content-type", media_type)
        .body(Body::from(body.to_owned()))
        .expect("a request");
    send(router, request).await
}

/// GETs with an `Authorization` header, or without one.
pub async fn get(router: &Router, path: &str, authorization: Option<&str>) -> Answer {
    let mut request = Request::builder().uri(path);
    if let Some(value) = authorization {
        request = request.header("authorization", value);
    }
    send(router, request.body(Body::empty()).expect("a request")).await
}

/// The payload of a token, unchecked.
///
/// # Panics
/// When it is no token.
pub fn payload(token: &str) -> Claims {
    let part = token.split('.').nth(1).expect("a payload");
    let mut bits = 0_u32;
    let mut held = 0;
    let mut bytes = Vec::new();
    for letter in part.bytes() {
        let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
            .iter()
            .position(|known| *known == letter)
            .expect("base64url");
        bits = bits << 6 | u32::try_from(value).expect("six bits");
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
        }
    }
    Claims::from_json(&String::from_utf8(bytes).expect("UTF-8")).expect("an object")
}
