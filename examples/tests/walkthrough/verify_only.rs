//! The resource server, with an issuer on this machine in place of Auth0 and its like.

use jwt_auth::keys::{Algorithm, JwkSet, SigningKey};
use jwt_auth_tests::tokens::signing_text;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

#[test]
fn tokens_of_the_issuer_open_what_they_should() {
    let key = SigningKey::load(Algorithm::RS256, &signing_text(Algorithm::RS256), Some("k")).expect("a good key");
    let issuer = serve(JwkSet::publish(&[key.verifying_key()]));
    let (_service, address) = start(&issuer);
    let exp = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs() + 600;
    let token = |aud: &str, scope: &str| {
        key.sign(&format!(r#"{{"iss":"{issuer}","aud":"{aud}","sub":"jane","scope":"{scope}","exp":{exp}}}"#))
    };
    for (path, token, status, body) in [
        ("/me", Some(token("https://api.example", "")), "200", r#""jane""#),
        ("/orders", Some(token("https://api.example", "openid orders:read")), "200", r#"["a table","four chairs"]"#),
        ("/orders", Some(token("https://api.example", "openid")), "403", "permission"),
        ("/me", Some(token("https://bank.example", "")), "401", "token_not_valid"),
        ("/me", None, "401", "not provided"),
    ] {
        let answer = ask(&address, path, token.as_deref());
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")) && answer.contains(body), "{path}: {answer}");
    }
}

/// Serves the documents of an issuer, as long as this process runs, and returns its name.
fn serve(keys: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let issuer = format!("http://{}", listener.local_addr().expect("bound"));
    let discovery = format!(r#"{{"issuer":"{issuer}","jwks_uri":"{issuer}/keys"}}"#);
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.expect("a connection");
            let mut line = String::new();
            let mut reader = BufReader::new(&socket);
            reader.read_line(&mut line).expect("a request");
            let mut rest = String::new();
            while rest != "\r\n" {
                rest.clear();
                reader.read_line(&mut rest).expect("a header");
            }
            let body = if line.starts_with("GET /keys ") { &keys } else { &discovery };
            let length = body.len();
            write!(socket, "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
                .expect("an answer");
        }
    });
    issuer
}

/// Ends the program with the test.
struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(issuer: &str) -> (Service, String) {
    let mut process = Command::new(env!("CARGO_BIN_EXE_verify_only"))
        .envs([("ISSUER", issuer), ("AUDIENCE", "https://api.example"), ("BIND", "127.0.0.1:0")])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the example runs");
    let mut line = String::new();
    BufReader::new(process.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
    let address = line.trim().strip_prefix("listening on ").expect("its address").to_owned();
    (Service(process), address)
}

fn ask(address: &str, path: &str, token: Option<&str>) -> String {
    let mut socket = TcpStream::connect(address).expect("it listens");
    let authorization = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
    write!(socket, "GET {path} HTTP/1.1\r\nhost: {address}\r\n{authorization}connection: close\r\n\r\n").expect("sent");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("an answer");
    answer
}
