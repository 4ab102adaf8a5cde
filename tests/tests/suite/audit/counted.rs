//! The counter behind every request of these suites notices what is missing, and what is too much.

use axum::Router;
use axum::routing::post;
use http::StatusCode;
use jwt_auth::{JwtAuth, Settings, store::MemoryStore};
use jwt_auth_tests::{App, KEY, settings};
use serde_json::json;

#[tokio::test]
#[should_panic(expected = "expected [\"login.succeeded\"]")]
async fn a_login_without_an_event_is_noticed() {
    let router = Router::new().route("/api/token/", post(async || StatusCode::OK));
    jwt_auth_tests::post(&router, "/api/token/", json!({})).await;
}

#[tokio::test]
#[should_panic(expected = "one event at most")]
async fn a_second_event_is_noticed() {
    let app = App::start(settings()).await;
    let (refresh, _) = app.login().await;
    let auth = app.auth.clone();
    let log_out_twice = async move || {
        for _ in 0..2 {
            let _ = auth.blacklist(&refresh).await;
        }
        StatusCode::OK
    };
    let router = Router::new().route("/twice", post(log_out_twice));
    jwt_auth_tests::post(&router, "/twice", json!({})).await;
}

#[tokio::test]
#[should_panic(expected = "an event that says something else")]
async fn an_event_that_contradicts_the_answer_is_noticed() {
    let auth = JwtAuth::builder(Settings::new(KEY)).store(MemoryStore::new()).start().await.expect("starts");
    let log_out = async move || match auth.blacklist("x").await {
        Ok(()) => StatusCode::NOT_FOUND,
        Err(_) => StatusCode::OK,
    };
    let router = Router::new().route("/api/token/blacklist", post(log_out));
    jwt_auth_tests::post(&router, "/api/token/blacklist", json!({})).await;
}
