//! What a login sets, to the letter.

use http::StatusCode;
use jwt_auth::settings::SameSite;
use jwt_auth::{Claims, Login, Settings};
use jwt_auth_tests::{App, Browser, payload, post, settings};
use serde_json::json;

fn with_cookies() -> Settings {
    Settings { cookies: true, ..settings() }
}

fn set_cookies(answer: &jwt_auth_tests::Answer) -> Vec<String> {
    answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().expect("text").to_owned()).collect()
}

/// The lines without their values.
fn attributes(answer: &jwt_auth_tests::Answer) -> Vec<String> {
    let lines = set_cookies(answer);
    let bare = |line: &String| {
        let (pair, rest) = line.split_once("; ").expect("attributes");
        format!("{}; {rest}", pair.split_once('=').expect("a pair").0)
    };
    lines.iter().map(bare).collect()
}

#[tokio::test]
async fn a_browser_gets_cookies_and_no_token_in_the_body() {
    let app = App::start(with_cookies()).await;
    let mut browser = Browser::new(&app.router);
    let answer = browser.log_in().await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        attributes(&answer),
        [
            "__Host-access; Path=/; Max-Age=300; HttpOnly; Secure; SameSite=Lax",
            "__Host-refresh; Path=/; Max-Age=86400; HttpOnly; Secure; SameSite=Strict",
            "__Host-csrf; Path=/; Max-Age=86400; Secure; SameSite=Strict",
        ]
    );
    assert_eq!((answer.header("cache-control"), answer.header("vary")), ("no-store", "Cookie"));
    assert_eq!(answer.json(), json!({ "csrf_token": browser.jar["__Host-csrf"] }));
    assert_eq!(payload(&browser.jar["__Host-access"]).raw("token_type"), Some("\"access\""));
    assert_eq!(payload(&browser.jar["__Host-refresh"]).raw("token_type"), Some("\"refresh\""));
}

#[tokio::test]
async fn attributes_follow_the_settings() {
    let plain = Settings { cookie_secure: false, ..with_cookies() };
    let strict = Settings { cookie_same_site: SameSite::Strict, ..with_cookies() };
    let open = Settings {
        cookie_same_site: SameSite::None,
        allowed_origins: vec!["https://shop.test".to_owned()],
        ..with_cookies()
    };
    for (settings, access, csrf) in [
        (plain, "access; Path=/; Max-Age=300; HttpOnly; SameSite=Lax", "csrf; Path=/; Max-Age=86400; SameSite=Strict"),
        (
            strict,
            "__Host-access; Path=/; Max-Age=300; HttpOnly; Secure; SameSite=Strict",
            "__Host-csrf; Path=/; Max-Age=86400; Secure; SameSite=Strict",
        ),
        (
            open,
            "__Host-access; Path=/; Max-Age=300; HttpOnly; Secure; SameSite=None; Partitioned",
            "__Host-csrf; Path=/; Max-Age=86400; Secure; SameSite=None; Partitioned",
        ),
    ] {
        let answer = Browser::new(&App::start(settings).await.router).log_in().await;
        let lines = attributes(&answer);
        assert_eq!((lines[0].as_str(), lines[2].as_str()), (access, csrf));
    }
}

/// An application on a phone keeps its tokens itself, beside browsers on one service.
#[tokio::test]
async fn a_client_that_is_no_browser_gets_its_tokens_in_the_body() {
    let app = App::start(with_cookies()).await;
    let answer = post(&app.router, "/api/token/", json!({ "username": "test", "password": "test" })).await;
    let (refresh, access) = (answer.member("refresh"), answer.member("access"));
    assert_eq!(app.get("/stateless", &access).await.status, StatusCode::OK);
    // What it gets for a token of the body is in the body, and its jar stays as it is.
    let refreshed = app.refresh(&refresh).await;
    assert_eq!(refreshed.status, StatusCode::OK);
    assert!(set_cookies(&refreshed).is_empty());
    assert_eq!(app.get("/stateless", &refreshed.member("access")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn without_the_setting_nothing_is_set_and_no_cookie_counts() {
    let app = App::start(settings()).await;
    let (_, access) = app.login().await;
    let mut browser = Browser::new(&app.router);
    browser.jar.insert("__Host-access".to_owned(), access);
    assert_eq!(browser.get("/stateless").await.status, StatusCode::UNAUTHORIZED);
    let login = browser.post("/api/token/", json!({ "username": "test", "password": "test" })).await;
    assert!(set_cookies(&login).is_empty());
    assert!(login.json().get("csrf_token").is_none());
}

/// Browsers drop a cookie that is too long without a word, and then the login has not happened.
#[tokio::test]
async fn what_no_browser_would_keep_is_not_issued() {
    let app = App::start(with_cookies()).await;
    let mut claims = Claims::new();
    claims.insert("device", "d".repeat(3000)).expect("a claim");
    let user = app.auth.check_password("test", &"test".into()).await.expect("welcome");
    let pair =
        app.auth.for_user(&user, Login { claims, ..Login::default() }).await.expect("for a header it is not too long");
    let mut browser = Browser::new(&app.router);
    let csrf = browser.log_in().await.member("csrf_token");
    assert_eq!(app.auth.sessions("1").await.expect("reads").len(), 2);
    browser.jar.insert("__Host-refresh".to_owned(), pair.refresh.expose().to_owned());
    let other = browser.post("/api/token/refresh/", json!({})).await;
    assert_eq!(other.json()["reason"], "wrong_session", "{csrf} is of another one");
    let mut browser = browser.with("x-csrf-token", Some(&other.member("csrf_token")));
    let refused = browser.post("/api/token/refresh/", json!({})).await;
    let why = refused.status.as_u16();
    assert_eq!((why, set_cookies(&refused).len()), (500, 0));
    assert_eq!(app.refresh(pair.refresh.expose()).await.status, StatusCode::OK, "who keeps it itself goes on");
}
