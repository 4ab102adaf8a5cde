//! WebSockets and server-sent events over real connections.

use super::{Kit, token};
use futures_util::{SinkExt, StreamExt};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::client::conn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::json;
use std::net::SocketAddr;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// The application on a free port, until dropped.
struct Server {
    address: SocketAddr,
    task: JoinHandle<()>,
    _kit: Kit,
}

impl Server {
    async fn start() -> Self {
        let kit = Kit::start().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let router = kit.router.clone();
        let task = tokio::spawn(async move { axum::serve(listener, router).await.expect("a server") });
        Self { address, task, _kit: kit }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("a connection")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// No token, a bad one, and one without the scope; then what each is answered.
fn refused() -> [(Option<String>, StatusCode); 3] {
    [
        (None, StatusCode::UNAUTHORIZED),
        (Some("Bearer nonsense".to_owned()), StatusCode::UNAUTHORIZED),
        (Some(format!("Bearer {}", token(&json!({})))), StatusCode::FORBIDDEN),
    ]
}

fn good() -> String {
    format!("Bearer {}", token(&json!({ "scope": "live" })))
}

fn with(authorization: Option<&str>, mut request: Request<()>) -> Request<()> {
    if let Some(value) = authorization {
        request.headers_mut().insert("authorization", value.parse().expect("a header"));
    }
    request
}

#[tokio::test]
async fn a_web_socket_opens_for_whom_the_rule_allows() {
    let server = Server::start().await;
    let request = || format!("ws://{}/socket", server.address).into_client_request().expect("a request");
    for (authorization, status) in refused() {
        let request = with(authorization.as_deref(), request());
        match client_async(request, server.connect().await).await {
            Err(Error::Http(response)) => assert_eq!(response.status(), status),
            other => panic!("{:?}", other.map(|(_, response)| response)),
        }
    }
    let request = with(Some(&good()), request());
    let (mut socket, response) = client_async(request, server.connect().await).await.expect("an open socket");
    assert_eq!(response.status(), StatusCode::SWITCHING_PROTOCOLS);
    talk(&mut socket).await;
}

/// RFC 8441: a WebSocket over HTTP/2 is opened with `CONNECT`.
#[tokio::test]
async fn a_web_socket_opens_over_http_2_as_well() {
    let server = Server::start().await;
    let io = TokioIo::new(server.connect().await);
    let (mut sender, connection) = conn::http2::handshake(TokioExecutor::new(), io).await.expect("HTTP/2");
    tokio::spawn(connection);
    let request = |authorization: Option<&str>| {
        let request = Request::builder()
            .method(Method::CONNECT)
            .uri(format!("http://{}/socket", server.address))
            .header("sec-websocket-version", "13")
            .extension(hyper::ext::Protocol::from_static("websocket"));
        with(authorization, request.body(()).expect("a request")).map(|()| Empty::<Bytes>::new())
    };
    // The server tells in its settings that it takes such requests, and they may come after the first answer only.
    let plain = Request::builder().uri(format!("http://{}/", server.address)).body(Empty::new()).expect("a request");
    sender.send_request(plain).await.expect("an answer");
    for (authorization, status) in refused() {
        sender.ready().await.expect("a connection");
        let response = sender.send_request(request(authorization.as_deref())).await.expect("an answer");
        assert_eq!(response.status(), status);
    }
    let response = sender.send_request(request(Some(&good()))).await.expect("an answer");
    assert_eq!(response.status(), StatusCode::OK);
    let stream = TokioIo::new(hyper::upgrade::on(response).await.expect("a stream"));
    talk(&mut WebSocketStream::from_raw_socket(stream, Role::Client, None).await).await;
}

#[tokio::test]
async fn events_flow_to_whom_the_rule_allows() {
    let server = Server::start().await;
    let io = TokioIo::new(server.connect().await);
    let (mut sender, connection) = conn::http1::handshake(io).await.expect("HTTP/1.1");
    tokio::spawn(connection);
    let request = |authorization: Option<&str>| {
        let request = Request::builder().uri("/events").header("host", "localhost").header("accept-encoding", "gzip");
        with(authorization, request.body(()).expect("a request")).map(|()| Empty::<Bytes>::new())
    };
    for (authorization, status) in refused() {
        let response = sender.send_request(request(authorization.as_deref())).await.expect("an answer");
        assert_eq!(response.status(), status);
        response.into_body().collect().await.expect("a whole body");
    }
    let response = sender.send_request(request(Some(&good()))).await.expect("an answer");
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let event = response.into_body().frame().await.expect("an event").expect("a frame");
    assert_eq!(event.into_data().expect("data"), "data: hello 3\n\n");
}

async fn talk<S>(socket: &mut WebSocketStream<S>)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    socket.send(Message::text("good day")).await.expect("a listener");
    let answer = socket.next().await.expect("an answer").expect("a message");
    assert_eq!(answer, Message::text("good day, 3"));
}
