//! An owner on a known device is kept out by nobody.

use axum::Router;
use http::Method;
use jwt_auth::routing::GuardedRouter;
use jwt_auth::settings::{days, minutes, seconds};
use jwt_auth::{JwtAuth, Settings, token_routes};
use jwt_auth_tests::{Account, Answer, App, Browser, Caller, settings};
use serde_json::json;

#[token_routes("/api/token", sessions, reauthenticate)]
fn urls() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new()
}

async fn start(settings: Settings) -> (App, Router) {
    let app = App::start(settings).await;
    let router = urls().with_state(app.auth.clone());
    (app, router)
}

/// From a thousand addresses. What is refused costs no hash.
async fn attack(app: &App, router: &Router) {
    let runs = app.auth.password_runs();
    for number in 0..1000 {
        let stranger = Caller::at(router, &format!("198.{}.{}.1", number / 250 + 18, number % 250)).with_agent("curl");
        let expected = if number < 100 { 401 } else { 429 };
        assert_eq!(stranger.try_login("test", "wrong").await, expected, "{number}");
    }
    assert_eq!(app.auth.password_runs() - runs, 100);
    let stranger = Caller::at(router, "203.0.113.1").with_agent("curl");
    assert_eq!(stranger.try_login("test", "test").await, 429, "a stranger, whatever they know");
}

fn device_of(answer: &Answer) -> Option<String> {
    let set = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().expect("text"));
    let pair = set.into_iter().find(|line| line.starts_with("__Host-device="))?;
    Some(pair.split(';').next().expect("a pair").to_owned())
}

#[tokio::test(start_paused = true)]
async fn the_client_of_a_living_session_is_known() {
    for record_client in [true, false] {
        let (app, router) = start(Settings { record_client, ..settings() }).await;
        let owner = Caller::at(&router, "192.0.2.1");
        let refresh = owner.log_in("test", "test").await.member("refresh");
        attack(&app, &router).await;
        assert_eq!(owner.try_login("test", "test").await, 200, "the owner");
        let neighbour = Caller::at(&router, "192.0.2.77");
        assert_eq!(neighbour.try_login("test", "test").await, 200, "with another address of their network");
        assert_eq!(owner.clone().with_agent("curl").try_login("test", "test").await, 429, "another agent");
        let proof = json!({ "refresh": refresh, "password": "test" });
        assert_eq!(owner.post("/api/token/reauthenticate/", proof).await.status, 200, "here as well");
        assert_eq!(Caller::at(&router, "203.0.113.1").try_login("test", "test").await, 429, "as before");
    }
}

#[tokio::test(start_paused = true)]
async fn the_client_that_moved_a_session_last_is_known() {
    let (app, router) = start(settings()).await;
    let refresh = Caller::at(&router, "192.0.2.1").log_in("test", "test").await.member("refresh");
    let on_the_way = Caller::at(&router, "203.0.113.5");
    attack(&app, &router).await;
    assert_eq!(on_the_way.try_login("test", "test").await, 429);
    assert_eq!(on_the_way.post("/api/token/refresh/", json!({ "refresh": refresh })).await.status, 200);
    assert_eq!(on_the_way.try_login("test", "test").await, 200);
}

/// Five are free for the owner as well, and none of them counts for strangers.
#[tokio::test(start_paused = true)]
async fn failures_of_a_known_device_are_its_own() {
    let (app, router) = start(Settings { refresh_token_lifetime: days(20), ..settings() }).await;
    let owner = Caller::at(&router, "192.0.2.1");
    assert_eq!(owner.try_login("test", "test").await, 200);
    for _ in 0..25 {
        for _ in 0..5 {
            assert_eq!(owner.try_login("test", "wrong").await, 401);
        }
        let refused = owner.log_in("test", "wrong").await;
        assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (429, "1"));
        app.clock.advance(seconds(1));
        assert_eq!(owner.try_login("test", "test").await, 200);
        app.clock.advance(minutes(20));
    }
    for number in 0..99 {
        let address = format!("192.0.{}.1", number + 3);
        Caller::at(&router, "192.0.2.1").try_login("test", "wrong").await;
        app.clock.advance(minutes(40));
        assert_eq!(Caller::at(&router, &address).try_login("test", "wrong").await, 401, "{number}");
    }
    assert_eq!(Caller::at(&router, "203.0.113.9").try_login("test", "test").await, 200, "not a hundred yet");
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_over_makes_nobody_known() {
    let (app, router) = start(settings()).await;
    let owner = Caller::at(&router, "192.0.2.1");
    let refresh = owner.log_in("test", "test").await.member("refresh");
    attack(&app, &router).await;
    assert_eq!(owner.post("/api/token/blacklist/", json!({ "refresh": refresh })).await.status, 200);
    assert_eq!(owner.try_login("test", "test").await, 429);
}

/// Whose address nobody knows is told by the agent text alone, which everybody can send.
#[tokio::test(start_paused = true)]
async fn without_an_address_no_session_makes_anybody_known() {
    let (app, _) = start(settings()).await;
    app.login().await;
    for _ in 0..5 {
        jwt_auth_tests::post(&app.router, "/api/token/", json!({ "username": "test", "password": "wrong" })).await;
    }
    let right = json!({ "username": "test", "password": "test" });
    assert_eq!(jwt_auth_tests::post(&app.router, "/api/token/", right).await.status, 429);
}

#[tokio::test(start_paused = true)]
async fn a_browser_is_known_long_after_its_session() {
    let (app, router) = start(Settings { cookies: true, ..settings() }).await;
    let mut browser = Browser::new(&router);
    let answer = browser.log_in().await;
    let cookie = answer.headers.get_all("set-cookie").iter().next_back().expect("cookies").to_str().expect("text");
    let (value, attributes) = cookie.split_once("; ").expect("attributes");
    assert!(value.starts_with("__Host-device=") && !value.contains("test"), "{value}");
    assert_eq!(attributes, "Path=/; Max-Age=31536000; HttpOnly; Secure; SameSite=Strict");
    browser.post("/api/token/logout/", json!({})).await;
    assert_eq!(browser.jar.keys().collect::<Vec<_>>(), ["__Host-device"], "a logout leaves it");
    app.clock.advance(days(200));
    attack(&app, &router).await;

    let mut stranger = Browser::new(&router);
    let right = json!({ "username": "test", "password": "test" });
    assert_eq!(stranger.post("/api/token/", right.clone()).await.status, 429);
    stranger.jar.insert("__Host-device".to_owned(), "A".repeat(75));
    assert_eq!(stranger.post("/api/token/", right.clone()).await.status, 429);
    assert_eq!(browser.post("/api/token/", right.clone()).await.status, 200);
    browser.post("/api/token/logout/", json!({})).await;
    app.clock.advance(days(366));
    attack(&app, &router).await;
    assert_eq!(browser.post("/api/token/", right).await.status, 429, "a year later");
}

#[tokio::test(start_paused = true)]
async fn a_cookie_is_one_users() {
    let (app, router) = start(Settings { cookies: true, ..settings() }).await;
    let staff = device_of(&Caller::at(&router, "192.0.2.1").log_in("staff", "staff").await).expect("a device");
    attack(&app, &router).await;
    let caller = Caller::at(&router, "192.0.2.9").with_agent("another");
    assert_eq!(caller.clone().with_cookie(&staff).try_login("test", "test").await, 429);
    assert_eq!(device_of(&caller.log_in("staff", "wrong").await), None, "of a login that failed");
}

#[tokio::test(start_paused = true)]
async fn there_is_none_where_nobody_asks_for_it() {
    let plain = start(settings()).await.1;
    let off = start(Settings { cookies: true, login_throttle: false, ..settings() }).await.1;
    for router in [plain, off] {
        assert_eq!(device_of(&Caller::at(&router, "192.0.2.1").log_in("test", "test").await), None);
    }
    let (_, router) = start(Settings { cookies: true, cookie_secure: false, ..settings() }).await;
    let mut browser = Browser::new(&router);
    browser.log_in().await;
    assert!(browser.jar.contains_key("device"), "{:?}", browser.jar);
    assert_eq!(browser.send(Method::GET, "/api/sessions/", None).await.status, 200, "the others work beside it");
}

/// Its count is its own: it keeps nobody else out, and guesses no password.
#[tokio::test(start_paused = true)]
async fn a_stolen_cookie_is_not_worth_much() {
    let (app, router) = start(Settings { cookies: true, ..settings() }).await;
    let owner = Caller::at(&router, "192.0.2.1");
    let stolen = device_of(&owner.log_in("test", "test").await).expect("a device");
    let kept = device_of(&owner.log_in("test", "test").await).expect("another one");
    assert_ne!(stolen, kept, "each login makes a new one");
    attack(&app, &router).await;
    let thief =
        |number: u32| Caller::at(&router, &format!("203.0.{}.1", number % 250)).with_agent("curl").with_cookie(&stolen);
    for number in 0..5 {
        assert_eq!(thief(number).try_login("test", "wrong").await, 401);
    }
    let mut wait = 1;
    for number in 5..100 {
        let refused = thief(number).log_in("test", "wrong").await;
        assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (429, wait.to_string().as_str()));
        app.clock.advance(seconds(wait));
        assert_eq!(thief(number).try_login("test", "wrong").await, 401, "{number}");
        wait = (wait * 2).min(900);
    }
    app.clock.advance(days(2));
    assert_eq!(thief(100).try_login("test", "test").await, 429, "a hundred, and it is no known device any more");
    let elsewhere = Caller::at(&router, "203.0.113.200").with_agent("Safari").with_cookie(&kept);
    assert_eq!(elsewhere.try_login("test", "test").await, 200, "the owner's own");
}
