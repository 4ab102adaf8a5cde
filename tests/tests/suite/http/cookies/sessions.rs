//! A browser's session from login to logout.

use axum::Json;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::settings::minutes;
use jwt_auth::views::{
    ObtainResponse, ObtainView, RefreshView, TokenObtainPairRequest, TokenObtainPairResponse, TokenRefreshResponse,
    ViewRequest,
};
use jwt_auth::{
    AuthError, CurrentSession, CurrentUser, JwtAuth, JwtAuthentication, Refreshed, Settings, TokenClaims, TokenPair,
    TokenUser, protected, public, token_routes,
};
use jwt_auth_tests::{Account, Answer, App, Browser, get as get_with, settings};
use serde::Serialize;
use serde_json::{Value, json};
use std::time::Duration;

#[protected]
async fn guarded(user: TokenUser) -> Json<String> {
    Json(user.id().to_owned())
}

#[public]
async fn open(
    user: Option<CurrentUser<Account>>,
    both: Option<JwtAuthentication<Account>>,
    claims: Option<TokenClaims<Value>>,
    token: Option<TokenUser>,
    session: Option<CurrentSession>,
) -> Json<(bool, bool)> {
    let (user, both) = (user.is_some(), both.is_some());
    let claims = [claims.is_some(), token.is_some(), session.is_some()];
    assert!(user == both && claims.iter().all(|found| *found == claims[0]), "{user} {both} {claims:?}");
    Json((user, claims[0]))
}

#[token_routes("/api/token", sessions, reauthenticate)]
fn urls() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new().route("/guarded", get(guarded)).route("/open", get(open))
}

fn with_cookies() -> Settings {
    Settings { cookies: true, ..settings() }
}

struct Service {
    app: App,
    browser: Browser,
}

impl Service {
    async fn start(settings: Settings) -> Self {
        let app = App::start(settings).await;
        let mut browser = Browser::new(&urls().with_state(app.auth.clone()));
        browser.log_in().await;
        Self { app, browser }
    }
}

fn cleared(answer: &Answer) -> Vec<&str> {
    answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().expect("text")).collect()
}

const CLEARED: [&str; 3] = [
    "__Host-access=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax",
    "__Host-refresh=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict",
    "__Host-csrf=; Path=/; Max-Age=0; Secure; SameSite=Strict",
];

#[tokio::test]
async fn it_goes_on_by_refreshes() {
    let Service { app, mut browser } = Service::start(with_cookies()).await;
    let answer = browser.get("/guarded").await;
    assert_eq!((answer.json(), answer.header("vary")), (json!("1"), "Cookie"));
    app.clock.advance(minutes(10));
    assert_eq!(browser.get("/guarded").await.status, StatusCode::UNAUTHORIZED);
    let before = browser.jar.clone();
    let answer = browser.post("/api/token/refresh/", json!({})).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json().as_object().expect("members").keys().collect::<Vec<_>>(), ["csrf_token"]);
    assert!(
        before["__Host-access"] != browser.jar["__Host-access"]
            && before["__Host-refresh"] != browser.jar["__Host-refresh"]
    );
    assert_eq!(browser.get("/guarded").await.status, StatusCode::OK);
    // Without a body, too.
    assert_eq!(browser.send(Method::POST, "/api/token/refresh", None).await.status, StatusCode::OK);
}

/// Ten tabs over one jar, each with the token of before.
#[tokio::test]
async fn tabs_that_refresh_at_once_get_one_token() {
    let Service { mut browser, .. } = Service::start(with_cookies()).await;
    let mut tabs: Vec<Browser> = (0..10).map(|_| browser.clone()).collect();
    let answers =
        futures_util::future::join_all(tabs.iter_mut().map(|tab| tab.post("/api/token/refresh/", json!({})))).await;
    assert!(answers.iter().all(|answer| answer.status == StatusCode::OK));
    tabs.dedup_by(|one, other| one.jar["__Host-refresh"] == other.jar["__Host-refresh"]);
    assert_eq!(tabs.len(), 1);
    browser.jar = tabs[0].jar.clone();
    assert_eq!(browser.post("/api/token/refresh/", json!({})).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_header_is_the_only_credential_where_there_is_one() {
    let Service { browser, .. } = Service::start(with_cookies()).await;
    for bad in ["Bearer x.y.z", "Bearer", "Basic dGVzdDp0ZXN0", ""] {
        let mut both = browser.clone().with("authorization", Some(bad));
        assert_eq!(both.get("/guarded").await.status, StatusCode::UNAUTHORIZED, "{bad}");
        let expected = if bad.starts_with("Bearer") { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
        assert_eq!(both.get("/open").await.status, expected, "a bad header is refused everywhere: {bad}");
    }
    // And a token in the body before the cookie.
    let mut both = browser.clone();
    assert_eq!(both.post("/api/token/refresh/", json!({ "refresh": "x.y.z" })).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(both.post("/api/token/refresh/", json!({ "refresh": null })).await.status, StatusCode::BAD_REQUEST);
}

/// What is `HttpOnly` cannot be removed by the page: it must not shut its user out.
#[tokio::test]
async fn a_dead_cookie_is_no_credential_where_none_is_needed() {
    let Service { app, browser } = Service::start(with_cookies()).await;
    let dead = |access: &str| {
        let mut browser = browser.clone();
        browser.jar.insert("__Host-access".to_owned(), access.to_owned());
        browser
    };
    let good = browser.jar["__Host-access"].clone();
    let refresh = browser.jar["__Host-refresh"].clone();
    let twice = format!("{good}; __Host-access={good}");
    for access in ["", "x", "x.y.z", &good[1..], &refresh, &twice, "\u{e4}"] {
        let mut browser = dead(access);
        assert_eq!(browser.get("/guarded").await.status, StatusCode::UNAUTHORIZED, "{access}");
        assert_eq!(browser.get("/open").await.json(), json!([false, false]), "{access}");
        // Its refresh token would end what the others go on with.
        browser.jar.remove("__Host-refresh");
        assert!(!browser.log_in().await.headers.get_all("set-cookie").iter().collect::<Vec<_>>().is_empty());
    }
    let mut browser = dead(&good);
    assert_eq!(browser.get("/open").await.json(), json!([true, true]));
    app.clock.advance(minutes(10));
    assert_eq!(
        (browser.get("/open").await.json(), browser.get("/guarded").await.status.as_u16()),
        (json!([false, false]), 401)
    );
    app.clock.set(jwt_auth::clock::Timestamp::from_seconds(jwt_auth_tests::BEGIN));
    app.users.update("1", |user| user.is_active = false);
    assert_eq!(browser.get("/open").await.json(), json!([false, true]), "its user is switched off");
    app.users.update("1", |user| user.is_active = true);
    app.auth.end_all_sessions("1").await.expect("ends");
    assert_eq!(
        (browser.get("/open").await.json(), browser.get("/guarded").await.status.as_u16()),
        (json!([false, false]), 401)
    );
    // A header can be left out, so a bad one is told of.
    let router = urls().with_state(app.auth.clone());
    assert_eq!(get_with(&router, "/open", Some(&format!("Bearer {good}"))).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn failures_never_clear_cookies() {
    let Service { app, mut browser } = Service::start(with_cookies()).await;
    let jar = browser.jar.clone();
    let mut evil = browser.clone().with("sec-fetch-site", Some("cross-site"));
    for path in ["/api/token/refresh/", "/api/token/blacklist/", "/api/logout/all/", "/api/logout/others/"] {
        let answer = evil.post(path, json!({})).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert!(cleared(&answer).is_empty());
    }
    app.clock.advance(Duration::from_secs(86_400 * 40));
    for path in ["/guarded", "/api/sessions"] {
        assert!(cleared(&browser.get(path).await).is_empty());
    }
    let expired = browser.post("/api/token/refresh/", json!({})).await;
    assert_eq!((expired.status, cleared(&expired).len()), (StatusCode::UNAUTHORIZED, 0));
    assert_eq!(browser.jar, jar);
}

#[tokio::test]
async fn a_logout_clears_them_and_can_be_repeated() {
    for path in ["/api/token/blacklist/", "/api/token/blacklist", "/api/token/logout/", "/api/token/logout"] {
        let Service { app, mut browser } = Service::start(with_cookies()).await;
        let before = browser.clone();
        app.clock.advance(minutes(10));
        let answer = browser.post(path, json!({})).await;
        assert_eq!((answer.status, answer.json()), (StatusCode::OK, json!({})), "{path}");
        assert_eq!(cleared(&answer), CLEARED);
        assert!(browser.jar.keys().eq(["__Host-device"]), "the device stays known");
        // With nothing left, with what another tab still has, and with nothing that could be read.
        let mut others: Vec<Browser> = ["x.y.z", "", "."]
            .iter()
            .map(|refresh| {
                let mut other = before.clone();
                other.jar.insert("__Host-refresh".to_owned(), (*refresh).to_owned());
                other
            })
            .collect();
        others.extend([browser, before.clone()]);
        for mut again in others {
            let answer = again.send(Method::POST, path, None).await;
            assert_eq!((answer.status, cleared(&answer).len()), (StatusCode::OK, 3));
            assert_eq!(answer.header("cache-control"), "no-store");
        }
        let mut another = before;
        assert_eq!(another.post("/api/token/refresh/", json!({})).await.json()["reason"], "session_revoked");
    }
}

/// Else any page could log its visitors out.
#[tokio::test]
async fn another_site_logs_nobody_out() {
    let Service { browser, .. } = Service::start(with_cookies()).await;
    let mut evil = Browser { jar: Default::default(), ..browser.clone() }
        .with("sec-fetch-site", Some("cross-site"))
        .with("origin", Some("https://evil.test"));
    let answer = evil.post("/api/token/logout/", json!({})).await;
    assert_eq!((answer.status, cleared(&answer).len()), (StatusCode::FORBIDDEN, 0));
    let mut without_token = browser.with("x-csrf-token", None);
    assert_eq!(without_token.post("/api/token/logout/", json!({})).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn logging_out_everywhere_clears_them_too_and_nothing_else_does() {
    let Service { mut browser, .. } = Service::start(with_cookies()).await;
    let sessions = browser.get("/api/sessions/").await;
    let sid = sessions.json()[0]["sid"].as_str().expect("a session").to_owned();
    let mut other = Browser::new(&browser.router);
    other.log_in().await;
    let ended = other.send(Method::DELETE, &format!("/api/sessions/{sid}/"), None).await;
    assert_eq!((ended.status, cleared(&ended).len()), (StatusCode::NO_CONTENT, 0));
    let others = other.post("/api/logout/others/", json!({})).await;
    assert_eq!((others.status, others.json().get("access")), (StatusCode::OK, None));
    assert_eq!(other.get("/guarded").await.status, StatusCode::OK, "its new tokens are in the jar");
    let reauthenticated = other.post("/api/token/reauthenticate/", json!({ "password": "test" })).await;
    assert_eq!((reauthenticated.status, reauthenticated.json().get("refresh")), (StatusCode::OK, None));
    assert_eq!(other.get("/guarded").await.status, StatusCode::OK);
    let all = other.post("/api/logout/all/", json!({})).await;
    assert_eq!((all.status, cleared(&all)), (StatusCode::OK, CLEARED.to_vec()));
}

#[derive(Serialize)]
struct Greeting {
    #[serde(flatten)]
    tokens: TokenObtainPairResponse,
    nested: Value,
    name: String,
}

impl ObtainResponse<JwtAuth<Account>> for Greeting {
    async fn new(_: &ViewRequest<'_, JwtAuth<Account>>, user: &Account, pair: TokenPair) -> Result<Self, AuthError> {
        let link = format!("https://app.test/#{}", pair.access.expose());
        let nested = json!({ "again": pair.access.expose(), "link": link, "list": [pair.refresh.expose(), "kept"] });
        Ok(Self { tokens: pair.into(), nested, name: user.username.clone() })
    }

    fn headers(&self, headers: &mut HeaderMap) {
        headers.insert("set-cookie", HeaderValue::from_static("theme=dark"));
        headers.insert("cache-control", HeaderValue::from_static("public"));
    }
}

struct Login;

impl ObtainView<JwtAuth<Account>> for Login {
    type Request = TokenObtainPairRequest;
    type Response = Greeting;
}

struct Renewal;

impl RefreshView<JwtAuth<Account>> for Renewal {
    type Response = TokenRefreshResponse;

    async fn response(
        _: &ViewRequest<'_, JwtAuth<Account>>,
        refreshed: Refreshed,
    ) -> Result<TokenRefreshResponse, AuthError> {
        Ok(refreshed.into())
    }

    fn headers(response: &TokenRefreshResponse, headers: &mut HeaderMap) {
        let rotated = if response.refresh.is_some() { "yes" } else { "no" };
        headers.insert("x-rotated", HeaderValue::from_static(rotated));
    }
}

/// Views of the application's own add headers, and what they say of tokens goes to no script.
#[tokio::test]
async fn views_of_ones_own() {
    #[token_routes("/api/token", obtain = Login, refresh = Renewal)]
    fn urls() -> GuardedRouter<JwtAuth<Account>> {
        GuardedRouter::new()
    }
    for cookies in [true, false] {
        let app = App::start(Settings { cookies, ..settings() }).await;
        let mut browser = Browser::new(&urls().with_state(app.auth.clone()));
        let answer = browser.post("/api/token/", json!({ "username": "test", "password": "test" })).await;
        assert_eq!(browser.jar["theme"], "dark");
        assert_eq!(browser.jar.len(), if cookies { 5 } else { 1 });
        assert_eq!(answer.header("cache-control"), "no-store");
        let body = answer.json();
        assert_eq!(body["name"], "test");
        assert_eq!(body.get("access").is_none() && body["nested"] == json!({ "list": ["kept"] }), cookies, "{cookies}");
        if cookies {
            let token = answer.member("csrf_token");
            let mut browser = browser.with("x-csrf-token", Some(&token));
            assert_eq!(browser.post("/api/token/refresh/", json!({})).await.header("x-rotated"), "yes");
        }
    }
}

/// Between two guards somebody may have changed the cookie.
#[tokio::test]
async fn what_was_verified_belongs_to_the_cookie_that_was_read() {
    use axum::extract::Request;
    use axum::middleware::{Next, from_fn};
    use jwt_auth::{GuardLayer, IsAuthenticated};
    let Service { app, browser } = Service::start(with_cookies()).await;
    let remove = from_fn(|mut request: Request, next: Next| async move {
        request.headers_mut().remove("cookie");
        next.run(request).await
    });
    let router =
        urls().with_state(app.auth.clone()).layer(remove).layer(GuardLayer::new(app.auth.clone(), IsAuthenticated));
    let mut inner = Browser { jar: browser.jar.clone(), headers: browser.headers.clone(), ..Browser::new(&router) };
    assert_eq!(inner.get("/guarded").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(inner.get("/open").await.json(), json!([false, false]));
}
