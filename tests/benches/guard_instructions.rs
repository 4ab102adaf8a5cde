//! Calls one route so and so often, for an instruction counter:
//! `valgrind --tool=callgrind <this program> /guarded 2000`, then the same with `/unguarded`.

use axum::body::Body;
use http::Request;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::{Claims, JwtAuth, Settings, protected, public};
use tower::ServiceExt;

#[protected]
async fn guarded() -> &'static str {
    "ok"
}

#[public]
async fn unguarded() -> &'static str {
    "ok"
}

fn main() {
    // cargo bench passes `--bench` along.
    let mut words = std::env::args().skip(1).filter(|word| !word.starts_with("--"));
    let path = words.next().unwrap_or_else(|| "/guarded".to_owned());
    let count = words.next().map_or(1, |count| count.parse().expect("a number"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let settings = Settings {
        rotate_refresh_tokens: false,
        ..Settings::new("a signing key of the benchmarks, 64 bytes and a few more than that")
    };
    let auth = runtime.block_on(JwtAuth::builder(settings).start()).expect("good settings");
    let header = format!("Bearer {}", auth.access_token_for("1", &Claims::new()).expect("a token").expose());
    let routes = GuardedRouter::<JwtAuth>::new().route("/guarded", get(guarded)).route("/unguarded", get(unguarded));
    let router = routes.with_state(auth);
    runtime.block_on(async {
        for _ in 0..count {
            let request = Request::builder().uri(&path).header("authorization", &header).body(Body::empty());
            let answer = router.clone().oneshot(request.expect("a request")).await.expect("routers do not fail");
            assert!(answer.status().is_success());
        }
    });
}
