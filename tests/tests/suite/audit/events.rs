//! One event for each thing that happens over HTTP, and none for what does not.

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{Method, Request, StatusCode};
use jwt_auth::audit::AuditEvent;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::store::{SessionId, SqliteStore};
use jwt_auth::user::{MemoryUsers, UserStore};
use jwt_auth::{Client, CurrentUser, IsAdminUser, JwtAuth, TokenUser, protected, public, token_routes};
use jwt_auth_tests::{Account, Answer, App, Events, KEY, hasher, logged, payload, send, settings};
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};
use std::net::SocketAddr;
use std::time::Duration;

type Auth = JwtAuth<Account>;

#[protected]
async fn plain() {}

#[protected(IsAdminUser)]
async fn staff() {}

#[protected(user)]
async fn loaded() {}

#[protected]
async fn by_extractor(_: CurrentUser<Account>) {}

#[public]
async fn open(_: Option<TokenUser>) {}

#[token_routes("/api/token", only(obtain, refresh, verify, blacklist), reauthenticate, sessions)]
fn urls() -> GuardedRouter<Auth> {
    GuardedRouter::new()
        .route("/plain", get(plain))
        .route("/staff/{id}", get(staff))
        .route("/loaded", get(loaded))
        .route("/extractor", get(by_extractor))
        .route("/open", get(open))
}

/// An application, its events, and the requests that a test sends.
struct Desk {
    app: App,
    router: Router,
    events: Events,
}

const HOME: &str = "192.0.2.1";
const AWAY: &str = "203.0.113.9";

impl Desk {
    async fn open() -> Self {
        let events = Events::default();
        let app = App::audited(settings(), &events).await;
        Self { router: urls().with_state(app.auth.clone()), app, events }
    }

    async fn post(&self, from: &str, path: &str, body: Value) -> Answer {
        let request = Request::builder().method(Method::POST).uri(path).header("content-type", "application/json");
        send(&self.router, with_peer(request, from).body(Body::from(body.to_string())).expect("a request")).await
    }

    async fn call(&self, method: Method, path: &str, token: Option<&str>) -> StatusCode {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        send(&self.router, with_peer(request, HOME).body(Body::empty()).expect("a request")).await.status
    }

    async fn log_in(&self, name: &str, password: &str) -> Answer {
        self.post(HOME, "/api/token/", json!({ "username": name, "password": password })).await
    }

    /// Refresh and access token of a login that nobody looks at.
    async fn tokens(&self, name: &str) -> (String, String) {
        let answer = self.log_in(name, name).await;
        self.expect(&["login.succeeded"]);
        (answer.member("refresh"), answer.member("access"))
    }

    async fn refresh(&self, from: &str, token: &str) -> Answer {
        self.post(from, "/api/token/refresh/", json!({ "refresh": token })).await
    }

    fn expect(&self, names: &[&str]) -> Vec<AuditEvent> {
        let events = self.events.take();
        assert_eq!(events.iter().map(AuditEvent::name).collect::<Vec<_>>(), names, "{events:?}");
        events
    }

    /// One event of this name with this code, from home.
    fn expect_one(&self, name: &str, code: Option<&str>) -> AuditEvent {
        let event = self.expect(&[name]).remove(0);
        assert_eq!(event.code(), code, "{event:?}");
        event
    }
}

fn with_peer(request: http::request::Builder, from: &str) -> http::request::Builder {
    request.extension(ConnectInfo(format!("{from}:4711").parse::<SocketAddr>().expect("an address")))
}

#[tokio::test]
async fn a_login_leaves_one_event_and_so_does_a_failed_one() {
    let desk = Desk::open().await;
    let pair = desk.log_in("test", "test").await;
    let event = desk.expect_one("login.succeeded", None);
    let subject = event.subject();
    assert_eq!((subject.user.as_deref(), subject.client.ip.as_deref()), (Some("1"), Some(HOME)));
    let sid = payload(&pair.member("refresh")).get::<String>("sid").expect("a text").expect("a session");
    assert_eq!(subject.sid.map(|sid| sid.to_string()), Some(sid));
    for (name, password) in [("test", "wrong"), ("nobody", "test"), ("inactive", "inactive")] {
        assert_eq!(desk.log_in(name, password).await.status, StatusCode::UNAUTHORIZED);
        let event = desk.expect_one("login.failed", Some("no_active_account"));
        let AuditEvent::LoginFailed { username, subject, .. } = event else { panic!("another event") };
        assert_eq!((&*username, subject.user, subject.client.ip.as_deref()), (name, None, Some(HOME)));
    }
    assert_eq!(desk.post(HOME, "/api/token/", json!({ "username": "test" })).await.status, StatusCode::BAD_REQUEST);
    desk.expect(&[]);
}

#[tokio::test]
async fn each_case_of_the_session_table_leaves_one_event() {
    let desk = Desk::open().await;
    let (first, _) = desk.tokens("test").await;
    let second = desk.refresh(HOME, &first).await.member("refresh");
    let sid = desk.expect_one("refresh.rotated", None).subject().sid;
    assert_eq!(desk.refresh(HOME, &first).await.member("refresh"), second);
    assert_eq!(desk.expect_one("refresh.replayed", None).subject().user.as_deref(), Some("1"));
    desk.app.clock.advance(Duration::from_secs(600));
    assert_eq!(desk.refresh(HOME, &first).await.status, StatusCode::OK);
    desk.expect_one("refresh.recovered", None);
    assert_eq!(desk.refresh(AWAY, &second).await.status, StatusCode::CONFLICT);
    assert_eq!(desk.expect_one("refresh.conflict", None).subject().client.ip.as_deref(), Some(AWAY));
    desk.app.clock.advance(Duration::from_secs(3600));
    assert_eq!(desk.refresh(AWAY, &second).await.status, StatusCode::UNAUTHORIZED);
    let event = desk.expect_one("token.reuse_detected", None);
    assert!(matches!(event, AuditEvent::ReuseDetected { presented: 1, newest: 2, .. }), "{event:?}");
    assert_eq!(event.subject().sid, sid);
    // Over, whoever comes.
    for token in [&first, &second] {
        assert_eq!(desk.refresh(HOME, token).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(desk.expect_one("refresh.refused", Some("token_reused")).subject().sid, sid);
    }
}

#[tokio::test]
async fn a_refused_refresh_says_why() {
    let desk = Desk::open().await;
    let (refresh, access) = desk.tokens("test").await;
    let (logged_out, _) = desk.tokens("test").await;
    let (staff, _) = desk.tokens("staff").await;
    desk.post(HOME, "/api/token/blacklist/", json!({ "refresh": logged_out })).await;
    desk.expect_one("logout.succeeded", None);
    assert!(desk.app.users.update("3", |user| user.is_active = false));
    let forged = format!("{}AAAA", &refresh[..refresh.len() - 4]);
    for (token, code, user) in [
        ("x", "token_malformed", None),
        (&*forged, "signature_invalid", None),
        (&access, "type_mismatch", None),
        (&logged_out, "session_revoked", Some("1")),
        (&staff, "user_disabled", Some("3")),
        (&staff, "user_disabled", Some("3")),
    ] {
        assert_eq!(desk.refresh(HOME, token).await.status, StatusCode::UNAUTHORIZED);
        let event = desk.expect_one("refresh.refused", Some(code));
        assert_eq!(event.subject().user.as_deref(), user, "{code}");
    }
    desk.app.clock.advance(Duration::from_secs(2 * 86_400));
    desk.refresh(HOME, &refresh).await;
    desk.expect_one("refresh.refused", Some("token_expired"));
}

#[tokio::test]
async fn logouts_leave_one_event_each() {
    let desk = Desk::open().await;
    let (refresh, _) = desk.tokens("test").await;
    let log_out =
        async |token: &str| desk.post(HOME, "/api/token/blacklist/", json!({ "refresh": token })).await.status;
    assert_eq!(log_out(&refresh).await, StatusCode::OK);
    let event = desk.expect_one("logout.succeeded", None);
    assert_eq!((event.subject().user.as_deref(), event.subject().client.ip.as_deref()), (Some("1"), Some(HOME)));
    assert_eq!(log_out(&refresh).await, StatusCode::UNAUTHORIZED);
    desk.expect_one("logout.failed", Some("token_revoked"));
    let ((lost, _), (_, access)) = (desk.tokens("test").await, desk.tokens("test").await);
    let sid = payload(&lost).get::<String>("sid").expect("a text").expect("a session");
    let path = format!("/api/sessions/{sid}/");
    assert_eq!(desk.call(Method::GET, "/api/sessions/", Some(&access)).await, StatusCode::OK);
    desk.expect(&[]);
    assert_eq!(desk.call(Method::DELETE, &path, Some(&access)).await, StatusCode::NO_CONTENT);
    let event = desk.expect_one("session.revoked", None);
    assert_eq!(event.subject().sid.map(|sid| sid.to_string()), Some(sid));
    assert_eq!(desk.call(Method::DELETE, &path, Some(&access)).await, StatusCode::NOT_FOUND);
    desk.expect(&[]);
    let user = desk.app.users.find_by_id("1").await.expect("memory").expect("a user");
    let sid = payload(&access).get::<String>("sid").expect("a text").expect("a session");
    let sid = SessionId::parse(&sid).expect("a session");
    let client = Client { ip: Some(HOME.to_owned()), user_agent: None };
    let pair = desk.app.auth.end_other_sessions(&user, sid, client).await.expect("it goes on");
    let event = desk.expect_one("sessions.revoked_others", None);
    assert_eq!((event.subject().sid, event.subject().client.ip.as_deref()), (Some(sid), Some(HOME)));
    let access = pair.access.expose();
    assert_eq!(desk.call(Method::POST, "/api/logout/all/", Some(access)).await, StatusCode::OK);
    assert_eq!(desk.expect_one("sessions.revoked_all", None).subject().user.as_deref(), Some("1"));
    assert_eq!(desk.call(Method::POST, "/api/logout/all/", Some(access)).await, StatusCode::UNAUTHORIZED);
    desk.expect_one("authz.denied", Some("token_revoked"));
}

#[tokio::test]
async fn a_re_authentication_leaves_one_event_and_so_does_a_failed_one() {
    let desk = Desk::open().await;
    let (refresh, _) = desk.tokens("test").await;
    let prove = async |password: &str| {
        let body = json!({ "refresh": refresh, "password": password });
        desk.post(HOME, "/api/token/reauthenticate/", body).await.status
    };
    assert_eq!(prove("wrong").await, StatusCode::UNAUTHORIZED);
    let event = desk.expect_one("auth.reauth_failed", Some("no_active_account"));
    assert_eq!(event.subject().user.as_deref(), Some("1"));
    assert_eq!(prove("test").await, StatusCode::OK);
    desk.expect_one("auth.reauth", None);
}

#[tokio::test]
async fn a_denial_leaves_one_event_where_there_was_a_credential() {
    let desk = Desk::open().await;
    let (refresh, access) = desk.tokens("test").await;
    for (path, token, status) in [
        ("/plain", None, 401),
        ("/plain", Some(&*access), 200),
        ("/loaded", Some(&*access), 200),
        ("/staff/7", None, 401),
        ("/open", None, 200),
        ("/open", Some(&*access), 200),
        ("/nowhere", Some("x"), 404),
    ] {
        assert_eq!(desk.call(Method::GET, path, token).await, status, "{path}");
        desk.expect(&[]);
    }
    for (path, token, status, code, route) in [
        ("/plain", "x", 401, "token_malformed", "/plain"),
        ("/plain", &*refresh, 401, "type_mismatch", "/plain"),
        ("/open", "x", 401, "token_malformed", "/open"),
        ("/extractor", "x", 401, "token_malformed", "/extractor"),
        ("/staff/7", &*access, 403, "permission_denied", "/staff/{id}"),
    ] {
        assert_eq!(desk.call(Method::GET, path, Some(token)).await, status, "{path}");
        let AuditEvent::Denied { subject, rule, route: told, .. } = desk.expect_one("authz.denied", Some(code)) else {
            panic!("another event");
        };
        assert_eq!((subject.client.ip.as_deref(), told.as_deref()), (Some(HOME), Some(route)));
        let known = (status == 403).then_some("1");
        assert_eq!((subject.user.as_deref(), rule.is_some()), (known, status == 403), "{path}");
    }
    assert!(desk.app.users.update("1", |user| user.is_active = false));
    for path in ["/loaded", "/extractor"] {
        assert_eq!(desk.call(Method::GET, path, Some(&access)).await, StatusCode::UNAUTHORIZED);
        assert_eq!(desk.expect_one("authz.denied", Some("user_disabled")).subject().user.as_deref(), Some("1"));
    }
    // A question about a token is no use of it.
    for token in [&*access, "x"] {
        desk.post(HOME, "/api/token/verify/", json!({ "token": token })).await;
        desk.expect(&[]);
    }
}

#[test]
fn the_log_has_the_same_events_and_nothing_that_must_not_be_in_it() {
    let mut told = Vec::new();
    let log = logged(async {
        let desk = Desk::open().await;
        let mut secrets = vec![KEY.to_owned(), "hunter2".to_owned()];
        desk.log_in("test", "hunter2").await;
        let pair = desk.log_in("test", "test").await;
        let (refresh, access) = (pair.member("refresh"), pair.member("access"));
        secrets.push(desk.refresh(HOME, &refresh).await.member("refresh"));
        desk.refresh(HOME, &refresh).await;
        desk.app.clock.advance(Duration::from_secs(200));
        desk.call(Method::GET, "/staff/7", Some(&access)).await;
        desk.call(Method::GET, "/plain", Some(&refresh)).await;
        desk.post(HOME, "/api/token/blacklist/", json!({ "refresh": refresh })).await;
        desk.refresh(HOME, &refresh).await;
        secrets.extend([refresh, access, "$argon2".to_owned()]);
        told = desk.events.take();
        assert!(secrets.iter().all(|secret| !format!("{told:?}").contains(secret)), "{told:?}");
    });
    let lines: Vec<_> = log.lines().filter(|line| line.contains(" jwt_auth::audit ")).collect();
    assert_eq!(lines.len(), told.len(), "{log}");
    for (line, event) in lines.iter().zip(&told) {
        assert!(line.contains(&format!("event=\"{}\"", event.name())), "{line}");
        assert!(line.contains(HOME), "{line}");
        assert!(!["hunter2", KEY, "eyJ", "$argon2"].iter().any(|secret| line.contains(secret)), "{line}");
    }
    assert_eq!(told.len(), 8);
}

#[tokio::test]
async fn a_denial_writes_to_no_store() {
    let file = jwt_auth_tests::scratch::Scratch::new("audit");
    let url = file.next_database();
    let (users, events) = (MemoryUsers::new(|user: &Account| &user.username), Events::default());
    let account = |id, name: &str| Account {
        id,
        username: name.to_owned(),
        password_hash: hasher().hash(name).expect("a hash"),
        is_active: true,
        is_staff: false,
        permissions: Vec::new(),
    };
    users.put(account(1, "test"));
    let store = SqliteStore::connect(&url).await.expect("a store");
    let builder = JwtAuth::builder(settings()).users(users).store(store).password_hasher(hasher());
    let auth = builder.audit(events.clone()).start().await.expect("a start");
    let router = urls().with_state(auth.clone());
    let pair = auth.obtain("test", "test".into(), Default::default()).await.expect("a login");
    events.take();
    let mut watcher = SqliteConnection::connect(&url).await.expect("a second connection");
    let mut version = async || {
        let version: i64 = sqlx::query_scalar("PRAGMA data_version").fetch_one(&mut watcher).await.expect("a number");
        version
    };
    let before = version().await;
    for (path, token) in [("/staff/7", pair.access.expose()), ("/plain", "x"), ("/plain", pair.refresh.expose())] {
        let answer = jwt_auth_tests::get(&router, path, Some(&format!("Bearer {token}"))).await;
        assert!(matches!(answer.status.as_u16(), 401 | 403));
        assert_eq!(events.take().len(), 1, "{path}");
    }
    assert_eq!(version().await, before);
    auth.refresh(pair.refresh.expose(), Default::default()).await.expect("a refresh");
    assert_ne!(version().await, before, "it would be seen");
}
