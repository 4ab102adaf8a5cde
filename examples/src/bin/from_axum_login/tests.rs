//! What the guide says of logins, permissions and logouts.

use super::{Account, Accounts, Settings, app, router};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use jwt_auth::Secret;
use jwt_auth::testing::{TestAnswer, quick_hasher};
use serde_json::json;
use tower::ServiceExt;

async fn program() -> Router {
    let hash = |password| quick_hasher().hash(password).expect("a hash");
    let accounts: Vec<Account> = serde_json::from_value(json!([
        {"id": 1, "name": "ada", "password_hash": hash("ada"), "permissions": ["notes:write"]},
        {"id": 2, "name": "sam", "password_hash": hash("sam"), "permissions": []},
    ]))
    .expect("accounts");
    let settings = Settings::new(Secret::generate().expect("random numbers"));
    router().with_state(app(settings, Accounts(accounts.into())).await.expect("an application"))
}

#[tokio::test]
async fn everybody_reads_and_who_may_writes() {
    let app = program().await;
    let (ada, sam) = (log_in(&app, "ada").await.member("access"), log_in(&app, "sam").await.member("access"));
    assert_eq!(send(&app, "POST", "/notes", &sam, "tea").await.status, 403);
    assert_eq!(send(&app, "POST", "/notes", &ada, "bread").await.status, 200);
    assert_eq!(send(&app, "GET", "/notes", &sam, "").await.json(), json!(["ada: bread"]));
    for (token, code) in [("", None), ("no-token", Some("token_not_valid"))] {
        let answer = send(&app, "POST", "/notes", token, "tea").await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["code"].as_str().map(str::to_owned)),
            (401, code.map(str::to_owned))
        );
    }
    let answer = send(&app, "POST", "/api/token/", "", r#"{"username":"ada","password":"wrong"}"#).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.json(), json!({"detail": "No active account found with the given credentials"}));
    assert_eq!(send(&app, "POST", "/login", "", "").await.status, 404);
}

#[tokio::test]
async fn no_cookie_is_set_or_read() {
    let app = program().await;
    let answer = log_in(&app, "ada").await;
    assert!(answer.headers.get("set-cookie").is_none());
    let access = answer.member("access");
    let request = Request::get("/notes").header("cookie", format!("id={access}; access={access}"));
    let answer = app.oneshot(request.body(Body::empty()).expect("a request")).await.expect("an answer");
    assert_eq!(answer.status(), 401);
}

#[tokio::test]
async fn a_refresh_goes_on_and_a_logout_ends_both_tokens() {
    let app = program().await;
    let answer = log_in(&app, "ada").await;
    let body = json!({"refresh": answer.member("refresh")}).to_string();
    let answer = send(&app, "POST", "/api/token/refresh/", "", &body).await;
    let (access, refresh) = (answer.member("access"), answer.member("refresh"));
    assert_eq!(send(&app, "GET", "/notes", &access, "").await.status, 200);

    let body = json!({"refresh": refresh}).to_string();
    assert_eq!(send(&app, "POST", "/api/token/blacklist/", "", &body).await.status, 200);
    assert_eq!(send(&app, "GET", "/notes", &access, "").await.status, 401);
    assert_eq!(send(&app, "POST", "/api/token/refresh/", "", &body).await.status, 401);
}

async fn log_in(app: &Router, name: &str) -> TestAnswer {
    let login = json!({"username": name, "password": name}).to_string();
    send(app, "POST", "/api/token/", "", &login).await
}

async fn send(app: &Router, method: &str, path: &str, token: &str, body: &str) -> TestAnswer {
    let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = request.body(Body::from(body.to_owned())).expect("a request");
    TestAnswer::read(app.clone().oneshot(request).await.expect("an answer")).await
}
