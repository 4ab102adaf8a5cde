//! What the log says of refusals: rule, whole path and reason, and nothing of the token.

use axum::Router;
use axum::body::Body;
use http::Request;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::testing::TestToken;
use jwt_auth::{AuthError, GuardLayer, IsAdminUser, JwtAuth, Settings, TokenUser, protected, public, rule};
use jwt_auth_tests::{Account, App, get as ask, logged, post, send, settings};
use serde_json::json;
use std::io::Write;
use std::sync::{Arc, Mutex};

#[protected(IsAdminUser || scope("orders"), fresh = "5m")]
async fn staff() {}

#[protected(scope("orders"))]
async fn scoped() {}

#[public]
async fn who(_: TokenUser) {}

#[public]
async fn own() -> AuthError {
    AuthError::Misconfigured("a remedy")
}

fn router(auth: &JwtAuth<Account>) -> Router {
    let inner = GuardedRouter::new()
        .route("/orders/{id}", get(staff))
        .route("/scoped/{id}", get(scoped))
        .route("/who", get(who))
        .route("/own", get(own))
        .mount("/files", rule!(scope("files")), Router::new());
    let nested = GuardedRouter::new().nest("/v1", GuardedRouter::new().nest("/shop", inner));
    let layered = Router::new()
        .route("/layered", axum::routing::get(|| async {}))
        .layer(GuardLayer::new(auth.clone(), IsAdminUser));
    Router::new().nest("/api", nested.with_state(auth.clone()).merge(layered))
}

#[test]
fn an_event_has_the_rule_and_the_whole_path() {
    let refused = |path: &'static str, token: fn() -> Option<TestToken>| {
        logged(async move {
            let app = App::start(settings()).await;
            let token = token().map(|token| format!("Bearer {}", token.sign(&app.auth)));
            assert!(ask(&router(&app.auth), path, token.as_deref()).await.status.is_client_error(), "{path}");
        })
    };
    let expired = || Some(TestToken::access("1").claim("exp", 1_800_000_000 - 31));
    let good = || Some(TestToken::access("1"));
    let staff = "rule=(IsAdminUser || scope(\"orders\")), fresh = \"300s\"";
    for (path, token, expected) in [
        ("/api/v1/shop/orders/7", (|| None) as fn() -> Option<TestToken>, [staff, "error=NotAuthenticated"]),
        ("/api/v1/shop/orders/7", expired, [staff, "Expired"]),
        ("/api/v1/shop/orders/7", good, [staff, "InsufficientUserAuthentication"]),
        ("/api/v1/shop/scoped/7", good, ["rule=\"scope(\\\"orders\\\")\"", "user=\"1\""]),
        ("/api/v1/shop/files/a/b", good, ["rule=\"scope(\\\"files\\\")\"", "user=\"1\""]),
        ("/api/v1/shop/files/a/b", expired, ["rule=scope(\"files\")", "Expired"]),
        ("/api/layered", good, ["rule=\"IsAdminUser\"", "user=\"1\""]),
        ("/api/layered", expired, ["rule=IsAdminUser", "Expired"]),
        ("/api/v1/shop/who", expired, ["status=401", "Expired"]),
    ] {
        let log = refused(path, token);
        let line =
            log.lines().find(|line| line.starts_with("INFO jwt_auth::r")).unwrap_or_else(|| panic!("{path}: {log}"));
        for part in expected {
            assert!(line.contains(part), "{path}: {part} is not in {line}");
        }
        assert!(line.contains(&format!("path=\"{path}\"")) && line.contains("method="), "{line}");
        assert_eq!(log.lines().filter(|line| line.contains(" jwt_auth::r")).count(), 1, "one event: {log}");
    }
}

/// Whatever is wrong with a token, its reason is there and no part of it.
#[test]
fn refused_tokens_leave_their_reason_and_no_secret() {
    let make = |change: fn(TestToken) -> TestToken| change(TestToken::access("1"));
    let settings = || Settings { audience: "shop".into(), issuer: Some("us".to_owned()), ..settings() };
    for (token, reason) in [
        (make(|token| token.claim("aud", "billing")), "WrongAudience"),
        (make(|token| token.claim("iss", "them")), "WrongIssuer"),
        (make(|token| token.claim("exp", 1)), "Expired"),
        (make(|token| token.header("kid", "k").header("crit", ["x"])), "ForbiddenHeader"),
        (make(|token| token.without("user_id")), "NoUserInToken"),
        (TestToken::refresh("1"), "WrongType"),
    ] {
        let text = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&text);
        let log = logged(async move {
            let app = App::start(settings()).await;
            let token = token.sign(&app.auth);
            kept.lock().expect("not poisoned").clone_from(&token);
            assert_eq!(app.get("/stateless", &token).await.status, 401);
            let view = post(&app.router, "/api/token/verify/", json!({ "token": "a.b.c" })).await;
            assert_eq!(view.status, 401);
        });
        assert!(log.lines().any(|line| line.starts_with("INFO jwt_auth::rejection") && line.contains(reason)), "{log}");
        assert!(log.lines().any(|line| line.starts_with("INFO") && line.contains("InvalidToken(Malformed)")), "{log}");
        for part in text.lock().expect("not poisoned").split('.') {
            assert!(!log.contains(part), "a part of the token is in {log}");
        }
    }
}

#[test]
fn a_fault_of_the_server_is_an_error() {
    let log = logged(async {
        let app = App::start(settings()).await;
        let token = format!("Bearer {}", app.login().await.1);
        assert_eq!(ask(&router(&app.auth), "/api/v1/shop/own", Some(&token)).await.status, 500);
    });
    assert!(log.lines().any(|line| line.starts_with("ERROR jwt_auth") && line.contains("a remedy")), "{log}");
}

#[derive(Clone, Default)]
struct Shown(Arc<Mutex<Vec<u8>>>);

impl Write for Shown {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("not poisoned").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The line of the README shows both, in this build with tracing-subscriber's feature `env-filter`.
#[test]
fn the_line_of_the_readme_shows_refusals_and_faults() {
    const LINE: &str = "tracing_subscriber::fmt().init()";
    for page in ["../README.md", "../docs/guards.md"] {
        assert!(std::fs::read_to_string(page).expect("a page").contains(LINE), "{page}");
    }
    let shown = Shown::default();
    let writer = shown.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish();
    // As in `logged`: a second subscriber, so that no other thread switches an event off.
    let second = tracing::Dispatch::new(tracing_subscriber::fmt().finish());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    tracing::subscriber::with_default(subscriber, || {
        runtime.block_on(async {
            let app = App::start(settings()).await;
            let request = Request::builder().uri("/api/v1/shop/scoped/7").body(Body::empty()).expect("a request");
            assert_eq!(send(&router(&app.auth), request).await.status, 401);
            assert_eq!(ask(&router(&app.auth), "/api/v1/shop/own", None).await.status, 500);
        });
    });
    drop(second);
    let text = String::from_utf8(shown.0.lock().expect("not poisoned").clone()).expect("text");
    assert!(text.contains("NotAuthenticated") && text.contains("/api/v1/shop/scoped/7"), "{text}");
    assert!(text.contains("ERROR") && text.contains("a remedy"), "{text}");
}
