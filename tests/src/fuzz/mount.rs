//! Paths below and beside a mount.

use super::door::{Door, TOKEN};
use axum::Router;
use axum::body::{Body, to_bytes};
use http::{Request, StatusCode, Uri};
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::{IsAdminUser, IsAuthenticated, protected, public, rule};
use std::sync::LazyLock;
use tokio::runtime::Runtime;
use tower::ServiceExt;

#[public]
async fn open() -> &'static str {
    "open"
}

#[protected(IsAdminUser)]
async fn secret() -> &'static str {
    "secret"
}

fn inner() -> Router {
    Router::new().fallback(async |uri: Uri| format!("inner {uri}"))
}

/// Nobody gets behind a mount without a token, and nobody to a route for staff below it, by whatever spelling. Who has a token sees what axum alone would
/// show of it: the same path, or nothing.
pub(super) fn mount(data: &[u8]) {
    struct Bench {
        door: Door,
        runtime: Runtime,
        plain: Router,
    }
    static BENCH: LazyLock<Bench> = LazyLock::new(|| {
        let routes = GuardedRouter::new()
            .mount("/files", IsAuthenticated, inner())
            .mount("/shared/{team}", rule!(IsAuthenticated), inner())
            .mount_verbatim("/raw", IsAuthenticated, inner())
            .route("/files/private/{name}", get(secret))
            .route("/open/{name}", get(open));
        let answer = |text: &'static str| axum::routing::get(move || async move { text });
        let plain = Router::new()
            .nest_service("/files", inner())
            .nest_service("/shared/{team}", inner())
            .nest_service("/raw", inner())
            .route("/files/private/{name}", answer("secret"))
            .route("/open/{name}", answer("open"));
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        Bench { door: Door::of(crate::settings(), routes), runtime, plain }
    });
    let Ok(path) = Uri::try_from(data) else { return };
    if path.scheme().is_some() || !path.path().starts_with('/') {
        return;
    }
    let request = |token: Option<&str>| {
        let mut request = Request::builder().uri(path.clone());
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        request.body(Body::empty()).expect("a request")
    };
    let (status, text) = BENCH.door.ask(request(None));
    assert!(status.is_client_error() || text == "open", "{status} {text} {path}");
    let (status, text) = BENCH.door.ask(request(Some(&TOKEN)));
    assert!(status.is_success() || status.is_client_error(), "{status} {text} {path}");
    let of_axum = BENCH.runtime.block_on(async {
        let answer = BENCH.plain.clone().oneshot(request(None)).await.expect("routers do not fail");
        let body = to_bytes(answer.into_body(), 1 << 16).await.expect("a body");
        String::from_utf8_lossy(&body).into_owned()
    });
    assert!(text != "secret", "{path}");
    if text.starts_with("inner") || text == "open" {
        assert_eq!(text, of_axum, "{path}");
        assert!(!is_private(path.path()), "{path}");
    }
    if of_axum == "open" {
        assert_eq!((status, &*text), (StatusCode::OK, "open"), "{path}");
    }
}

/// Whether what some services make of a path, decoding it once and resolving its dots, is the route for staff.
fn is_private(path: &str) -> bool {
    let decoded: Vec<u8> = percent_decode(path.as_bytes());
    let mut segments: Vec<&[u8]> = Vec::new();
    for segment in decoded.split(|byte| matches!(byte, b'/' | b'\\')) {
        match segment {
            b"" | b"." => {}
            b".." => drop(segments.pop()),
            segment => segments.push(segment),
        }
    }
    matches!(segments[..], [b"files", b"private", _])
}

fn percent_decode(text: &[u8]) -> Vec<u8> {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let (mut decoded, mut at) = (Vec::with_capacity(text.len()), 0);
    while let Some(byte) = text.get(at) {
        match (byte, digit(text.get(at + 1)), digit(text.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                decoded.push(*byte);
                at += 1;
            }
        }
    }
    decoded
}
