//! A login in a browser that has a session: the new one takes its place (OWASP ASVS 7.2.4).

use http::StatusCode;
use jwt_auth::audit::AuditEvent;
use jwt_auth::routing::GuardedRouter;
use jwt_auth::settings::minutes;
use jwt_auth::store::MemoryStore;
use jwt_auth::testing::quick_hasher;
use jwt_auth::user::MemoryUsers;
use jwt_auth::{JwtAuth, Settings, token_routes};
use jwt_auth_tests::odd_store::OddStore;
use jwt_auth_tests::{Account, App, Browser, Events, post, settings};
use serde_json::{Value, json};

#[token_routes("/api/token", sessions)]
fn urls() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new()
}

fn with_cookies() -> Settings {
    Settings { cookies: true, ..settings() }
}

async fn sessions(browser: &mut Browser) -> usize {
    let answer = browser.get("/api/sessions/").await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.json().as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn the_session_of_before_is_over() {
    let events = Events::default();
    let app = App::audited(with_cookies(), &events).await;
    let mut browser = Browser::new(&urls().with_state(app.auth.clone()));
    browser.log_in().await;
    let mut copied = browser.clone();
    // With an access token that has run out, too, and from a page that knows no CSRF token yet.
    for pause in [minutes(1), minutes(10)] {
        app.clock.advance(pause);
        events.take();
        browser = browser.with("x-csrf-token", None);
        browser.log_in().await;
        let told: Vec<_> = events.take().iter().map(AuditEvent::name).collect();
        assert_eq!(told, ["logout.succeeded", "login.succeeded"]);
        let refused = copied.post("/api/token/refresh/", json!({})).await;
        assert_eq!(refused.json()["reason"], "session_revoked");
        assert_eq!(copied.get("/api/sessions/").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(sessions(&mut browser).await, 1);
        copied = browser.clone();
    }
}

/// The tokens of whoever was there before are overwritten, and would be nobody's.
#[tokio::test]
async fn whoever_it_was() {
    let app = App::start(with_cookies()).await;
    let router = urls().with_state(app.auth.clone());
    let mut browser = Browser::new(&router);
    browser.log_in().await;
    let mut copied = browser.clone();
    let answer = browser.post("/api/token/", json!({ "username": "staff", "password": "staff" })).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(copied.get("/api/sessions/").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_login_that_fails_ends_nothing() {
    let app = App::start(with_cookies()).await;
    let mut browser = Browser::new(&urls().with_state(app.auth.clone()));
    browser.log_in().await;
    for body in [json!({ "username": "test", "password": "wrong" }), json!({}), json!({ "username": "test" })] {
        assert_ne!(browser.post("/api/token/", body).await.status, StatusCode::OK);
    }
    let forged = browser.clone().with("sec-fetch-site", Some("cross-site")).with("origin", Some("https://evil.test"));
    let (mut forged, credentials) = (forged, json!({ "username": "test", "password": "test" }));
    assert_eq!(forged.post("/api/token/", credentials).await.status, StatusCode::FORBIDDEN);
    assert_eq!(sessions(&mut browser).await, 1);
    assert_eq!(browser.post("/api/token/refresh/", json!({})).await.status, StatusCode::OK);
}

/// A cookie that is none of ours, or over, stands in no login's way.
#[tokio::test]
async fn whatever_is_in_the_cookie() {
    let app = App::start(with_cookies()).await;
    let mut browser = Browser::new(&urls().with_state(app.auth.clone()));
    for refresh in ["", ".", "x.y.z", "e30.e30.e30"] {
        browser.jar.insert("__Host-refresh".to_owned(), refresh.to_owned());
        assert_eq!(browser.log_in().await.status, StatusCode::OK, "{refresh:?}");
    }
    assert_eq!(sessions(&mut browser).await, 4);
    // Nor does a logout that another tab made.
    let before = browser.jar.clone();
    browser.post("/api/token/logout/", json!({})).await;
    browser.jar = before;
    assert_eq!(browser.log_in().await.status, StatusCode::OK);
}

/// One user has several devices, and each has its session.
#[tokio::test]
async fn other_devices_stay() {
    let app = App::start(with_cookies()).await;
    let router = urls().with_state(app.auth.clone());
    let (mut browser, mut other) = (Browser::new(&router), Browser::new(&router));
    browser.log_in().await;
    other.log_in().await;
    post(&router, "/api/token/", json!({ "username": "test", "password": "test" })).await;
    assert_eq!(sessions(&mut browser).await, 3);
}

/// Then the login has not come about, and what was stays.
#[tokio::test]
async fn where_it_cannot_be_ended_nobody_is_logged_in() {
    let store = OddStore::new(MemoryStore::new());
    let users = MemoryUsers::new(|user: &Account| &user.username);
    let password_hash = quick_hasher().hash("test").expect("a hash");
    users.put(Account {
        id: 1,
        username: "test".to_owned(),
        password_hash,
        is_active: true,
        is_staff: false,
        permissions: Vec::new(),
    });
    let builder = JwtAuth::builder(with_cookies()).users(users).store(store.clone()).password_hasher(quick_hasher());
    let auth = builder.start().await.expect("good settings");
    let mut browser = Browser::new(&urls().with_state(auth));
    browser.log_in().await;
    let before = browser.jar.clone();
    store.let_change(false, true);
    let answer = browser.post("/api/token/", json!({ "username": "test", "password": "test" })).await;
    assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "1"));
    assert_eq!((&browser.jar, answer.json().get("access").map(Value::is_string)), (&before, None));
    store.let_change(true, true);
    assert_eq!(browser.post("/api/token/refresh/", json!({})).await.status, StatusCode::OK);
}

/// Its cookies are not overwritten, so nobody loses what is in them.
#[tokio::test]
async fn where_no_cookie_is_set_the_session_stays() {
    let app = App::start(with_cookies()).await;
    let router = urls().with_state(app.auth.clone());
    let mut browser = Browser::new(&router);
    browser.log_in().await;
    app.users.update("1", |user| user.permissions = (0..180).map(|at| format!("permission:{at:08}")).collect());
    let mut tool = browser.clone().with("sec-fetch-site", None).with("origin", None);
    let answer = tool.post("/api/token/", json!({ "username": "test", "password": "test" })).await;
    assert_eq!((answer.status, answer.headers.contains_key("set-cookie")), (StatusCode::OK, false));
    app.users.update("1", |user| user.permissions.clear());
    assert_eq!(browser.post("/api/token/refresh/", json!({})).await.status, StatusCode::OK);
}
