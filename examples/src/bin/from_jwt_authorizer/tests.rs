//! What the guide says of tokens that the login server issues, good ones and others.

use super::{Algorithm, App, JwtAuth, Settings, router, settings};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use jwt_auth::Secret;
use jwt_auth::keys::{KeyStrictness, SigningKey};
use jwt_auth::testing::TestAnswer;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use tower::ServiceExt;

/// A public document: the key pair of RFC 7520.
const PRIVATE: &str = include_str!("../../../../tests/vectors/rfc7520/jwk/3_4.rsa_private_key.json");
const VECTORS: &str = include_str!("../../../../tests/vectors/rfc/rfc_jws_vectors.json");
const PUBLIC: &str = include_str!("../../../../tests/vectors/rfc7520/jwk/3_3.rsa_public_key.json");

#[tokio::test]
async fn who_gets_which_answer() {
    let key = SigningKey::from_jwk(Algorithm::RS256, PRIVATE, None, KeyStrictness::Hardened).expect("a good key");
    let (app, now) = program().await;
    let good = json!({
        "iss": "https://login.example", "aud": "reports", "sub": "ada", "iat": now, "exp": now + 600,
        "department": "sales", "scope": "openid reports:read"
    });
    for (case, changes, status) in [
        ("good", json!({}), 200),
        ("for several", json!({"aud": ["mail", "reports"]}), 200),
        ("for somebody else", json!({"aud": "mail"}), 401),
        ("for nobody", json!({"aud": null}), 401),
        ("of somebody else", json!({"iss": "https://elsewhere.example"}), 401),
        ("of several", json!({"iss": ["https://login.example"]}), 401),
        ("expired for 45 s", json!({"exp": now - 45, "iat": now - 99}), 401),
        ("expired for 15 s", json!({"exp": now - 15, "iat": now - 99}), 200),
        ("not yet", json!({"nbf": now + 99}), 401),
        ("of an unknown time", json!({"iat": null}), 401),
        ("of another department", json!({"department": "law"}), 404),
        ("without a department", json!({"department": null}), 401),
        ("without the scope", json!({"scope": "openid"}), 403),
        ("with a longer scope", json!({"scope": "reports:read:all"}), 403),
    ] {
        let answer = get(&app, "/reports/q3", &key.sign(&merged(&good, &changes))).await;
        assert_eq!(answer.status, status, "{case}: {}", answer.text);
        if status == 200 {
            assert_eq!(answer.text, "q3, for ada\n");
        }
    }
    assert_eq!(get(&app, "/reports", &key.sign(&good.to_string())).await.json(), json!(["q3"]));
}

#[tokio::test]
async fn the_answers_have_bodies() {
    let key = SigningKey::from_jwk(Algorithm::RS256, PRIVATE, None, KeyStrictness::Hardened).expect("a good key");
    let (app, now) = program().await;
    assert_eq!(get(&app, "/health", "").await.text, "well\n");
    let answer = get(&app, "/reports", "").await;
    assert_eq!((answer.status.as_u16(), answer.header("www-authenticate")), (401, r#"Bearer realm="api""#));
    assert_eq!(answer.json(), json!({"detail": "Authentication credentials were not provided."}));
    let weak = json!({
        "iss": "https://login.example", "aud": "reports", "sub": "ada", "iat": now, "exp": now + 600, "department": "sales"
    });
    let answer = get(&app, "/reports", &key.sign(&weak.to_string())).await;
    assert_eq!(answer.status, 403);
    assert!(answer.header("www-authenticate").contains(r#"error="insufficient_scope""#));
    assert_eq!(answer.json(), json!({"detail": "You do not have permission to perform this action."}));
}

/// A secret in place of a public key, and further keys.
#[tokio::test]
async fn other_kinds_of_keys() {
    let shared = Secret::generate().expect("random numbers");
    let own = SigningKey::load(Algorithm::HS256, shared.expose(), None).expect("a good key");
    let rsa = SigningKey::from_jwk(Algorithm::RS256, PRIVATE, None, KeyStrictness::Hardened).expect("a good key");
    let vectors: Value = serde_json::from_str(VECTORS).expect("JSON");
    let other = vectors["thumbprints"][0]["jwk"].to_string();
    for (settings, key) in [
        (
            Settings { signing_key: Some(shared), verifying_key: None, ..Settings::verify_only(Algorithm::HS256, "") },
            own,
        ),
        (Settings { fallback_keys: vec![PUBLIC.into()], ..Settings::verify_only(Algorithm::RS256, other) }, rsa),
    ] {
        let auth: JwtAuth = JwtAuth::builder(settings).start().await.expect("starts");
        let now = auth.now().seconds();
        let token = key.sign(&json!({"sub": "ada", "iat": now, "exp": now + 60}).to_string());
        assert_eq!(auth.authenticate(&token).await.expect("good").user_id(), Some("ada"));
    }
}

async fn program() -> (Router, u64) {
    let auth = JwtAuth::builder(settings(PUBLIC)).start().await.expect("starts");
    let now = auth.now().seconds();
    let reports = HashMap::from([("sales".to_owned(), vec!["q3".to_owned()])]);
    (router().with_state(App { auth, reports: Arc::new(reports) }), now)
}

/// `null` takes a member away.
fn merged(good: &Value, changes: &Value) -> String {
    let mut claims = good.as_object().expect("claims").clone();
    for (name, value) in changes.as_object().expect("changes") {
        claims.insert(name.clone(), value.clone());
    }
    claims.retain(|_, value| !value.is_null());
    Value::from(claims).to_string()
}

async fn get(app: &Router, path: &str, token: &str) -> TestAnswer {
    let mut request = Request::get(path);
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = request.body(Body::empty()).expect("a request");
    TestAnswer::read(app.clone().oneshot(request).await.expect("an answer")).await
}
