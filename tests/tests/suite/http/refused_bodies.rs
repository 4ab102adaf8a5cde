//! The body of a refused request, over real connections: a small one is read away and the connection lives, a larger one ends it and
//! says so.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::middleware::from_fn;
use http::{Request, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use jwt_auth::routing::{GuardedRouter, get, post};
use jwt_auth::{AuthError, GuardLayer, IsAuthenticated, JwtAuth, Settings, TokenUser, protected, public, token_routes};
use jwt_auth_tests::{Account, App, send, settings};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[protected]
async fn guarded(body: Bytes) -> String {
    body.len().to_string()
}

#[public]
async fn own_refusal() -> AuthError {
    AuthError::UserInactive
}

#[public]
async fn read_and_refused(body: Bytes) -> Result<(), AuthError> {
    if body.is_empty() { Ok(()) } else { Err(AuthError::UserInactive) }
}

#[public]
async fn extractor(_: TokenUser) {}

#[public]
async fn open() -> &'static str {
    "open"
}

#[token_routes("/api/token", sessions)]
fn urls(auth: JwtAuth<Account>) -> GuardedRouter<JwtAuth<Account>> {
    let inner = || Router::new().fallback(async |body: Bytes| body.len().to_string());
    GuardedRouter::new()
        .route("/guarded", post(guarded))
        .route("/own", post(own_refusal))
        .route("/read", post(read_and_refused))
        .route("/extractor", post(extractor))
        .route("/open", get(open))
        .mount("/mount", IsAuthenticated, inner())
        .merge_unguarded(
            Router::new()
                .route("/layered", axum::routing::post(async |body: Bytes| body.len().to_string()))
                .layer(GuardLayer::new(auth, IsAuthenticated)),
            "behind a layer",
        )
        .nest(
            "/drf",
            GuardedRouter::new().route("/", post(own_refusal)).layer(from_fn(jwt_auth::routing::drf_negotiation)),
        )
}

async fn serve(settings: Settings) -> (std::net::SocketAddr, String) {
    let app = App::start(settings).await;
    let token = app.login().await.1;
    let plain = Router::new().route("/plain", axum::routing::post(guarded)).with_state(app.auth.clone());
    let router = urls(app.auth.clone()).with_state(app.auth).merge(plain);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async { axum::serve(listener, router).await });
    (address, token)
}

/// A connection with what of the next answer has come.
struct Connection(TcpStream);

impl Connection {
    async fn open(address: std::net::SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("a server");
        stream.set_nodelay(true).expect("a socket");
        Self(stream)
    }

    async fn send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.0.write_all(bytes).await
    }

    /// Status line and headers of one answer, in lower case; its body is read too.
    async fn answer(&mut self) -> std::io::Result<String> {
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") {
            if self.0.read(&mut byte).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).expect("text").to_lowercase();
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
        let mut body = vec![0; length.map_or(0, |length| length.parse().expect("a number"))];
        self.0.read_exact(&mut body).await?;
        Ok(head)
    }

    async fn ends(&mut self) -> bool {
        matches!(self.0.read(&mut [0]).await, Ok(0) | Err(_))
    }
}

fn head(path: &str, more: &str) -> Vec<u8> {
    format!("POST {path} HTTP/1.1\r\nhost: x\r\n{more}\r\n").into_bytes()
}

/// A POST of so many bytes.
fn whole(path: &str, length: usize, more: &str) -> Vec<u8> {
    [head(path, &format!("content-length: {length}\r\n{more}")), vec![b'x'; length]].concat()
}

fn closes(answer: &str) -> bool {
    answer.contains("\r\nconnection: close\r\n")
}

/// Where a request is refused, and how.
const REFUSALS: [(&str, &str, u16); 9] = [
    ("/guarded", "", 401),
    ("/guarded", "authorization: Bearer a.b.c\r\n", 401),
    ("/extractor", "", 401),
    ("/own", "", 401),
    ("/mount/x", "", 401),
    ("/mount//x", "authorization: GOOD\r\n", 404),
    ("/layered", "", 401),
    ("/api/logout/all/", "", 401),
    ("/drf", "accept: image/png\r\n", 406),
];

#[tokio::test]
async fn a_thousand_small_bodies_leave_one_connection() {
    let (address, token) = serve(settings()).await;
    let mut connection = Connection::open(address).await;
    let mut ways = REFUSALS.to_vec();
    ways.extend([
        ("/api/token/", "content-type: text/plain\r\n", 415),
        ("/api/token/", "content-type: application/json\r\n", 400),
    ]);
    ways.extend([("/plain", "", 401), ("/read", "", 401)]);
    for turn in 0..1000 {
        let (path, more, status) = ways[turn % ways.len()];
        let more = more.replace("GOOD", &format!("Bearer {token}"));
        connection.send(&whole(path, 1024, &more)).await.expect("the connection lives");
        let answer = connection.answer().await.unwrap_or_else(|error| panic!("{turn} {path}: {error}"));
        assert!(answer.starts_with(&format!("http/1.1 {status} ")) && !closes(&answer), "{turn} {path}: {answer}");
    }
    connection.send(b"GET /open HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("it lives");
    assert!(connection.answer().await.expect("an answer").starts_with("http/1.1 200"));
}

/// The body comes when the server has long judged the head.
#[tokio::test]
async fn a_small_body_that_comes_late_is_waited_for() {
    let (address, token) = serve(settings()).await;
    for (path, more, status) in REFUSALS {
        let more = more.replace("GOOD", &format!("Bearer {token}"));
        let mut connection = Connection::open(address).await;
        for _ in 0..3 {
            connection.send(&head(path, &format!("content-length: 9000\r\n{more}"))).await.expect("sent");
            for _ in 0..9 {
                tokio::task::yield_now().await;
                connection.send(&[b'x'; 1000]).await.expect("sent");
            }
            let answer = connection.answer().await.unwrap_or_else(|error| panic!("{path}: {error}"));
            assert!(answer.starts_with(&format!("http/1.1 {status} ")) && !closes(&answer), "{path}: {answer}");
        }
    }
}

#[tokio::test]
async fn large_and_chunked_bodies_end_the_connection_and_say_so() {
    let (address, token) = serve(settings()).await;
    let mut ways = REFUSALS.to_vec();
    ways.push(("/plain", "", 401));
    for (path, more, status) in ways {
        let more = more.replace("GOOD", &format!("Bearer {token}"));
        let chunked =
            [head(path, &format!("transfer-encoding: chunked\r\n{more}")), b"1\r\nx\r\n0\r\n\r\n".to_vec()].concat();
        for request in [whole(path, 16 * 1024 + 1, &more), chunked] {
            let mut connection = Connection::open(address).await;
            connection.send(&request).await.expect("sent");
            let answer = connection.answer().await.unwrap_or_else(|error| panic!("{path}: {error}"));
            assert!(answer.starts_with(&format!("http/1.1 {status} ")) && closes(&answer), "{path}: {answer}");
            assert!(connection.ends().await, "{path}");
        }
        let mut connection = Connection::open(address).await;
        connection.send(&whole(path, 16 * 1024, &more)).await.expect("sent");
        let answer = connection.answer().await.expect("an answer");
        assert!(path == "/plain" || !closes(&answer), "{path}: 16 KiB are read away");
    }
}

/// A body that a view or a handler has read to its end stands in nobody's way.
#[tokio::test]
async fn what_was_read_ends_nothing() {
    let (address, _) = serve(settings()).await;
    let json = "content-type: application/json\r\n";
    let mut connection = Connection::open(address).await;
    for (path, more, status) in
        [("/read", "", 401), ("/api/token/", "content-type: text/plain\r\n", 415), ("/api/token/refresh/", json, 400)]
    {
        connection.send(&whole(path, 40_000, more)).await.expect("sent");
        let answer = connection.answer().await.expect("an answer");
        assert!(answer.starts_with(&format!("http/1.1 {status} ")) && !closes(&answer), "{path}: {answer}");
        connection.send(&head(path, &format!("transfer-encoding: chunked\r\n{more}"))).await.expect("sent");
        connection.send(b"2\r\nxx\r\n0\r\n\r\n").await.expect("sent");
        let answer = connection.answer().await.expect("an answer");
        assert!(answer.starts_with(&format!("http/1.1 {status} ")) && !closes(&answer), "{path}: {answer}");
    }
    // Larger than a view reads.
    connection.send(&whole("/api/token/", 1_000_000, json)).await.expect("sent");
    let answer = connection.answer().await.expect("an answer");
    assert!(answer.starts_with("http/1.1 413 ") && closes(&answer), "{answer}");
    let mut connection = Connection::open(address).await;
    connection.send(b"PUT /api/token/ HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nabcde").await.expect("sent");
    let answer = connection.answer().await.expect("an answer");
    assert!(answer.starts_with("http/1.1 405 ") && !closes(&answer), "{answer}");
}

/// Python's http.client and Java's HttpURLConnection do.
#[tokio::test]
async fn who_sends_all_of_a_large_body_first_reads_the_answer() {
    let (address, token) = serve(settings()).await;
    for (path, more, status) in REFUSALS {
        let more = more.replace("GOOD", &format!("Bearer {token}"));
        let mut connection = Connection::open(address).await;
        connection.send(&whole(path, 5_000_000, &more)).await.unwrap_or_else(|error| panic!("{path}: {error}"));
        let answer = connection.answer().await.unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(answer.starts_with(&format!("http/1.1 {status} ")) && closes(&answer), "{path}: {answer}");
    }
}

#[tokio::test]
async fn who_waits_for_100_continue_is_not_asked_for_the_body() {
    let (address, token) = serve(settings()).await;
    for (path, more, status) in REFUSALS {
        let more = more.replace("GOOD", &format!("Bearer {token}"));
        for length in [10, 5_000_000] {
            let mut connection = Connection::open(address).await;
            let more = format!("content-length: {length}\r\nexpect: 100-continue\r\n{more}");
            connection.send(&head(path, &more)).await.expect("sent");
            let answer = connection.answer().await.expect("an answer");
            assert!(answer.starts_with(&format!("http/1.1 {status} ")) && closes(&answer), "{path}: {answer}");
        }
    }
}

#[tokio::test]
async fn a_request_without_a_body_and_an_answer_of_the_applications_own_say_nothing_of_it() {
    let (address, token) = serve(settings()).await;
    let mut connection = Connection::open(address).await;
    for more in ["", "content-length: 0\r\n"] {
        connection.send(&head("/guarded", more)).await.expect("sent");
        assert!(!closes(&connection.answer().await.expect("an answer")));
    }
    let more = format!("authorization: Bearer {token}\r\n");
    connection.send(&whole("/guarded", 100_000, &more)).await.expect("sent");
    let answer = connection.answer().await.expect("an answer");
    assert!(answer.starts_with("http/1.1 200") && !closes(&answer), "{answer}");
}

#[tokio::test]
async fn http_2_is_told_nothing() {
    let (address, _) = serve(settings()).await;
    let io = TokioIo::new(TcpStream::connect(address).await.expect("a server"));
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await.expect("HTTP/2");
    tokio::spawn(connection);
    for path in ["/guarded", "/plain", "/own", "/mount/x", "/layered", "/api/token/"] {
        for length in [1024, 100_000] {
            let body = Body::from(vec![b'x'; length]);
            let request = Request::post(format!("http://{address}{path}")).header("content-length", length);
            let answer = sender.send_request(request.body(body).expect("a request")).await.expect("an answer");
            assert!(answer.status().is_client_error() && answer.version() == Version::HTTP_2);
            assert!(answer.headers().get("connection").is_none(), "{path}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_long_for_a_body_that_does_not_come() {
    let app = App::start(settings()).await;
    let router = urls(app.auth.clone()).with_state(app.auth);
    let begin = tokio::time::Instant::now();
    for path in ["/guarded", "/layered", "/mount/x", "/own"] {
        let body = Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>());
        let request = Request::post(path).header("content-length", 100).body(body).expect("a request");
        let answer = send(&router, request).await;
        assert_eq!((answer.status.as_u16(), answer.header("connection")), (401, "close"), "{path}");
    }
    assert!(begin.elapsed() < Duration::from_secs(10));
}
