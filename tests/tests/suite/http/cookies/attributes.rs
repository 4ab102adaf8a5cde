//! What a login sets, to the letter.

use http::StatusCode;
use jwt_auth::routing::GuardedRouter;
use jwt_auth::settings::SameSite;
use jwt_auth::views::{ObtainView, TokenObtainPairRequest, TokenObtainPairResponse, ViewRequest};
use jwt_auth::{AuthError, Claims, JwtAuth, Settings, token_routes};
use jwt_auth_tests::{Account, App, Browser, logged, payload, post, settings};
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
            "__Host-device; Path=/; Max-Age=31536000; HttpOnly; Secure; SameSite=Strict",
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

struct LongLogin;

impl ObtainView<JwtAuth<Account>> for LongLogin {
    type Request = TokenObtainPairRequest;
    type Response = TokenObtainPairResponse;

    async fn claims(_: &ViewRequest<'_, JwtAuth<Account>>, _: &Account) -> Result<Claims, AuthError> {
        let mut claims = Claims::new();
        claims.insert("device", "d".repeat(3000))?;
        Ok(claims)
    }
}

/// Browsers drop a cookie that is too long without a word, and then the login has not happened.
#[test]
fn what_no_browser_would_keep_is_put_into_no_cookie() {
    #[token_routes("/api/token", obtain = LongLogin)]
    fn urls() -> GuardedRouter<JwtAuth<Account>> {
        GuardedRouter::new()
    }
    let log = logged(async {
        let app = App::start(with_cookies()).await;
        let router = urls().with_state(app.auth.clone());
        let login = json!({ "username": "test", "password": "test" });
        let answer = Browser::new(&router).post("/api/token/", login.clone()).await;
        assert_eq!((answer.status, set_cookies(&answer).len()), (StatusCode::INTERNAL_SERVER_ERROR, 0));
        assert!(app.auth.sessions("1").await.expect("reads").is_empty(), "nobody holds its tokens");
        // Who keeps them itself has them all the same.
        let answer = post(&router, "/api/token/", login).await;
        assert_eq!((answer.status, set_cookies(&answer).len()), (StatusCode::OK, 0));
        assert_eq!(app.refresh(&answer.member("refresh")).await.status, StatusCode::OK);
    });
    assert!(log.contains("a token was not issued") && log.contains("in a cookie") && log.contains("`device`"), "{log}");
}
