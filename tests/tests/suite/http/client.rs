//! Who the client is: what stands in the list of sessions, and what the log says once.

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::{Extension, Router};
use http::{Method, Request, StatusCode};
use jwt_auth::routing::GuardedRouter;
use jwt_auth::views::{
    ObtainView, RefreshView, TokenObtainPairRequest, TokenObtainPairResponse, TokenRefreshResponse, ViewRequest,
};
use jwt_auth::{AuthError, Client, JwtAuth, Refreshed, Settings, TokenRoutes, token_routes};
use jwt_auth_tests::{Account, App, logged, send, settings};
use serde_json::{Value, json};
use std::net::SocketAddr;

type Auth = JwtAuth<Account>;

#[token_routes("/api/token", sessions)]
fn urls() -> GuardedRouter<Auth> {
    GuardedRouter::new()
}

#[tokio::test]
async fn a_session_shows_the_address_of_the_connection() {
    let app = App::start(settings()).await;
    let router = urls().with_state(app.auth.clone());
    for (peer, shown) in [
        ("192.0.2.1:4711", "192.0.2.1"),
        ("[2001:db8::1]:1", "2001:db8::1"),
        ("[::ffff:192.0.2.1]:1", "192.0.2.1"),
        ("10.0.0.1:1", "10.0.0.1"),
    ] {
        assert_eq!(login(&router, Some(peer), &[]).await["ip"], shown);
        let spoofed = [("x-forwarded-for", "6.6.6.6"), ("forwarded", "for=6.6.6.6"), ("user-agent", "curl/8")];
        let session = login(&router, Some(peer), &spoofed).await;
        assert_eq!((&session["ip"], &session["user_agent"]), (&json!(shown), &json!("curl/8")));
    }
    assert_eq!(login(&router, None, &[("x-forwarded-for", "6.6.6.6")]).await["ip"], Value::Null);
}

#[tokio::test]
async fn behind_a_trusted_proxy_it_shows_the_one_that_the_proxy_names() {
    let app = App::start(behind_proxies()).await;
    let router = urls().with_state(app.auth.clone());
    let far = "6.6.6.6, 192.0.2.1, 10.0.0.3";
    for (peer, lines, shown) in [
        ("10.0.0.1:80", &[("x-forwarded-for", far)][..], "192.0.2.1"),
        ("[::ffff:10.0.0.1]:80", &[("x-forwarded-for", far)], "192.0.2.1"),
        ("[2001:db8:f::1]:80", &[("x-forwarded-for", far)], "192.0.2.1"),
        ("10.0.0.1:80", &[("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "192.0.2.1")], "192.0.2.1"),
        ("10.0.0.1:80", &[("forwarded", "for=6.6.6.6, for=\"[2001:db8::1]:4711\";proto=https")], "2001:db8::1"),
        ("10.0.0.1:80", &[("forwarded", "for=6.6.6.6"), ("x-forwarded-for", "192.0.2.1")], "10.0.0.1"),
        ("10.0.0.1:80", &[], "10.0.0.1"),
        ("10.0.0.1:80", &[("x-forwarded-for", "192.0.2.1, unknown")], "10.0.0.1"),
        ("192.0.2.9:80", &[("x-forwarded-for", far)], "192.0.2.9"),
    ] {
        assert_eq!(login(&router, Some(peer), lines).await["ip"], shown, "{peer} {lines:?}");
    }
    assert_eq!(login(&router, None, &[("x-forwarded-for", far)]).await["ip"], Value::Null, "whose word would it be?");
}

#[tokio::test]
async fn a_refresh_leaves_what_the_login_said() {
    let app = App::start(settings()).await;
    let router = urls().with_state(app.auth.clone());
    let pair = tokens(&router, Some("192.0.2.1:1"), &[("user-agent", "phone")]).await;
    let moved = call(&router, "/api/token/refresh/", Some("198.51.100.1:1"), &[("user-agent", "thief")], pair).await;
    let session = newest(&router, moved["access"].as_str().expect("a token")).await;
    assert_eq!((&session["ip"], &session["user_agent"]), (&json!("192.0.2.1"), &json!("phone")));
}

#[tokio::test]
async fn with_record_client_off_a_row_has_neither_address_nor_agent() {
    let app = App::start(Settings { record_client: false, ..settings() }).await;
    let router = urls().with_state(app.auth.clone());
    let pair = tokens(&router, Some("192.0.2.1:1"), &[("user-agent", "phone")]).await;
    let moved = call(&router, "/api/token/refresh/", Some("192.0.2.1:1"), &[("user-agent", "phone")], pair).await;
    let session = newest(&router, moved["access"].as_str().expect("a token")).await;
    assert_eq!((&session["ip"], &session["user_agent"]), (&Value::Null, &Value::Null));
    for session in app.auth.sessions("1").await.expect("a store") {
        assert_eq!((session.ip, session.user_agent), (None, None));
    }
}

#[tokio::test]
async fn the_application_can_say_who_the_client_is() {
    struct Own;
    impl ObtainView<Auth> for Own {
        type Request = TokenObtainPairRequest;
        type Response = TokenObtainPairResponse;

        fn client(request: &ViewRequest<'_, Auth>) -> Client {
            let ip = request.parts().headers.get("x-own").map(|_| "203.0.113.9".to_owned());
            Client { ip, ..request.client().clone() }
        }
    }
    impl RefreshView<Auth> for Own {
        type Response = TokenRefreshResponse;

        fn client(_: &ViewRequest<'_, Auth>) -> Client {
            Client { ip: Some("203.0.113.9".to_owned()), user_agent: None }
        }

        async fn response(request: &ViewRequest<'_, Auth>, tokens: Refreshed) -> Result<Self::Response, AuthError> {
            assert_eq!(request.client().ip.as_deref(), Some("203.0.113.9"));
            Ok(tokens.into())
        }
    }
    let app = App::start(settings()).await;
    let routes = TokenRoutes::at("/api/token").obtain::<Own>().refresh::<Own>().sessions();
    let router = routes.attach_to(GuardedRouter::<Auth>::new()).with_state(app.auth.clone());
    let own = [("x-own", "1"), ("user-agent", "phone")];
    let session = login(&router, Some("10.0.0.1:1"), &own).await;
    assert_eq!((&session["ip"], &session["user_agent"]), (&json!("203.0.113.9"), &json!("phone")));
    let pair = tokens(&router, Some("10.0.0.1:1"), &[]).await;
    call(&router, "/api/token/refresh/", Some("10.0.0.1:1"), &[], pair).await;
    // And a middleware, for every view.
    let client = Client { ip: Some("203.0.113.7".to_owned()), user_agent: None };
    let router = urls().with_state(app.auth.clone()).layer(Extension(client));
    assert_eq!(login(&router, Some("10.0.0.1:1"), &own).await["ip"], "203.0.113.7");
}

#[test]
fn the_first_login_without_an_address_is_told_and_no_other() {
    let log = logged(async {
        let app = App::start(settings()).await;
        let router = urls().with_state(app.auth.clone());
        login(&router, Some("192.0.2.1:1"), &[]).await;
        login(&router, None, &[]).await;
        login(&router, None, &[]).await;
    });
    let told: Vec<_> = log.lines().filter(|line| line.contains("without the client's address")).collect();
    assert!(told.len() == 1 && told[0].contains("WARN"), "{log}");
    assert!(told[0].contains("into_make_service_with_connect_info"), "it says what to do");
}

#[test]
fn the_first_header_of_a_peer_that_is_not_trusted_is_told_and_no_other() {
    let log = logged(async {
        let app = App::start(behind_proxies()).await;
        let router = urls().with_state(app.auth.clone());
        login(&router, Some("10.0.0.1:1"), &[("x-forwarded-for", "192.0.2.1")]).await;
        login(&router, Some("192.0.2.1:1"), &[]).await;
        login(&router, Some("192.0.2.77:1"), &[("forwarded", "for=192.0.2.1")]).await;
        login(&router, Some("192.0.2.78:1"), &[("x-forwarded-for", "192.0.2.1")]).await;
    });
    let told: Vec<_> = log.lines().filter(|line| line.contains("trusted_proxies")).collect();
    assert!(told.len() == 1 && told[0].contains("WARN") && told[0].contains("192.0.2.77"), "{log}");
}

fn behind_proxies() -> Settings {
    let proxies = ["10.0.0.0/8", "2001:db8:f::/48"].map(|network| network.parse().expect("a network"));
    Settings { trusted_proxies: proxies.to_vec(), ..settings() }
}

/// Logs in and returns the session as its user sees it.
async fn login(router: &Router, peer: Option<&str>, headers: &[(&str, &str)]) -> Value {
    let pair = tokens(router, peer, headers).await;
    newest(router, pair["access"].as_str().expect("a token")).await
}

async fn tokens(router: &Router, peer: Option<&str>, headers: &[(&str, &str)]) -> Value {
    call(router, "/api/token/", peer, headers, json!({ "username": "test", "password": "test" })).await
}

async fn newest(router: &Router, access: &str) -> Value {
    let mut list = jwt_auth_tests::get(router, "/api/sessions", Some(&format!("Bearer {access}"))).await.json();
    let current = list.as_array_mut().expect("a list").iter_mut().find(|session| session["current"] == true);
    current.expect("the caller's session").take()
}

async fn call(router: &Router, path: &str, peer: Option<&str>, headers: &[(&str, &str)], body: Value) -> Value {
    let mut request = Request::builder().method(Method::POST).uri(path).header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(peer) = peer {
        request = request.extension(ConnectInfo(peer.parse::<SocketAddr>().expect("an address")));
    }
    let answer = send(router, request.body(Body::from(body.to_string())).expect("a request")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()
}
