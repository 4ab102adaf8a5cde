//! A state behind an `Arc`, which is not `Clone` itself.

use axum::extract::State;
use http::StatusCode;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::{
    AuthState, CurrentUser, GuardLayer, IsAdminUser, IsAuthenticated, JwtAuth, protected, rule, token_routes,
};
use jwt_auth_tests::{Account, App, get as ask, post, settings};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

#[derive(AuthState)]
struct Site {
    auth: JwtAuth<Account>,
    visits: AtomicU32,
}

#[derive(AuthState)]
struct Around {
    #[auth]
    site: Arc<Site>,
}

#[protected]
async fn visit(State(site): State<Arc<Site>>) -> String {
    site.visits.fetch_add(1, Ordering::SeqCst).to_string()
}

#[protected(IsAdminUser, user)]
async fn admin(CurrentUser(user): CurrentUser<Account>) -> String {
    user.username
}

#[token_routes("/api/token", sessions)]
fn urls() -> GuardedRouter<Arc<Site>> {
    GuardedRouter::new().route("/visit", get(visit)).route("/admin", get(admin))
}

#[tokio::test]
async fn routes_views_and_extractors_take_it() {
    let auth = App::start(settings()).await.auth;
    let site = Arc::new(Site { auth, visits: AtomicU32::new(0) });
    let router = urls().with_state(Arc::clone(&site));
    let mut tokens = Vec::new();
    for name in ["test", "staff"] {
        let answer = post(&router, "/api/token/", json!({ "username": name, "password": name })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        tokens.push(format!("Bearer {}", answer.member("access")));
    }
    assert_eq!(ask(&router, "/visit", None).await.status, StatusCode::UNAUTHORIZED);
    for count in ["0", "1"] {
        assert_eq!(ask(&router, "/visit", Some(&tokens[0])).await.text, count);
    }
    assert_eq!(site.visits.load(Ordering::SeqCst), 2);
    assert_eq!(ask(&router, "/admin", Some(&tokens[0])).await.status, StatusCode::FORBIDDEN);
    assert_eq!(ask(&router, "/admin", Some(&tokens[1])).await.text, "staff");
    assert_eq!(ask(&router, "/api/sessions", Some(&tokens[0])).await.status, StatusCode::OK);
}

#[tokio::test]
async fn layers_take_it_and_a_state_may_stand_in_another() {
    let app = App::start(settings()).await;
    let access = format!("Bearer {}", app.login().await.1);
    let site = Arc::new(Site { auth: app.auth, visits: AtomicU32::new(0) });
    let around = Arc::new(Around { site });
    let layer = GuardLayer::new(around, rule!(IsAuthenticated));
    let router = axum::Router::new().route("/", axum::routing::get(|| async { "in" })).layer(layer);
    assert_eq!(ask(&router, "/", None).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(&router, "/", Some(&access)).await.text, "in");
}
