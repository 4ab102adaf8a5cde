//! How often verification and a guard ask for memory.

use axum::body::Body;
use http::{Request, StatusCode};
use jwt_auth::error::TokenError;
use jwt_auth::keys::Algorithm;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::{Claims, JwtAuth, protected, public};
use jwt_auth_tests::tokens::{Forge, good_payload, now, payload, settings, signing_key, verifier};
use tower::ServiceExt;

#[test]
fn an_ordinary_token_costs_two_allocations() {
    let verifier = verifier(&settings(Algorithm::HS256));
    let token = signing_key(Algorithm::HS256).sign(&good_payload());
    let count = allocation_counter::measure(|| {
        let verified = verifier.verify(&token, now()).expect("good");
        assert_eq!(verified.user_id(), Some("42"));
        let copy = verified.clone();
        assert_eq!(copy.jti().map(str::len), Some(32));
        assert_eq!(copy.raw_claim("aud"), Some("\"api\""));
    });
    assert_eq!(count.count_total, 2);
    assert!(count.bytes_total < 1500, "{count:?}");
}

#[test]
fn permissions_in_a_list_cost_none_more() {
    let verifier = verifier(&settings(Algorithm::HS256));
    let list = r#"["orders:read","orders:write",[1,[2]]]"#;
    let token = Forge::new(Algorithm::HS256).token(&payload(&[("permissions", Some(list))]));
    let count = allocation_counter::measure(|| {
        verifier.verify(&token, now()).expect("good");
    });
    assert_eq!(count.count_total, 2);
}

#[test]
fn a_forged_token_with_a_known_header_costs_none() {
    let verifier = verifier(&settings(Algorithm::HS256));
    let token = Forge::with_secret(b"another").token(&good_payload());
    let count = allocation_counter::measure(|| {
        let refused = verifier.verify(&token, now());
        assert_eq!(refused.err(), Some(TokenError::BadSignature));
    });
    assert_eq!(count.count_total, 0);
}

#[protected]
async fn guarded() -> &'static str {
    "ok"
}

#[public]
async fn unguarded() -> &'static str {
    "ok"
}

#[test]
fn a_guard_costs_four_allocations_at_most() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let plain = jwt_auth::Settings { rotate_refresh_tokens: false, ..jwt_auth::Settings::new(jwt_auth_tests::KEY) };
    let auth = runtime.block_on(JwtAuth::builder(plain).start()).expect("good settings");
    let token = auth.access_token_for("1", &Claims::new()).expect("a token");
    let header = format!("Bearer {}", token.expose());
    let router = GuardedRouter::<JwtAuth>::new()
        .route("/guarded", get(guarded))
        .route("/unguarded", get(unguarded))
        .with_state(auth);
    let count = |path: &str| {
        let call = || {
            let request = Request::builder().uri(path).header("authorization", &header).body(Body::empty());
            (router.clone(), request.expect("a request"))
        };
        // The first call warms what is made once.
        let (warm, request) = call();
        runtime.block_on(warm.oneshot(request)).expect("routers do not fail");
        let (router, request) = call();
        let info = allocation_counter::measure(|| {
            let answer = runtime.block_on(router.oneshot(request)).expect("routers do not fail");
            assert_eq!(answer.status(), StatusCode::OK);
        });
        info.count_total
    };
    let (guarded, unguarded) = (count("/guarded"), count("/unguarded"));
    assert!(guarded <= unguarded + 4, "{guarded} guarded, {unguarded} unguarded");
}

/// What fuzzing has kept, by the functions that it calls (`fuzz/`): each holds the crate to a property, and none may ask for memory beyond its cap.
#[test]
fn the_kept_corpus_holds_and_stays_within_its_memory() {
    for target in jwt_auth_tests::fuzz::TARGETS {
        let corpus = target.corpus();
        assert!(corpus.len() >= 8, "{}: {} files", target.name, corpus.len());
        // What is made once is made now.
        corpus.iter().for_each(|(_, data)| (target.run)(data));
        for (name, data) in corpus {
            let count = allocation_counter::measure(|| (target.run)(&data));
            let most = target.most_bytes + jwt_auth_tests::fuzz::PER_BYTE * data.len() as u64;
            assert!(count.bytes_max <= most, "{name}: {} bytes at once", count.bytes_max);
        }
    }
}
