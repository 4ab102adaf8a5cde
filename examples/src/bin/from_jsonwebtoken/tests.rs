//! Tokens from before the move open the routes after it, and the other way round.

use super::{Account, Accounts, Settings, app, router, settings};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use jwt_auth::testing::{TestAnswer, quick_hasher};
use jwt_auth::{JwtAuth, Secret};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::sync::LazyLock;
use tower::ServiceExt;

static SECRET: LazyLock<Secret> = LazyLock::new(|| Secret::generate().expect("random numbers"));

mod before {
    #![allow(dead_code)]
    include!("../../../migrations/from_jsonwebtoken/before/src/main.rs");

    pub(super) struct Program(App);

    impl Program {
        pub(super) fn new() -> Self {
            Self(app(super::SECRET.expose(), Accounts(super::accounts().into())))
        }

        pub(super) fn router(&self) -> Router {
            router().with_state(self.0.clone())
        }

        pub(super) fn token(&self, name: &str) -> String {
            let account = self.0.accounts.0.iter().find(|account| account.name == name).expect("an account");
            self.0.token(account).expect("a token")
        }

        pub(super) fn sign(&self, claims: &impl Serialize) -> String {
            encode(&Header::default(), claims, &self.0.signing).expect("a token")
        }
    }
}

fn accounts<A: DeserializeOwned>() -> Vec<A> {
    let hash = |password| quick_hasher().hash(password).expect("a hash");
    serde_json::from_value(json!([
        {"id": 1, "name": "ada", "password_hash": hash("ada"), "permissions": ["notes:write"]},
        {"id": 2, "name": "sam", "password_hash": hash("sam"), "permissions": []},
    ]))
    .expect("accounts")
}

async fn after() -> Router {
    router().with_state(app(SECRET.expose(), Accounts(accounts::<Account>().into())).await.expect("an application"))
}

#[tokio::test]
async fn tokens_from_before_open_the_routes() {
    let old = before::Program::new();
    let app = after().await;
    let (ada, sam) = (old.token("ada"), old.token("sam"));
    assert_eq!(send(&app, "POST", "/notes", &sam, "tea").await.status, 403);
    assert_eq!(send(&app, "POST", "/notes", &ada, "bread").await.status, 200);
    assert_eq!(send(&app, "GET", "/notes", &sam, "").await.json(), json!(["1: bread"]));
}

#[tokio::test]
async fn tokens_from_after_open_the_routes_of_the_old_program() {
    let before = before::Program::new().router();
    let app = after().await;
    let (ada, sam) = (log_in(&app, "ada").await, log_in(&app, "sam").await);
    for program in [&before, &app] {
        assert_eq!(send(program, "POST", "/notes", &sam, "tea").await.status, 403);
        assert_eq!(send(program, "POST", "/notes", &ada, "bread").await.status, 200);
        assert_eq!(send(program, "GET", "/notes", &sam, "").await.json(), json!(["1: bread"]));
    }
}

#[tokio::test]
async fn what_the_guide_says_of_differences() {
    let old = before::Program::new();
    let before = old.router();
    let app = after().await;
    let now = jsonwebtoken::get_current_timestamp();
    for (case, claims, statuses) in [
        ("good", json!({"sub": "1", "iat": now, "exp": now + 60, "permissions": []}), [200, 200]),
        ("expired for 45 s", json!({"sub": "1", "iat": now - 100, "exp": now - 45, "permissions": []}), [200, 401]),
        ("without iat", json!({"sub": "1", "exp": now + 60, "permissions": []}), [401, 401]),
        ("two days", json!({"sub": "1", "iat": now, "exp": now + 172_800, "permissions": []}), [200, 200]),
        ("not yet", json!({"sub": "1", "iat": now, "nbf": now + 99, "exp": now + 199, "permissions": []}), [200, 401]),
    ] {
        let token = old.sign(&claims);
        let answers = [send(&before, "GET", "/notes", &token, "").await, send(&app, "GET", "/notes", &token, "").await];
        assert_eq!(answers.map(|answer| answer.status), statuses, "{case}");
    }
    let answer = send(&before, "GET", "/notes", "", "").await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (401, ""));
    let answer = send(&app, "GET", "/notes", "", "").await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.header("www-authenticate"), r#"Bearer realm="api""#);
    assert_eq!(answer.json(), json!({"detail": "Authentication credentials were not provided."}));
    let answer = send(&app, "GET", "/notes", "no-token", "").await;
    assert_eq!(answer.member("code"), "token_not_valid");
}

#[tokio::test]
async fn the_last_two_settings_are_for_the_tokens_from_before() {
    let old = before::Program::new();
    let token = old.token("ada");
    let later =
        Settings { user_id_claim: "sub".to_owned(), rotate_refresh_tokens: false, ..Settings::new(SECRET.expose()) };
    let auth: JwtAuth = JwtAuth::builder(later).start().await.expect("starts");
    assert!(auth.authenticate(&token).await.is_err());
    // What the guide warns of: meanwhile a refresh token is any token.
    let app = after().await;
    let answer = send(&app, "POST", "/api/token/", "", r#"{"username":"sam","password":"sam"}"#).await;
    assert_eq!(send(&app, "GET", "/notes", &answer.member("refresh"), "").await.status, 200);
}

#[tokio::test]
async fn a_short_secret_is_refused_at_the_start() {
    assert!(app("a short one", Accounts(accounts::<Account>().into())).await.is_err());
    let lenient = Settings { signing_key: Some("a short one".into()), ..Settings::simple_jwt("") };
    let lenient = Settings { user_id_claim: settings("").user_id_claim, ..lenient };
    assert!(JwtAuth::<jwt_auth::NoUser>::builder(lenient).start().await.is_ok());
}

async fn log_in(app: &Router, name: &str) -> String {
    let login: Value = json!({"username": name, "password": name});
    send(app, "POST", "/api/token/", "", &login.to_string()).await.member("access")
}

async fn send(app: &Router, method: &str, path: &str, token: &str, body: &str) -> TestAnswer {
    let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = request.body(Body::from(body.to_owned())).expect("a request");
    TestAnswer::read(app.clone().oneshot(request).await.expect("an answer")).await
}
