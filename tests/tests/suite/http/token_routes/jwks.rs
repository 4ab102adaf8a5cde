//! The published keys.

use super::App;
use axum::body::Body;
use http::{Request, StatusCode};
use jwt_auth::keys::{Algorithm, JwkOrigin, JwkSet};
use jwt_auth::routing::GuardedRouter;
use jwt_auth::verify::Verifier;
use jwt_auth::{JwtAuth, Settings, TokenRoutes};
use jwt_auth_tests::{Account, Answer, logged, send, settings};

/// The private key of RFC 8037 A.1.
const ED25519: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----";
/// Its public half and its thumbprint, A.2 and A.3.
const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const THUMBPRINT: &str = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
/// Another one: RFC 8410 10.3.
const FALLBACK: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----";

#[tokio::test]
async fn public_keys_are_published_with_their_thumbprints() {
    let app = App::start(ed25519()).await;
    let answer = get(&app, None).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "application/jwk-set+json");
    assert_eq!(answer.header("cache-control"), "public, max-age=300, stale-if-error=300");
    let expected = format!(
        r#"{{"keys":[{{"alg":"EdDSA","use":"sig","kid":"{THUMBPRINT}","crv":"Ed25519","kty":"OKP","x":"{X}"}}]}}"#
    );
    assert_eq!(answer.text, expected);
}

#[tokio::test]
async fn whoever_reads_them_can_check_a_token() {
    let settings = Settings { key_id: Some("2027".to_owned()), fallback_keys: vec![FALLBACK.into()], ..ed25519() };
    let app = App::start(settings.clone()).await;
    let answer = get(&app, None).await;
    let keys = answer.json()["keys"].as_array().unwrap().clone();
    assert_eq!(keys.len(), 2, "old tokens can be checked as well");
    assert_eq!(keys[0]["kid"], "2027");
    for key in &keys {
        assert!(key.get("d").is_none() && key.get("k").is_none(), "{key}");
    }
    let set = JwkSet::read(&answer.text, &[Algorithm::EdDSA], JwkOrigin::Remote).expect("a set");
    assert!(set.skipped().is_empty());
    let (_, access) = app.login("ada").await;
    let elsewhere = Settings { signing_key: None, ..settings };
    assert!(Verifier::new(&elsewhere, set.into_keys()).verify(&access, app.auth.now()).is_ok());
}

#[tokio::test]
async fn what_a_client_has_it_need_not_fetch_again() {
    let app = App::start(ed25519()).await;
    let etag = get(&app, None).await.header("etag").to_owned();
    assert!(etag.starts_with('"') && etag.len() > 20, "{etag}");
    for known in [etag.clone(), format!("W/{etag}"), format!("\"x\", {etag}"), "*".to_owned()] {
        let answer = get(&app, Some(&known)).await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::NOT_MODIFIED, ""), "{known}");
        assert_eq!(answer.header("etag"), etag);
        assert_eq!(answer.header("cache-control"), "public, max-age=300, stale-if-error=300");
    }
    assert_eq!(get(&app, Some("\"x\"")).await.status, StatusCode::OK);
    let other = App::start(Settings { key_id: Some("2027".to_owned()), ..ed25519() }).await;
    assert_ne!(get(&other, None).await.header("etag"), etag);
}

/// A router that gets its state from us refuses to start; behind axum's own nobody asks, and the set is empty.
#[tokio::test]
async fn a_secret_is_never_published() {
    let routes = || TokenRoutes::at("/api/token").jwks().attach_to(GuardedRouter::<JwtAuth<Account>>::new());
    let auth = jwt_auth_tests::App::start(Settings { key_id: Some("2027".to_owned()), ..settings() }).await.auth;
    let refused = refusal(routes(), &auth);
    for word in
        ["`GET /.well-known/jwks.json` publishes public keys", "`algorithm` EdDSA", "leave the option `jwks` out"]
    {
        assert!(refused.contains(word), "{refused}");
    }
    let router = routes().into_axum().with_state(auth);
    assert_eq!(ask(&router, "/.well-known/jwks.json").await.text, r#"{"keys":[]}"#);
    // Beside the key pair that comes next there is something to publish.
    let auth = jwt_auth_tests::App::start(Settings { key_ring: vec![FALLBACK.into()], ..settings() }).await.auth;
    let published = ask(&routes().with_state(auth), "/.well-known/jwks.json").await.json();
    assert_eq!(published["keys"].as_array().map(Vec::len), Some(1), "{published}");
}

/// What `kubectl get --raw /.well-known/openid-configuration` answers of an API server of Kubernetes, with our names.
#[tokio::test]
async fn an_issuer_is_discovered_as_that_of_kubernetes() {
    let routes = || TokenRoutes::at("/api/token").discovery().attach_to(GuardedRouter::<JwtAuth<Account>>::new());
    let start = async |issuer: &str| {
        let settings = Settings { issuer: Some(issuer.to_owned()), key_ring: vec![FALLBACK.into()], ..ed25519() };
        jwt_auth_tests::App::start(settings).await.auth
    };
    let found = |issuer: &str, keys: &str| {
        serde_json::json!({
            "issuer": issuer,
            "jwks_uri": keys,
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["EdDSA"],
        })
    };
    let router = routes().with_state(start("https://shop.example").await);
    for path in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"] {
        let answer = ask(&router, path).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("cache-control"), "public, max-age=300, stale-if-error=300");
        assert_eq!(answer.json(), found("https://shop.example", "https://shop.example/.well-known/jwks.json"));
        let known = Request::builder().uri(path).header("if-none-match", answer.header("etag"));
        assert_eq!(send(&router, known.body(Body::empty()).unwrap()).await.status, StatusCode::NOT_MODIFIED);
        assert_eq!(ask(&router, &format!("{path}/another")).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(ask(&router, "/.well-known/jwks.json").await.status, StatusCode::OK);

    // RFC 8414 3.1: the path of the issuer stands behind the well-known one.
    let issuer = "https://shop.example:8443/eu/one";
    let router = routes().with_state(start(issuer).await);
    for path in ["/.well-known/openid-configuration/eu/one", "/.well-known/oauth-authorization-server/eu/one"] {
        let answer = ask(&router, path).await;
        assert_eq!(answer.json(), found(issuer, "https://shop.example:8443/eu/one/.well-known/jwks.json"), "{path}");
    }
    assert_eq!(ask(&router, "/.well-known/oauth-authorization-server/eu").await.status, StatusCode::NOT_FOUND);

    // By no other name than an address.
    for issuer in
        ["shop", "http://shop.example", "https://", "https://shop.example/?a", "https://shop.example/#a", "https://a@b"]
    {
        let refused = refusal(routes(), &start(issuer).await);
        assert!(refused.contains("`issuer` is no https URL") && refused.contains("`discovery`"), "{issuer}: {refused}");
    }
    // Off unless it is asked for.
    let router = TokenRoutes::at("/api/token").jwks().attach_to(GuardedRouter::<JwtAuth<Account>>::new());
    let router = router.with_state(start("https://shop.example").await);
    assert_eq!(ask(&router, "/.well-known/openid-configuration").await.status, StatusCode::NOT_FOUND);
}

/// What a router says that does not start.
fn refusal(router: GuardedRouter<JwtAuth<Account>>, auth: &JwtAuth<Account>) -> String {
    let auth = auth.clone();
    let refused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(router.with_state(auth))));
    let refused = refused.expect_err("it starts");
    refused.downcast_ref::<String>().cloned().unwrap_or_default()
}

async fn ask(router: &axum::Router, path: &str) -> Answer {
    send(router, Request::builder().uri(path).body(Body::empty()).unwrap()).await
}

/// Nesting moves the path away from where clients look for it.
#[test]
fn the_start_says_where_a_nested_one_went() {
    let urls = || TokenRoutes::at("/api/token").jwks().attach_to(GuardedRouter::<JwtAuth<Account>>::new());
    let log = |router: GuardedRouter<JwtAuth<Account>>| {
        logged(async {
            let auth = jwt_auth_tests::App::start(ed25519()).await.auth;
            tracing::warn!(target: "jwt_auth", "the router begins");
            let _ = router.clone().with_state(auth);
            let _ = router.into_axum();
        })
    };
    let of_router = |log: &str| log.split_once("the router begins").map(|(_, after)| after.trim().to_owned());
    assert_eq!(of_router(&log(urls())).as_deref(), Some(""));
    let nested = of_router(&log(GuardedRouter::new().nest("/v1", urls()))).expect("the log");
    assert_eq!(nested.lines().count(), 2, "{nested}");
    for line in nested.lines() {
        assert!(line.starts_with("WARN ") && line.contains("path=\"/v1/.well-known/jwks.json\""), "{line}");
    }
}

fn ed25519() -> Settings {
    Settings { algorithm: Algorithm::EdDSA, ..Settings::new(ED25519) }
}

async fn get(app: &App, known: Option<&str>) -> Answer {
    let mut request = Request::builder().uri("/.well-known/jwks.json");
    if let Some(known) = known {
        request = request.header("if-none-match", known);
    }
    send(&app.router(), request.body(Body::empty()).unwrap()).await
}
