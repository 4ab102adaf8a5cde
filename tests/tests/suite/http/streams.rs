//! Streams end with the token they were opened with.

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::response::Response;
use axum::response::sse::{Event, Sse};
use futures_util::stream::{self, Stream, StreamExt};
use futures_util::{FutureExt, SinkExt};
use jwt_auth::clock::{Clock, Timestamp};
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::settings::{hours, minutes, seconds};
use jwt_auth::store::{AnyTokenStore, MemoryStore};
use jwt_auth::testing::ManualClock;
use jwt_auth::user::MemoryUsers;
use jwt_auth::{Client, Closed, CurrentSession, JwtAuth, Login, Settings, TokenPair, protected};
use jwt_auth_tests::{Account, App, BEGIN, settings};
use std::convert::Infallible;
use std::fmt;
use std::future::{poll_fn, ready};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message as Received;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

/// Says everything back until the session closes, and then why.
#[protected]
async fn echo(session: CurrentSession, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async move |mut socket: WebSocket| {
        let mut closed = pin!(session.closed());
        loop {
            tokio::select! {
                why = &mut closed => {
                    let frame = CloseFrame { code: close_code::POLICY, reason: why.code().into() };
                    let _ = socket.send(Message::Close(Some(frame))).await;
                    return;
                }
                Some(Ok(message)) = socket.recv() => {
                    if socket.send(message).await.is_err() {
                        return;
                    }
                }
                else => return,
            }
        }
    })
}

#[protected]
async fn events(session: CurrentSession) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let opened = stream::once(ready(Ok(Event::default().data("opened"))));
    Sse::new(opened.chain(stream::pending()).take_until(session.closed()))
}

fn urls() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new().route("/echo", get(echo)).route("/events", get(events))
}

async fn serve(auth: &JwtAuth<Account>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let router = urls().with_state(auth.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    async fn open(address: SocketAddr, token: &str) -> Self {
        let mut request = format!("ws://{address}/echo").into_client_request().expect("a request");
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse().expect("a header"));
        let stream = TcpStream::connect(address).await.expect("it listens");
        let (socket, _) = tokio_tungstenite::client_async(request, stream).await.expect("it opens");
        Self(socket)
    }

    async fn works(&mut self) {
        self.0.send(Received::text("still there?")).await.expect("sent");
        let answer = in_time(self.0.next()).await.expect("an answer").expect("a message");
        assert_eq!(answer, Received::text("still there?"));
    }

    async fn ends(&mut self) -> String {
        match in_time(self.0.next()).await.expect("a frame").expect("a message") {
            Received::Close(Some(frame)) => frame.reason.to_string(),
            other => panic!("not the end: {other:?}"),
        }
    }
}

/// Opens the event stream and waits for its first event.
async fn open_events(address: SocketAddr, token: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let request = format!(
        "GET /events HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut read = String::new();
    while !read.contains("data: opened") {
        let mut buffer = [0; 1024];
        let count = in_time(stream.read(&mut buffer)).await.expect("it answers");
        assert!(count > 0, "it ended with {read:?}");
        read.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
    stream
}

async fn ends(stream: &mut TcpStream) {
    let mut rest = Vec::new();
    in_time(stream.read_to_end(&mut rest)).await.expect("a regular end");
    assert!(rest.ends_with(b"0\r\n\r\n"), "a whole answer: {:?}", String::from_utf8_lossy(&rest));
}

/// Real time bounds only how long a failing test hangs.
async fn in_time<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), work).await.expect("nothing happened for 20 seconds")
}

async fn login(auth: &JwtAuth<Account>, id: u64) -> TokenPair {
    auth.for_user(&account(id), Login::default()).await.expect("a pair")
}

fn account(id: u64) -> Account {
    Account {
        id,
        username: id.to_string(),
        password_hash: String::new(),
        is_active: true,
        is_staff: false,
        permissions: Vec::new(),
    }
}

/// Nodes of one service: each with its own view of one store, and one clock for all.
async fn nodes<const N: usize>(
    settings: Settings,
    clock: &ManualClock,
    store: &AnyTokenStore,
) -> [JwtAuth<Account>; N] {
    let users = MemoryUsers::new(|user: &Account| &user.username);
    users.put(account(1));
    let mut nodes = Vec::new();
    for _ in 0..N {
        let builder = JwtAuth::builder(settings.clone()).users(users.clone()).store(store.clone()).clock(clock.clone());
        nodes.push(builder.start().await.expect("good settings"));
    }
    nodes.try_into().expect("as many")
}

async fn session_of(auth: &JwtAuth<Account>, pair: &TokenPair) -> CurrentSession {
    auth.current_session(auth.authenticate(pair.access.expose()).await.expect("a good token"))
}

#[tokio::test]
async fn sockets_and_event_streams_end_when_the_token_does() {
    let app = App::start(Settings { access_token_lifetime: minutes(5), ..settings() }).await;
    let address = serve(&app.auth).await;
    let token = app.login().await.1;
    let (mut socket, mut events) = (Socket::open(address, &token).await, open_events(address, &token).await);
    // To the last second in which a guard would let the token in.
    app.clock.advance(minutes(5) + app.auth.settings().leeway - seconds(1));
    assert!(app.auth.authenticate(&token).await.is_ok());
    socket.works().await;
    app.clock.advance(seconds(1));
    assert!(app.auth.authenticate(&token).await.is_err());
    assert_eq!(socket.ends().await, "token_expired");
    ends(&mut events).await;
}

#[tokio::test]
async fn a_logout_ends_the_streams_of_its_session_and_no_others() {
    let app = App::start(settings()).await;
    let address = serve(&app.auth).await;
    let (gone, mine, other) = (app.login().await, app.login().await, login(&app.auth, 3).await);
    let mut sockets = [Socket::open(address, &mine.1).await, Socket::open(address, other.access.expose()).await];
    let (mut socket, mut events) = (Socket::open(address, &gone.1).await, open_events(address, &gone.1).await);
    socket.works().await;
    app.auth.blacklist(&gone.0).await.expect("logged out");
    assert_eq!(socket.ends().await, "token_revoked");
    ends(&mut events).await;
    for socket in &mut sockets {
        socket.works().await;
    }
    app.auth.end_all_sessions("3").await.expect("logged out everywhere");
    assert_eq!(sockets[1].ends().await, "token_revoked");
    sockets[0].works().await;
}

#[tokio::test]
async fn a_stream_hears_of_what_happened_on_another_node() {
    let quick = Settings { revocation_sync_interval: Duration::from_millis(10), ..settings() };
    let (clock, store) = (ManualClock::new(Timestamp::from_seconds(BEGIN)), AnyTokenStore::new(MemoryStore::new()));
    let [here, there] = nodes(quick, &clock, &store).await;
    let (first, second, other) = (login(&here, 1).await, login(&here, 1).await, login(&here, 2).await);
    let address = serve(&here).await;
    let mut sockets = Vec::new();
    for pair in [&first, &second, &other] {
        sockets.push(Socket::open(address, pair.access.expose()).await);
    }
    there.blacklist(first.refresh.expose()).await.expect("logged out");
    assert_eq!(sockets[0].ends().await, "token_revoked");
    sockets[1].works().await;
    there.end_all_sessions("1").await.expect("logged out everywhere");
    assert_eq!(sockets[1].ends().await, "token_revoked");
    sockets[2].works().await;
}

#[tokio::test]
async fn a_reused_refresh_token_ends_the_streams() {
    let app = App::start(Settings { access_token_lifetime: hours(24), ..settings() }).await;
    let stolen = login(&app.auth, 1).await;
    let watching = tokio::spawn(session_of(&app.auth, &stolen).await.closed());
    let mut newest = stolen.refresh.clone();
    for _ in 0..2 {
        let refreshed = app.auth.refresh(newest.expose(), Client::default()).await.expect("rotated");
        newest = refreshed.refresh.expect("a successor");
    }
    app.clock.advance(hours(1));
    app.auth.refresh(stolen.refresh.expose(), Client::default()).await.expect_err("spent long ago");
    assert_eq!(in_time(watching).await.expect("no panic"), Closed::Revoked);
}

#[tokio::test]
async fn a_revocation_between_the_guard_and_the_wait_is_not_missed() {
    let app = App::start(settings()).await;
    let (refresh, access) = app.login().await;
    let session = app.auth.current_session(app.auth.authenticate(&access).await.expect("good"));
    let (early, clone) = (session.closed(), session.clone());
    app.auth.blacklist(&refresh).await.expect("logged out");
    assert_eq!(early.now_or_never(), Some(Closed::Revoked), "made before, asked after");
    assert_eq!(clone.closed().now_or_never(), Some(Closed::Revoked));
    assert_eq!(session.closed().now_or_never(), Some(Closed::Revoked), "and ever after");
}

/// A clock that does something once, at a chosen one of the moments in which it is asked, slept on or polled.
#[derive(Clone, Default)]
struct Interrupting {
    clock: ManualClock,
    deed: Arc<Mutex<Option<(u32, Deed)>>>,
}

type Deed = Box<dyn FnOnce() + Send>;

impl Interrupting {
    fn step(&self) {
        let due = {
            let mut deed = self.deed.lock().expect("no panic");
            match deed.take() {
                Some((0, due)) => Some(due),
                Some((steps, later)) => {
                    *deed = Some((steps - 1, later));
                    None
                }
                None => None,
            }
        };
        if let Some(due) = due {
            due();
        }
    }
}

impl Clock for Interrupting {
    fn now(&self) -> Timestamp {
        self.step();
        self.clock.now()
    }

    fn sleep_until(&self, moment: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.step();
        let mut sleep = self.clock.sleep_until(moment);
        Box::pin(poll_fn(move |cx| {
            self.step();
            sleep.as_mut().poll(cx)
        }))
    }
}

impl fmt::Debug for Interrupting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Interrupting")
    }
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn a_revocation_at_any_step_of_the_wait_is_not_missed() {
    let mut waited = 0;
    for steps in 0..3 {
        let clock = Interrupting::default();
        let builder = JwtAuth::builder(settings()).users(MemoryUsers::new(|user: &Account| &user.username));
        let auth = builder.store(MemoryStore::new()).clock(clock.clone()).start().await.expect("good settings");
        let pair = login(&auth, 1).await;
        let mut closed = Box::pin(session_of(&auth, &pair).await.closed());
        let logging_out = auth.clone();
        let logout = move || {
            let outcome = logging_out.blacklist(pair.refresh.expose()).now_or_never();
            outcome.expect("memory does not wait").expect("logged out");
        };
        *clock.deed.lock().expect("no panic") = Some((steps, Box::new(logout)));
        let woken = Arc::new(Woken::default());
        let mut told = closed.as_mut().poll(&mut Context::from_waker(&Arc::clone(&woken).into()));
        if told.is_pending() {
            waited += 1;
            assert!(woken.0.load(Ordering::SeqCst), "missed at step {steps}");
            told = closed.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        }
        assert_eq!(told, Poll::Ready(Closed::Revoked), "step {steps}");
        assert!(clock.deed.lock().expect("no panic").is_none(), "there is no step {steps}");
    }
    assert_eq!(waited, 1, "the last step is one of a stream that waits");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_revocation_in_the_very_moment_of_the_wait_is_not_missed() {
    let app = App::start(settings()).await;
    for round in 0..300_u32 {
        let pair = login(&app.auth, 1).await;
        let session = session_of(&app.auth, &pair).await;
        let waiting: Vec<_> = (0..4)
            .map(|task| {
                let session = session.clone();
                tokio::spawn(async move {
                    for _ in 0..(round * 7 + task * 13) % 40 {
                        std::hint::spin_loop();
                    }
                    session.closed().await
                })
            })
            .collect();
        app.auth.blacklist(pair.refresh.expose()).await.expect("logged out");
        for waiting in waiting {
            assert_eq!(in_time(waiting).await.expect("no panic"), Closed::Revoked, "round {round}");
        }
    }
}

#[tokio::test]
async fn a_node_out_of_touch_ends_its_streams_when_it_fails_closed() {
    // The feed is not read again within this test.
    let base = Settings {
        revocation_sync_interval: hours(1),
        revocation_max_staleness: hours(2),
        access_token_lifetime: hours(24),
        ..settings()
    };
    for revocation_fail_closed in [true, false] {
        let app = App::start(Settings { revocation_fail_closed, ..base.clone() }).await;
        let pair = login(&app.auth, 1).await;
        let mut closed = Box::pin(session_of(&app.auth, &pair).await.closed());
        app.clock.advance(app.auth.settings().revocation_max_staleness);
        assert_eq!((&mut closed).now_or_never(), None);
        app.clock.advance(Duration::from_millis(1));
        let told = (&mut closed).now_or_never();
        assert_eq!(told, revocation_fail_closed.then_some(Closed::OutOfTouch));
        assert_eq!(app.auth.authenticate(pair.access.expose()).await.is_err(), revocation_fail_closed);
    }
}

#[tokio::test]
async fn streams_end_with_the_service() {
    for drop_it in [false, true] {
        let app = App::start(settings()).await;
        let pair = login(&app.auth, 1).await;
        let session = session_of(&app.auth, &pair).await;
        let watching = tokio::spawn(session.closed());
        if drop_it {
            drop(app);
        } else {
            app.auth.shutdown();
        }
        assert_eq!(in_time(watching).await.expect("no panic"), Closed::ShutDown);
        assert_eq!(session.closed().now_or_never(), Some(Closed::ShutDown));
    }
}

#[tokio::test]
async fn a_shutdown_lets_a_graceful_server_finish() {
    let app = App::start(settings()).await;
    let token = app.login().await.1;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let (auth, router) = (app.auth.clone(), urls().with_state(app.auth.clone()));
    let (signal, told) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(async move {
        let stop = async move {
            let _ = told.await;
            auth.shutdown();
        };
        axum::serve(listener, router).with_graceful_shutdown(stop).await
    });
    let mut events = open_events(address, &token).await;
    signal.send(()).expect("it listens");
    ends(&mut events).await;
    in_time(serving).await.expect("no panic").expect("it ends");
}

#[tokio::test]
async fn a_token_of_no_session_lives_until_it_expires() {
    let settings = Settings { rotate_refresh_tokens: false, access_token_lifetime: minutes(5), ..settings() };
    let app = App::stateless(settings).await;
    let token = app.auth.access_token_for("1", &jwt_auth::Claims::new()).expect("a token");
    let session = app.auth.current_session(app.auth.authenticate(token.expose()).await.expect("good"));
    assert_eq!(session.token().user_id(), Some("1"));
    let watching = tokio::spawn(session.closed());
    app.clock.advance(minutes(5));
    assert_eq!(session.closed().now_or_never(), None, "the leeway counts");
    app.clock.advance(app.auth.settings().leeway);
    assert_eq!(in_time(watching).await.expect("no panic"), Closed::Expired);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_streams_end_each_with_its_own() {
    let app = App::start(Settings { access_token_lifetime: minutes(5), ..settings() }).await;
    let mut pairs = Vec::new();
    let mut streams = JoinSet::new();
    for user in 0..100 {
        let pair = login(&app.auth, user).await;
        let session = session_of(&app.auth, &pair).await;
        for _ in 0..100 {
            let closed = session.closed();
            streams.spawn(async move { (user, closed.await) });
        }
        pairs.push(pair);
    }
    app.auth.blacklist(pairs[7].refresh.expose()).await.expect("logged out");
    for _ in 0..100 {
        assert_eq!(in_time(streams.join_next()).await.expect("one").expect("no panic"), (7, Closed::Revoked));
    }
    assert!(streams.try_join_next().is_none(), "nobody else's");
    app.clock.advance(minutes(5) + app.auth.settings().leeway);
    for _ in 0..9900 {
        assert_eq!(in_time(streams.join_next()).await.expect("one").expect("no panic").1, Closed::Expired);
    }
    assert!(streams.is_empty());
}
