//! What a guard costs in process: the same route guarded and unguarded, and behind a hand-written extractor over
//! `jsonwebtoken::decode`. No socket: a router is called as a service.

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, State};
use axum::routing::get;
use criterion::{Criterion, criterion_group, criterion_main};
use http::request::Parts;
use http::{Request, StatusCode};
use jsonwebtoken::{DecodingKey, Validation};
use jwt_auth::routing::GuardedRouter;
use jwt_auth::{Claims, JwtAuth, Settings, TokenUser, protected, public};
use std::hint::black_box;
use std::sync::Arc;
use tower::ServiceExt;

const KEY: &str = "a signing key of the benchmarks, 64 bytes and a few more than that";

#[public]
async fn unguarded() -> &'static str {
    "ok"
}

#[protected]
async fn guarded() -> &'static str {
    "ok"
}

#[protected]
async fn guarded_with_user(user: TokenUser) -> &'static str {
    black_box(user.id());
    "ok"
}

/// What many applications write by themselves.
struct ByHand;

#[derive(Clone)]
struct HandState {
    key: Arc<DecodingKey>,
    validation: Arc<Validation>,
}

impl FromRequestParts<HandState> for ByHand {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, state: &HandState) -> Result<Self, StatusCode> {
        let header = parts.headers.get("authorization").and_then(|value| value.to_str().ok());
        let token = header.and_then(|value| value.strip_prefix("Bearer ")).ok_or(StatusCode::UNAUTHORIZED)?;
        jsonwebtoken::decode::<serde_json::Value>(token, &state.key, &state.validation)
            .map(|_| Self)
            .map_err(|_| StatusCode::UNAUTHORIZED)
    }
}

async fn by_hand(_: ByHand, _: State<HandState>) -> &'static str {
    "ok"
}

fn benches(c: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let settings = Settings { rotate_refresh_tokens: false, ..Settings::new(KEY) };
    let auth = runtime.block_on(JwtAuth::builder(settings).start()).expect("good settings");
    let token = auth.access_token_for("1", &Claims::new()).expect("a token");
    let header = format!("Bearer {}", token.expose());

    let ours: Router = GuardedRouter::<JwtAuth>::new()
        .route("/unguarded", jwt_auth::routing::get(unguarded))
        .route("/guarded", jwt_auth::routing::get(guarded))
        .route("/user", jwt_auth::routing::get(guarded_with_user))
        .with_state(auth);
    let state = HandState {
        key: Arc::new(DecodingKey::from_secret(KEY.as_bytes())),
        validation: Arc::new(Validation::default()),
    };
    let theirs: Router = Router::new().route("/by-hand", get(by_hand)).with_state(state);

    let mut group = c.benchmark_group("route");
    for (name, router, path) in [
        ("unguarded", &ours, "/unguarded"),
        ("guarded", &ours, "/guarded"),
        ("guarded with TokenUser", &ours, "/user"),
        ("by hand over jsonwebtoken::decode", &theirs, "/by-hand"),
    ] {
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || {
                    let request = Request::builder().uri(path).header("authorization", &header);
                    (router.clone(), request.body(Body::empty()).expect("a request"))
                },
                |(router, request)| {
                    let response = runtime.block_on(router.oneshot(request)).expect("routers do not fail");
                    assert_eq!(response.status(), StatusCode::OK);
                    response
                },
                criterion::BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
