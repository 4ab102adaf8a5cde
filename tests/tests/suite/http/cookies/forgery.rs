//! Whether a request with cookies was meant: every combination of what a browser can say, against a reader of the rule's text.

use axum::Json;
use axum::routing::{any, get};
use http::{Method, StatusCode};
use jwt_auth::routing::{self, GuardedRouter};
use jwt_auth::settings::SameSite;
use jwt_auth::{CurrentUser, JwtAuth, Settings, TokenUser, protected, public, token_routes};
use jwt_auth_tests::{Account, Answer, App, Browser, KEY, settings};
use serde_json::{Value, json};

#[protected]
async fn guarded(user: TokenUser) -> Json<String> {
    Json(user.id().to_owned())
}

#[public]
async fn open(user: Option<CurrentUser<Account>>) -> Json<Option<String>> {
    Json(user.map(|CurrentUser(user)| user.username))
}

#[token_routes("/api/token", sessions)]
fn urls() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new().route("/guarded", routing::any(guarded)).route("/open", routing::any(open))
}

fn with_cookies() -> Settings {
    Settings { cookies: true, allowed_origins: vec!["https://app.example.test".to_owned()], ..settings() }
}

async fn browser(settings: Settings) -> Browser {
    let app = App::start(settings).await;
    let router = urls().with_state(app.auth.clone());
    let mut browser = Browser::new(&router);
    browser.log_in().await;
    browser
}

/// `None`: the header is not there.
const SITES: [Option<&str>; 6] =
    [None, Some("same-origin"), Some("none"), Some("same-site"), Some("cross-site"), Some("else")];
const ORIGINS: [Option<&str>; 5] = [
    None,
    Some("https://api.example.test"),
    Some("https://app.example.test"),
    Some("https://evil.example.test"),
    Some("null"),
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Token {
    None,
    Own,
    OfAnotherSession,
    Forged,
}

/// The rule, as the guide has it.
fn expected(method: &Method, upgrade: bool, site: Option<&str>, origin: Option<&str>, token: Token, open: bool) -> u16 {
    let listed = origin == Some("https://app.example.test");
    let own = origin == Some("https://api.example.test");
    let reads = matches!(method.as_str(), "GET" | "HEAD" | "OPTIONS" | "TRACE");
    if reads && !upgrade {
        return 200;
    }
    let known = match site {
        Some("same-origin") => true,
        Some("none") => origin.is_none(),
        Some("same-site") => listed,
        Some("cross-site") => open && listed,
        Some(_) => false,
        None if origin.is_some() => listed || own,
        None => !(reads || method == Method::CONNECT),
    };
    let needs_token = !reads && method != Method::CONNECT;
    if known && (!needs_token || token == Token::Own) { 200 } else { 403 }
}

#[tokio::test]
async fn method_site_origin_token_and_transport() {
    let lax = browser(with_cookies()).await;
    let open = browser(Settings { cookie_same_site: SameSite::None, ..with_cookies() }).await;
    let mut tried = 0;
    for (browser, is_open) in [(&lax, false), (&open, true)] {
        let own = browser.headers.iter().find(|(name, _)| *name == "x-csrf-token").expect("a token").1.clone();
        let mut other = Browser { jar: Default::default(), ..browser.clone() };
        let other = other.log_in().await.member("csrf_token");
        for method in ["GET", "HEAD", "OPTIONS", "TRACE", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "PURGE"] {
            let method: Method = method.parse().expect("a method");
            for upgrade in [false, true] {
                for site in SITES {
                    for origin in ORIGINS {
                        for token in [Token::None, Token::Own, Token::OfAnotherSession, Token::Forged] {
                            let text = match token {
                                Token::None => None,
                                Token::Own => Some(own.as_str()),
                                Token::OfAnotherSession => Some(other.as_str()),
                                Token::Forged => Some("AAAA"),
                            };
                            let mut sent = browser
                                .clone()
                                .with("sec-fetch-site", site)
                                .with("origin", origin)
                                .with("x-csrf-token", text)
                                .with("upgrade", upgrade.then_some("websocket"));
                            let answer = sent.send(method.clone(), "/guarded", None).await;
                            let expected = expected(&method, upgrade, site, origin, token, is_open);
                            let what = format!("{method} upgrade {upgrade} {site:?} {origin:?} {token:?} {is_open}");
                            assert_eq!(answer.status.as_u16(), expected, "{what}");
                            check(&answer, &what);
                            // A header is nobody else's doing: then nothing of this is asked.
                            let bearer = format!("Bearer {}", browser.jar["__Host-access"]);
                            let mut sent = sent.with("authorization", Some(&bearer));
                            assert_eq!(sent.send(method.clone(), "/guarded", None).await.status, 200, "{what}");
                            tried += 2;
                        }
                    }
                }
            }
        }
    }
    assert_eq!(tried, 2 * 10 * 2 * 6 * 5 * 4 * 2);
}

/// A refusal says what was missing, and hands a token only to a page of ours.
fn check(answer: &Answer, what: &str) {
    if answer.status != StatusCode::FORBIDDEN || answer.text.is_empty() {
        return;
    }
    let body = answer.json();
    assert_eq!(body["code"], "csrf_failed", "{what}");
    let reason = body["reason"].as_str().expect("a reason");
    assert!(["cross_site", "missing_header", "bad_token", "wrong_session"].contains(&reason), "{what}");
    assert!(reason != "cross_site" || body.get("csrf_token").is_none(), "{what}");
    assert!(answer.headers.get("set-cookie").is_none(), "{what}");
}

#[tokio::test]
async fn a_cookie_counts_on_public_routes_as_on_others() {
    let mut browser = browser(with_cookies()).await;
    assert_eq!(browser.get("/open").await.json(), json!("test"));
    assert_eq!(browser.post("/open", Value::Null).await.json(), json!("test"));
    let mut evil = browser.with("sec-fetch-site", Some("cross-site"));
    assert_eq!(evil.post("/open", Value::Null).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_lost_its_token_goes_on_with_that_of_the_refusal() {
    let mut browser = browser(with_cookies()).await.with("x-csrf-token", None);
    let refused = browser.post("/guarded", Value::Null).await;
    assert_eq!(refused.json()["reason"], "missing_header");
    let mut browser = browser.with("x-csrf-token", Some(&refused.member("csrf_token")));
    assert_eq!(browser.post("/guarded", Value::Null).await.status, StatusCode::OK);
    // No browser says so little: whoever that is has to know the token.
    let mut silent = browser.with("sec-fetch-site", None).with("origin", None).with("x-csrf-token", None);
    assert!(silent.post("/guarded", Value::Null).await.json().get("csrf_token").is_none());
}

#[tokio::test]
async fn two_tokens_are_none() {
    let mut browser = browser(with_cookies()).await;
    browser.headers.push(("x-csrf-token", "AAAA".to_owned()));
    assert_eq!(browser.post("/guarded", Value::Null).await.json()["reason"], "bad_token");
}

#[tokio::test]
async fn the_token_is_good_across_refreshes_and_changed_keys() {
    let app = App::start(with_cookies()).await;
    let router = urls().with_state(app.auth.clone());
    let mut browser = Browser::new(&router);
    browser.log_in().await;
    for _ in 0..3 {
        assert_eq!(browser.post("/api/token/refresh/", json!({})).await.status, StatusCode::OK);
        assert_eq!(browser.post("/guarded", Value::Null).await.status, StatusCode::OK);
    }
    let changed = Settings {
        fallback_keys: vec![KEY.into()],
        ..Settings {
            signing_key: Some("another signing key of the suites, of 64 bytes and a few more".into()),
            ..with_cookies()
        }
    };
    let next = App::start(changed).await;
    let mut browser = Browser {
        jar: browser.jar.clone(),
        headers: browser.headers.clone(),
        ..Browser::new(&urls().with_state(next.auth.clone()))
    };
    assert_eq!(browser.post("/guarded", Value::Null).await.status, StatusCode::OK);
}

/// Who can log a visitor in as somebody else learns what they do then.
#[tokio::test]
async fn logins_come_from_our_pages_or_from_no_page() {
    let app = App::start(with_cookies()).await;
    let router = urls().with_state(app.auth.clone());
    let login = json!({ "username": "test", "password": "test" });
    for (site, origin, status) in [
        (Some("same-origin"), Some("https://api.example.test"), 200),
        (Some("same-site"), Some("https://app.example.test"), 200),
        (None, Some("https://app.example.test"), 200),
        (None, None, 200),
        (Some("cross-site"), Some("https://evil.test"), 403),
        (Some("same-site"), Some("https://blog.example.test"), 403),
        (None, Some("null"), 403),
    ] {
        let mut browser = Browser::new(&router).with("sec-fetch-site", site).with("origin", origin);
        let answer = browser.post("/api/token/", login.clone()).await;
        assert_eq!(answer.status.as_u16(), status, "{site:?} {origin:?}");
        assert_eq!(browser.jar.is_empty(), status != 200);
    }
    // A form of another site cannot send JSON, and nothing else is read.
    let form = jwt_auth_tests::post_text(&router, "/api/token/", "text/plain", &login.to_string()).await;
    assert_eq!(form.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

/// axum's own routers know nothing of guards, and extractors do the same there.
#[tokio::test]
async fn extractors_of_plain_routers_ask_too() {
    async fn claims(user: TokenUser) -> String {
        user.id().to_owned()
    }
    async fn perhaps(user: Option<TokenUser>) -> String {
        user.map_or_else(String::new, |user| user.id().to_owned())
    }
    let app = App::start(with_cookies()).await;
    let router = axum::Router::new().route("/claims", any(claims)).route("/perhaps", get(perhaps).post(perhaps));
    let router = router.merge(urls().into_axum()).with_state(app.auth.clone());
    let mut browser = Browser::new(&router);
    browser.log_in().await;
    for path in ["/claims", "/perhaps"] {
        assert_eq!(browser.post(path, Value::Null).await.text, "1");
        let mut evil = browser.clone().with("sec-fetch-site", Some("cross-site"));
        assert_eq!(evil.post(path, Value::Null).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}

/// The recipe of the guide: a page of another origin of the same site.
#[tokio::test]
async fn a_listed_page_behind_a_cors_layer() {
    use http::{HeaderName, HeaderValue, header};
    use tower_http::cors::CorsLayer;
    let app = App::start(with_cookies()).await;
    let cors = CorsLayer::new()
        .allow_origin([HeaderValue::from_static("https://app.example.test")])
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([header::CONTENT_TYPE, HeaderName::from_static("x-csrf-token")])
        .allow_credentials(true);
    let router = urls().with_state(app.auth.clone()).layer(cors);
    let mut page = Browser::new(&router)
        .with("sec-fetch-site", Some("same-site"))
        .with("origin", Some("https://app.example.test"));
    let mut asks = page
        .clone()
        .with("access-control-request-method", Some("POST"))
        .with("access-control-request-headers", Some("content-type,x-csrf-token"));
    let preflight = asks.send(Method::OPTIONS, "/guarded", None).await;
    assert_eq!(preflight.header("access-control-allow-origin"), "https://app.example.test");
    assert_eq!(preflight.header("access-control-allow-headers"), "content-type,x-csrf-token");
    page.log_in().await;
    let answer = page.post("/guarded", Value::Null).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("access-control-allow-credentials"), "true");
    assert_eq!(page.post("/api/token/refresh/", json!({})).await.status, StatusCode::OK);
}
