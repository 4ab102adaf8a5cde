//! Token, rule and body in their order, and on whom a rule is judged: on the claims or on the user.

use super::{Kit, request};
use axum::body::{Body, Bytes};
use http::{Method, StatusCode};
use http_body_util::{BodyExt, Full};
use jwt_auth::Settings;
use jwt_auth::settings::PermissionsSource;
use jwt_auth_tests::{send, settings};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A body that tells whether anybody asked for it.
fn tripwire(touched: &Arc<AtomicBool>) -> Body {
    let touched = Arc::clone(touched);
    Body::new(Full::new(Bytes::from_static(b"order")).map_frame(move |frame| {
        touched.store(true, Ordering::SeqCst);
        frame
    }))
}

#[tokio::test]
async fn the_token_then_the_rule_then_the_body() {
    let kit = Kit::start().await;
    for (claims, status, read) in [
        (None, StatusCode::UNAUTHORIZED, false),
        (Some(json!({})), StatusCode::FORBIDDEN, false),
        (Some(json!({ "permissions": ["orders:write"] })), StatusCode::OK, true),
    ] {
        let touched = Arc::new(AtomicBool::new(false));
        let answer = send(&kit.router, request(Method::POST, "/write", claims, tripwire(&touched))).await;
        assert_eq!(answer.status, status);
        assert_eq!(touched.load(Ordering::SeqCst), read, "{status}");
    }
}

#[tokio::test]
async fn guard_and_extractors_verify_once() {
    let kit = Kit::start().await;
    let count = || kit.looks_at_clock.swap(0, Ordering::SeqCst);
    count();
    kit.get("/bare", json!({})).await;
    let guard_alone = count();
    let answer = kit.request(Method::POST, "/write", Some(json!({ "permissions": ["orders:write"] }))).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!((guard_alone, count()), (1, 1));
}

#[tokio::test]
async fn a_refusal_names_the_scope_that_is_missing() {
    let kit = Kit::start().await;
    let answer = kit.get("/scoped", json!({})).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.text, r#"{"detail":"You do not have permission to perform this action."}"#);
    assert!(answer.header("www-authenticate").contains(r#"error="insufficient_scope", scope="a""#));
}

#[tokio::test]
async fn without_the_option_user_no_store_is_read_and_claims_decide() {
    let kit = Kit::start().await;
    assert_eq!(kit.status("/staff", json!({ "is_staff": true })).await, 200);
    assert_eq!(kit.status("/staff", json!({ "is_staff": "true" })).await, 403);
    assert_eq!(kit.status("/staff", json!({})).await, 403);
    assert_eq!(kit.status("/unsuspended", json!({ "permissions": "orders:read other" })).await, 200);
    assert_eq!(kit.loads(), 0);
}

#[tokio::test]
async fn with_the_option_user_the_user_decides() {
    let kit = Kit::start().await;
    let table = &kit.users.0;
    let claims = || json!({ "is_staff": true, "permissions": ["orders:write"] });
    assert_eq!(kit.status("/staff-loaded", claims()).await, 403);
    assert_eq!(kit.status("/write-loaded", claims()).await, 403);
    table.is_staff.store(true, Ordering::SeqCst);
    table.may_write.store(true, Ordering::SeqCst);
    assert_eq!(kit.status("/staff-loaded", json!({})).await, 200);
    assert_eq!(kit.status("/write-loaded", json!({})).await, 200);
    assert_eq!(kit.loads(), 4);
    table.is_active.store(false, Ordering::SeqCst);
    assert_eq!(kit.status("/write-loaded", claims()).await, 401);
    assert_eq!(kit.status("/bare", claims()).await, 200, "claims alone know nothing of it");
}

#[tokio::test]
async fn permissions_source_user_loads_the_user_where_a_permission_is_asked_for() {
    let kit = Kit::with(Settings { permissions_source: PermissionsSource::User, ..settings() }).await;
    let claims = || json!({ "permissions": ["orders:write", "orders:read"] });
    let write = || kit.request(Method::POST, "/write", Some(claims()));
    assert_eq!(write().await.status, StatusCode::FORBIDDEN);
    kit.users.0.may_write.store(true, Ordering::SeqCst);
    assert_eq!(write().await.status, StatusCode::OK);
    assert_eq!(kit.loads(), 2);
    assert_eq!(kit.status("/bare", claims()).await, 200);
    assert_eq!(kit.loads(), 2, "a rule without permissions loads nobody");
}

#[tokio::test]
async fn a_failed_load_is_503_and_never_a_grant() {
    let kit = Kit::with(Settings { permissions_source: PermissionsSource::User, ..settings() }).await;
    kit.users.0.gone.store(true, Ordering::SeqCst);
    for path in ["/write-loaded", "/staff-loaded", "/unsuspended", "/scoped", "/tenant"] {
        let answer = kit.get(path, json!({ "scope": "a", "tenant": "acme" })).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(!answer.header("retry-after").is_empty());
    }
}

#[tokio::test]
async fn an_application_rule_sees_request_token_and_state() {
    let kit = Kit::start().await;
    assert_eq!(kit.status("/tenant", json!({ "tenant": "acme" })).await, 200);
    assert_eq!(kit.status("/tenant", json!({ "tenant": "evil" })).await, 403);
    assert_eq!(kit.status("/tenant", json!({ "permissions": ["orders:read"] })).await, 200);
    for path in ["/tenant", "/other-tenant"] {
        let mut request = request(Method::GET, path, Some(json!({ "scope": "a" })), Body::empty());
        request.headers_mut().insert("x-outage", http::HeaderValue::from_static("1"));
        assert_eq!(send(&kit.router, request).await.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
    }
}

#[tokio::test]
async fn a_claim_nobody_can_read_forbids() {
    let kit = Kit::start().await;
    for odd in [json!(7), json!(true), json!({ "orders:read": true })] {
        assert_eq!(kit.status("/scoped", json!({ "scope": "a", "permissions": odd })).await, 403);
    }
    assert_eq!(kit.status("/scoped", json!({ "scope": ["a"], "permissions": null })).await, 200);
    assert_eq!(kit.status("/scoped", json!({ "scope": "b a", "permissions": ["x", 7] })).await, 200);
    assert_eq!(kit.status("/scoped", json!({ "scope": "ab" })).await, 403);
    assert_eq!(kit.status("/scoped", json!({ "scope": "a", "permissions": ["suspended"] })).await, 403);
}
