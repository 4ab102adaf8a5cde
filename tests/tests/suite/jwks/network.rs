//! The ready client, against servers on this machine that are up to no good; once with TLS.

use jwt_auth::keys::Algorithm;
use jwt_auth::testing::ManualClock;
use jwt_auth::{JwtAuth, NoUser, Settings, StartError};
use jwt_auth_tests::certificates::Certificates;
use jwt_auth_tests::key_server::{TestKey, key_set};
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::tokens::{NOW, now};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, crypto::aws_lc_rs};

/// A server on a port of its own, and how many requests reached it.
struct Server {
    port: u16,
    requests: Arc<AtomicUsize>,
    /// How many bytes of endless answers were taken off its hands.
    sent: Arc<AtomicUsize>,
}

impl Server {
    /// Answers by path; `other` is what redirects and documents lead to.
    async fn start(keys: String, other: u16, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let (requests, sent) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let counters = (Arc::clone(&requests), Arc::clone(&sent));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (keys, tls, (requests, sent)) = (keys.clone(), tls.clone(), counters.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(socket, &keys, port, other, &requests, &sent).await,
                        // Whoever does not trust it hangs up here.
                        Some(tls) => match tls.accept(socket).await {
                            Ok(socket) => serve(socket, &keys, port, other, &requests, &sent).await,
                            Err(_) => Ok(()),
                        },
                    }
                });
            }
        });
        Self { port, requests, sent }
    }

    fn count(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

async fn serve(
    mut socket: impl AsyncRead + AsyncWrite + Unpin,
    keys: &str,
    port: u16,
    other: u16,
    requests: &AtomicUsize,
    sent: &AtomicUsize,
) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await?);
    }
    requests.fetch_add(1, Ordering::SeqCst);
    let head = String::from_utf8_lossy(&head).to_lowercase();
    assert!(!head.contains("accept-encoding"), "no compression is asked for: {head}");
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let plain = |headers: &str, body: &str| {
        format!("HTTP/1.1 200 OK\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
    };
    let to = |place: String| {
        format!("HTTP/1.1 302 Found\r\nlocation: {place}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
    };
    let answer = match path.as_str() {
        "/keys" => plain("cache-control: max-age=300\r\n", keys),
        "/gzip" => plain("content-encoding: gzip\r\n", keys),
        "/moved" => to("/keys".to_owned()),
        "/in-circles" => to("/in-circles".to_owned()),
        "/elsewhere" => to(format!("http://127.0.0.1:{other}/keys")),
        "/by-another-name" => to(format!("http://localhost:{port}/keys")),
        "/plainly" => to(format!("http://localhost:{other}/keys")),
        "/inside/.well-known/openid-configuration" => {
            let document =
                format!(r#"{{"issuer":"http://127.0.0.1:{port}/inside","jwks_uri":"http://localhost:{other}/keys"}}"#);
            plain("", &document)
        }
        "/endless" => {
            socket.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"keys\":[").await?;
            loop {
                socket.write_all(&[b' '; 4096]).await?;
                sent.fetch_add(4096, Ordering::SeqCst);
            }
        }
        // Until the client hangs up.
        "/silent" => socket.read_u8().await.map(|_| String::new())?,
        "/half" => "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\nconnection: close\r\n\r\n{\"keys\":".to_owned(),
        "/no-http" => "+PONG\r\n".to_owned(),
        _ => "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_owned(),
    };
    socket.write_all(answer.as_bytes()).await?;
    socket.shutdown().await
}

fn at(url: String) -> Settings {
    Settings { jwk_url: Some(url), algorithm: Algorithm::ES256, ..Settings::of_issuer("https://issuer.example/") }
}

async fn start(settings: Settings) -> Result<JwtAuth<NoUser>, StartError> {
    JwtAuth::builder(settings).clock(ManualClock::new(now())).start().await
}

/// Whether a service that fetches there takes a token of this key; otherwise what it says of the place.
async fn outcome(settings: Settings, key: &TestKey) -> Result<(), String> {
    let auth = start(settings).await.map_err(|error| error.to_string())?;
    let token = key.token(&format!(r#"{{"iss":"https://issuer.example/","sub":"u1","exp":{}}}"#, NOW + 100));
    auth.authenticate(&token).await.map(drop).map_err(|error| format!("{error:?}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_server_may_not_do() {
    let key = TestKey::new("a");
    let other = Server::start(key_set(&[&key]), 0, None).await;
    let server = Server::start(key_set(&[&key]), other.port, None).await;
    for (path, said) in [
        ("keys", None),
        ("moved", None),
        ("in-circles", Some("sends on to another server")),
        ("elsewhere", Some("sends on to another server")),
        ("by-another-name", Some("sends on to another server")),
        ("gzip", None),
        ("endless", Some("longer than 256 KiB")),
        ("missing", Some("status 404")),
        ("half", Some("KeysUnavailable")),
        ("no-http", Some("KeysUnavailable")),
    ] {
        let outcome = outcome(at(format!("http://127.0.0.1:{}/{path}", server.port)), &key).await;
        match said {
            // `gzip` is plain text in truth: nothing is unpacked.
            None => assert_eq!(outcome, Ok(()), "{path}"),
            Some(part) => assert!(outcome.as_ref().is_err_and(|said| said.contains(part)), "{path}: {outcome:?}"),
        }
    }
    // What lies in the buffers of both sides, and no more.
    assert!(server.sent.load(Ordering::SeqCst) < 16 * 1024 * 1024, "{:?}", server.sent);
    // A document may not lead to another server inside, be it by a name.
    let inside = format!("http://127.0.0.1:{}/inside", server.port);
    let settings = Settings { algorithm: Algorithm::ES256, ..Settings::of_issuer(inside) };
    let refused = start(settings).await.expect_err("a private address").to_string();
    assert!(refused.contains("private network"), "{refused}");
    assert_eq!(other.count(), 0);
    let nobody = outcome(at("http://127.0.0.1:1/keys".to_owned()), &key).await;
    assert!(nobody.is_err_and(|said| said.contains("KeysUnavailable")));
}

/// Tokio's time runs ahead while nobody has anything to do, so two seconds of silence are over at once.
#[tokio::test(start_paused = true)]
async fn a_silent_server_is_given_up() {
    let key = TestKey::new("a");
    let server = Server::start(key_set(&[&key]), 0, None).await;
    let outcome = outcome(at(format!("http://127.0.0.1:{}/silent", server.port)), &key).await;
    assert!(outcome.is_err_and(|said| said.contains("KeysUnavailable")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_issuer_itself_is_believed() {
    let scratch = Scratch::new("jwks-tls");
    let folder = scratch.path();
    let Some(made) = Certificates::make(folder) else { return };
    let (right, wrong) = (made.authority, made.another_authority);
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let config = config.with_safe_default_protocol_versions().expect("versions").with_no_client_auth();
    let certificate = CertificateDer::from_pem_file(made.certificate).expect("a certificate");
    let secret = PrivateKeyDer::from_pem_file(made.key).expect("a key");
    let config = config.with_single_cert(vec![certificate], secret).expect("they fit");
    let key = TestKey::new("a");
    let plain = Server::start(key_set(&[&key]), 0, None).await;
    let server = Server::start(key_set(&[&key]), plain.port, Some(TlsAcceptor::from(Arc::new(config)))).await;
    let from = |host: &str, path: &str, authority: Option<&Path>| Settings {
        jwk_ca_file: authority.map(Path::to_path_buf),
        ..at(format!("https://{host}:{}/{path}", server.port))
    };
    assert_eq!(outcome(from("localhost", "keys", Some(&right)), &key).await, Ok(()));
    let downgraded = outcome(from("localhost", "plainly", Some(&right)), &key).await;
    assert!(downgraded.is_err_and(|said| said.contains("sends on to another server")));
    let reached = server.count();
    for (what, host, authority) in [
        ("another authority", "localhost", Some(&wrong)),
        ("those of the operating system", "localhost", None),
        ("another name", "127.0.0.1", Some(&right)),
    ] {
        let outcome = outcome(from(host, "keys", authority.map(PathBuf::as_path)), &key).await;
        assert!(outcome.as_ref().is_err_and(|said| said.contains("KeysUnavailable")), "{what}: {outcome:?}");
    }
    assert_eq!((server.count(), plain.count()), (reached, 0));
    for (file, part) in [("server.key", "no certificates"), ("nowhere.pem", "No such file")] {
        let refused =
            start(from("localhost", "keys", Some(&folder.join(file)))).await.expect_err("a fault").to_string();
        assert!(refused.contains("`jwk_ca_file`") && refused.contains(part), "{refused}");
    }
}
