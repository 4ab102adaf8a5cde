//! Web sockets and event streams over a real connection.

use super::{account, in_time, login};
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::response::Response;
use axum::response::sse::{Event, Sse};
use futures_util::SinkExt;
use futures_util::stream::{self, Stream, StreamExt};
use jwt_auth::clock::Timestamp;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::settings::{minutes, seconds};
use jwt_auth::store::{AnyTokenStore, MemoryStore};
use jwt_auth::testing::ManualClock;
use jwt_auth::user::MemoryUsers;
use jwt_auth::{CurrentSession, JwtAuth, Settings, protected};
use jwt_auth_tests::{Account, App, BEGIN, settings};
use std::convert::Infallible;
use std::future::ready;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
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
