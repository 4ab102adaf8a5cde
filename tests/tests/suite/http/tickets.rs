//! Tickets: a way in for browsers' sockets, once.

use axum::extract::ws::WebSocketUpgrade;
use axum::response::Response;
use axum::{Json, Router};
use http::StatusCode;
use jwt_auth::clock::Timestamp;
use jwt_auth::error::TokenError;
use jwt_auth::keys::{Algorithm, SigningKey};
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::settings::{minutes, seconds};
use jwt_auth::store::{AnyTokenStore, MemoryStore, SqliteStore};
use jwt_auth::testing::ManualClock;
use jwt_auth::tokens::TokenClass;
use jwt_auth::user::MemoryUsers;
use jwt_auth::{
    AuthError, Claims, Closed, CurrentSession, CurrentUser, JwtAuth, Login, Permissions, Settings, StartError,
    TokenUser,
};
use jwt_auth::{IsAuthenticated, protected, rule, token_routes};
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::{Account, Answer, App, BEGIN, KEY, get as get_with, payload, post_text, settings};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

#[derive(Permissions)]
enum Perm {
    OrdersRead,
}

#[protected(ticket)]
async fn stream(user: TokenUser) -> Json<String> {
    Json(user.id().to_owned())
}

#[protected(Perm::OrdersRead, user, ticket, fresh = "10m")]
async fn strict(CurrentUser(user): CurrentUser<Account>) -> Json<u64> {
    Json(user.id)
}

#[protected]
async fn plain(user: TokenUser) -> Json<String> {
    Json(user.id().to_owned())
}

#[protected(ticket)]
async fn socket(session: CurrentSession, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async move |_| drop(session))
}

#[token_routes("/api/token", ticket)]
fn urls() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new()
        .route("/stream", get(stream))
        .route("/strict", get(strict))
        .route("/plain", get(plain))
        .route("/socket", get(socket))
}

struct Service {
    app: App,
    router: Router,
    refresh: String,
    access: String,
}

impl Service {
    async fn start(settings: Settings) -> Self {
        Self::of(App::start(settings).await).await
    }

    async fn of(app: App) -> Self {
        let (refresh, access) = app.login().await;
        Self { router: urls().with_state(app.auth.clone()), app, refresh, access }
    }

    async fn ticket(&self) -> String {
        let answer = ask_for_ticket(&self.router, Some(&self.access)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.member("ticket")
    }

    async fn open(&self, path: &str, ticket: &str) -> Answer {
        get_with(&self.router, &format!("{path}?ticket={ticket}"), None).await
    }

    async fn bearer(&self, path: &str, token: &str) -> Answer {
        get_with(&self.router, path, Some(&format!("Bearer {token}"))).await
    }
}

async fn ask_for_ticket(router: &Router, token: Option<&str>) -> Answer {
    let mut request = http::Request::post("/api/token/ticket/");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    jwt_auth_tests::send(router, request.body(axum::body::Body::empty()).expect("a request")).await
}

fn account(permissions: &[&str]) -> Account {
    Account {
        id: 1,
        username: "test".to_owned(),
        password_hash: String::new(),
        is_active: true,
        is_staff: false,
        permissions: permissions.iter().copied().map(str::to_owned).collect(),
    }
}

#[tokio::test]
async fn a_ticket_opens_a_stream_once() {
    let service = Service::start(settings()).await;
    let answer = ask_for_ticket(&service.router, Some(&service.access)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(answer.header("cache-control"), "no-store");
    let ticket = answer.member("ticket");
    assert_eq!(answer.text, format!(r#"{{"ticket":"{ticket}"}}"#));
    let first = get_with(&service.router, &format!("/stream?since=7&ticket={ticket}&x="), None).await;
    assert_eq!((first.status, first.text.as_str()), (StatusCode::OK, "\"1\""));
    for _ in 0..2 {
        let again = service.open("/stream", &ticket).await;
        assert_eq!(again.status, StatusCode::UNAUTHORIZED);
        let message = &again.json()["messages"][0];
        assert_eq!((&message["token_class"], &message["token_type"]), (&"TicketToken".into(), &"ticket".into()));
        assert_eq!(message["message"], "Token is blacklisted");
    }
    assert_eq!(service.open("/stream", &service.ticket().await).await.status, StatusCode::OK, "another one");
    let none = get_with(&service.router, "/stream?tickets=1", None).await;
    assert_eq!((none.status, none.header("www-authenticate")), (StatusCode::UNAUTHORIZED, "Bearer realm=\"api\""));
    let header = service.bearer("/stream", &service.access).await;
    assert_eq!(header.status, StatusCode::OK, "a header does, as everywhere");
}

#[tokio::test]
async fn a_ticket_is_asked_for_with_an_access_token() {
    let service = Service::start(settings()).await;
    for token in [None, Some(service.refresh.as_str()), Some(&service.ticket().await), Some("x")] {
        let answer = ask_for_ticket(&service.router, token).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.text);
    }
    let path = format!("/api/token/ticket?ticket={}", service.ticket().await);
    let answer = post_text(&service.router, &path, "application/json", "").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "a ticket makes no tickets");
    let table = urls().access_table().to_string();
    assert!(table.contains("POST /api/token/ticket IsAuthenticated\n"), "{table}");
    assert!(table.contains("GET /stream IsAuthenticated, ticket\n"), "{table}");
}

#[tokio::test]
async fn a_ticket_is_no_other_token_and_no_other_token_is_a_ticket() {
    let service = Service::start(settings()).await;
    let ticket = service.ticket().await;
    for path in ["/stream", "/plain", "/strict"] {
        assert_eq!(service.bearer(path, &ticket).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    assert_eq!(service.open("/plain", &ticket).await.status, StatusCode::UNAUTHORIZED, "it says nothing of tickets");
    for (view, member) in [("refresh", "refresh"), ("blacklist", "refresh"), ("verify", "token")] {
        let body = format!(r#"{{"{member}":"{ticket}"}}"#);
        let answer = post_text(&service.router, &format!("/api/token/{view}/"), "application/json", &body).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{view}: {}", answer.text);
    }
    for token in [&service.access, &service.refresh] {
        let answer = service.open("/stream", token).await;
        assert_eq!(answer.json()["messages"][0]["message"], "Token has wrong type", "{}", answer.text);
    }
    assert_eq!(service.open("/stream", &ticket).await.status, StatusCode::OK, "none of it has used it up");
}

#[tokio::test]
async fn where_any_type_of_token_will_do_a_ticket_does_not() {
    let settings = Settings { auth_token_classes: vec![TokenClass::Untyped], ..settings() };
    let service = Service::start(settings.clone()).await;
    let ticket = service.ticket().await;
    assert_eq!(service.bearer("/plain", &service.refresh).await.status, StatusCode::OK);
    assert_eq!(service.bearer("/plain", &ticket).await.status, StatusCode::UNAUTHORIZED);
    let settings = Settings { auth_token_classes: vec![TokenClass::Access, TokenClass::Ticket], ..settings };
    let Err(StartError::Settings(error)) = JwtAuth::builder(settings).store(MemoryStore::new()).start().await else {
        panic!("it started")
    };
    assert!(error.to_string().contains("`auth_token_classes`"), "{error}");
}

#[tokio::test]
async fn a_header_that_is_there_is_the_only_credential() {
    let service = Service::start(settings()).await;
    let path = format!("/stream?ticket={}", service.ticket().await);
    for header in ["Bearer bad", "Bearer", "Basic dGVzdDp0ZXN0", ""] {
        let answer = get_with(&service.router, &path, Some(header)).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{header:?}: {}", answer.text);
    }
    let good = format!("Bearer {}", service.access);
    assert_eq!(get_with(&service.router, &path, Some(&good)).await.status, StatusCode::OK);
    assert_eq!(get_with(&service.router, &path, None).await.status, StatusCode::OK, "still unused");
}

#[tokio::test]
async fn bad_tickets_are_refused() {
    let service = Service::start(settings()).await;
    let ticket = service.ticket().await;
    let claims = payload(&ticket).to_json();
    let forged = SigningKey::load(Algorithm::HS256, &"other".repeat(20), None).expect("a key").sign(&claims);
    let twice = format!("{ticket}&ticket={}", service.ticket().await);
    let cut = &ticket[..ticket.len() - 1];
    for bad in ["", "x", cut, &forged, &twice, &ticket.replace('.', "%2E"), &format!("Bearer%20{ticket}")] {
        let answer = service.open("/stream", bad).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{bad}: {}", answer.text);
    }
    let key = SigningKey::load(Algorithm::HS256, KEY, None).expect("a key");
    let mut without_id = payload(&ticket);
    without_id.remove("jti");
    let answer = service.open("/stream", &key.sign(&without_id.to_json())).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "it could be used twice");
    assert_eq!(service.open("/stream", &ticket).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_ticket_lives_thirty_seconds_and_never_longer_than_its_access_token() {
    let service = Service::start(Settings { access_token_lifetime: minutes(5), ..settings() }).await;
    let leeway = service.app.auth.settings().leeway;
    let (early, late) = (service.ticket().await, service.ticket().await);
    assert_eq!(payload(&early).get::<u64>("exp").expect("a number"), Some(BEGIN + 30));
    service.app.clock.advance(seconds(30) + leeway - seconds(1));
    assert_eq!(service.open("/stream", &early).await.status, StatusCode::OK);
    service.app.clock.advance(seconds(1));
    let answer = service.open("/stream", &late).await;
    assert_eq!(answer.json()["messages"][0]["message"], "Token is expired", "{}", answer.text);
    service.app.clock.set(Timestamp::from_seconds(BEGIN).after(minutes(5) - seconds(10)));
    let last = service.ticket().await;
    assert_eq!(payload(&last).get::<u64>("exp").expect("a number"), Some(BEGIN + 300));
}

#[tokio::test]
async fn a_ticket_says_what_its_access_token_says() {
    let users = MemoryUsers::new(|user: &Account| &user.username);
    users.put(account(&["orders:read"]));
    let clock = ManualClock::new(Timestamp::from_seconds(BEGIN));
    let settings = Settings { audience: "us".into(), issuer: Some("https://us.example".to_owned()), ..settings() };
    let builder = JwtAuth::builder(settings).users(users.clone()).store(MemoryStore::new()).clock(clock.clone());
    let auth = builder.start().await.expect("good settings");
    let mut claims = Claims::new();
    claims.insert("tenant", "acme").expect("a claim");
    let login = Login { claims, ..Login::default() };
    let pair = auth.for_user(&account(&["orders:read"]), login).await.expect("a pair");
    clock.advance(seconds(5));
    let token = auth.authenticate(pair.access.expose()).await.expect("good");
    let ticket = auth.ticket_for(&token).expect("a ticket");
    let (access, said) = (payload(pair.access.expose()), payload(ticket.expose()));
    let mut own = vec!["token_type", "exp", "iat", "jti"];
    for (name, value) in access.iter() {
        assert_eq!(said.raw(name) == Some(value), !own.contains(&name), "{name}: {:?}", said.raw(name));
    }
    assert_eq!(said.raw("iat"), Some((BEGIN + 5).to_string().as_str()));
    assert_eq!(said.raw("access_exp"), access.raw("exp"));
    own = said.iter().map(|(name, _)| name).collect();
    assert_eq!(own.pop(), Some("access_exp"), "and nothing else is new");
    assert_eq!(own, access.iter().map(|(name, _)| name).collect::<Vec<_>>(), "in the same order");

    // Rules, options and extractors see no difference.
    let router = urls().with_state(auth.clone());
    let strict = async |ticket: &str| get_with(&router, &format!("/strict?ticket={ticket}"), None).await.status;
    assert_eq!(strict(ticket.expose()).await, StatusCode::OK);
    users.update("1", |user| user.permissions.clear());
    assert_eq!(strict(auth.ticket_for(&token).expect("a ticket").expose()).await, StatusCode::FORBIDDEN);
    users.update("1", |user| user.is_active = false);
    assert_eq!(strict(auth.ticket_for(&token).expect("a ticket").expose()).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_stream_opened_with_a_ticket_ends_with_the_access_token() {
    let service = Service::start(Settings { access_token_lifetime: minutes(5), ..settings() }).await;
    let auth = &service.app.auth;
    let token = auth.authenticate_ticket(&service.ticket().await).await.expect("a good ticket");
    let session = auth.current_session(token.clone());
    let mut closed = Box::pin(session.closed());
    let now = |future: &mut _| futures_util::FutureExt::now_or_never(future);
    service.app.clock.advance(minutes(5) + auth.settings().leeway - seconds(1));
    assert_eq!(now(&mut closed), None, "the ticket itself is long over");
    service.app.clock.advance(seconds(1));
    assert_eq!(now(&mut closed), Some(Closed::Expired));
    // Nor can a ticket be made from a ticket to live longer.
    service.app.clock.set(Timestamp::from_seconds(BEGIN));
    let second = auth.ticket_for(&token).expect("a ticket");
    assert_eq!(payload(second.expose()).raw("access_exp"), Some((BEGIN + 300).to_string().as_str()));
}

#[tokio::test]
async fn a_logout_ends_the_tickets_and_the_streams_opened_with_them() {
    let service = Service::start(settings()).await;
    let (used, unused) = (service.ticket().await, service.ticket().await);
    let token = service.app.auth.authenticate_ticket(&used).await.expect("a good ticket");
    let watching = tokio::spawn(service.app.auth.current_session(token).closed());
    service.app.auth.blacklist(&service.refresh).await.expect("logged out");
    assert_eq!(watching.await.expect("no panic"), Closed::Revoked);
    assert_eq!(service.open("/stream", &unused).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_sixty_four_at_once_on_two_nodes_one_gets_in() {
    let scratch = Scratch::new("tickets");
    let address = scratch.next_database();
    let users = MemoryUsers::new(|user: &Account| &user.username);
    users.put(account(&[]));
    let mut nodes = Vec::new();
    for _ in 0..2 {
        let store = SqliteStore::connect(&address).await.expect("opens");
        let builder = JwtAuth::builder(settings()).users(users.clone()).store(store);
        nodes.push(builder.start().await.expect("good settings"));
    }
    let pair = nodes[0].for_user(&account(&[]), Login::default()).await.expect("a pair");
    let token = nodes[1].authenticate(pair.access.expose()).await.expect("good");
    for round in 0..10 {
        let ticket = nodes[0].ticket_for(&token).expect("a ticket");
        let tasks: Vec<_> = (0..64)
            .map(|task| {
                let (node, ticket) = (nodes[task % 2].clone(), ticket.clone());
                tokio::spawn(async move { node.authenticate_ticket(ticket.expose()).await })
            })
            .collect();
        let mut entered = 0;
        for task in tasks {
            match task.await.expect("no panic") {
                Ok(_) => entered += 1,
                Err(AuthError::TokenNotValid(errors)) => assert_eq!(errors[0].error, TokenError::Blacklisted),
                Err(error) => panic!("{error:?}"),
            }
        }
        assert_eq!(entered, 1, "round {round}");
    }
}

#[tokio::test]
async fn without_a_store_a_ticket_is_spent_in_this_process() {
    let service = Service::of(App::stateless(settings()).await).await;
    let ticket = service.ticket().await;
    assert_eq!(service.open("/stream", &ticket).await.status, StatusCode::OK);
    assert_eq!(service.open("/stream", &ticket).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_store_that_is_gone_is_503() {
    let scratch = Scratch::new("tickets-outage");
    let address = scratch.next_database();
    let store = AnyTokenStore::new(SqliteStore::connect(&address).await.expect("opens"));
    let users = MemoryUsers::new(|user: &Account| &user.username);
    let auth = JwtAuth::builder(settings()).users(users).store(store).start().await.expect("good settings");
    let pair = auth.for_user(&account(&[]), Login::default()).await.expect("a pair");
    let token = auth.authenticate(pair.access.expose()).await.expect("good");
    let ticket = auth.ticket_for(&token).expect("a ticket");
    std::fs::remove_file(address.trim_start_matches("sqlite://")).expect("it was there");
    let router = urls().with_state(auth);
    let answer = get_with(&router, &format!("/stream?ticket={}", ticket.expose()), None).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.text);
    assert!(!answer.header("retry-after").is_empty());
}

#[tokio::test]
async fn without_types_or_ids_there_are_no_tickets() {
    let untyped = Settings { token_type_claim: None, ..settings() };
    let nameless = Settings { jti_claim: None, ..settings() };
    for settings in [untyped, nameless] {
        let service = Service::of(App::stateless(settings).await).await;
        let answer = ask_for_ticket(&service.router, Some(&service.access)).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "reported with its remedy: {}", answer.text);
        let answer = service.open("/stream", &service.access).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "and no token is a ticket");
    }
}

#[tokio::test]
async fn a_guard_further_out_does_not_open_one_that_takes_no_tickets() {
    let service = Service::start(settings()).await;
    let inner = urls().with_state(service.app.auth.clone());
    let outer = GuardedRouter::new().mount("/in", rule!(IsAuthenticated, ticket), inner);
    let outer = outer.with_state(service.app.auth.clone());
    for (path, status) in [("/in/stream", StatusCode::OK), ("/in/plain", StatusCode::UNAUTHORIZED)] {
        let ticket = service.ticket().await;
        let answer = get_with(&outer, &format!("{path}?ticket={ticket}"), None).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_browsers_socket_opens_with_a_ticket() {
    let service = Service::start(settings()).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let router = service.router.clone();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let url = format!("ws://{address}/socket?ticket={}", service.ticket().await);
    let open = async || {
        let stream = TcpStream::connect(address).await.expect("it listens");
        let opening = tokio_tungstenite::client_async(&url, stream);
        tokio::time::timeout(Duration::from_secs(20), opening).await.expect("it answers")
    };
    assert_eq!(open().await.expect("it opens").1.status(), 101);
    let refused = open().await.expect_err("once").to_string();
    assert!(refused.contains("401"), "{refused}");
}
