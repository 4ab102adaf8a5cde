//! What the suites share: an application in memory, a clock to turn, and requests.

mod app;
pub mod postgres;
pub mod scratch;
pub mod sessions;

pub use app::{Account, App, BEGIN, KEY, hasher, settings};

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use jwt_auth::Claims;
use serde_json::Value;
use tower::ServiceExt;

/// Whether the long versions are asked for: `JWT_AUTH_LONG=1`.
pub fn long() -> bool {
    std::env::var_os("JWT_AUTH_LONG").is_some_and(|value| value == "1")
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body as text.
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    ///
    /// # Panics
    /// When it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in {:?}", self.text))
    }

    /// A text member of the body.
    ///
    /// # Panics
    /// When there is none.
    pub fn member(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_else(|| panic!("no text {name:?} in {}", self.text)).to_owned()
    }

    /// A header's text; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("header text"))
    }
}

/// Sends a request to a router.
pub async fn send(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.expect("routers do not fail");
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("a whole body").to_bytes();
    Answer { status: parts.status, headers: parts.headers, text: String::from_utf8(body.to_vec()).expect("UTF-8") }
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
