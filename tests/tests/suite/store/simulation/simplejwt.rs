//! The same clients at a service with the real SimpleJWT, rotation and blacklist on: tests/simplejwt/simulation.py starts it, and runs this.

use super::honest::{browse, run_native};
use super::server::{Seconds, Server, Who};
use super::{LOSSES, TABS, TROUBLES, compare, over_by};
use jwt_auth::settings::days;
use jwt_auth::store::{Decision, EndReason};
use jwt_auth::{Claims, JwtAuth, Settings};
use jwt_auth_tests::KEY;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// As many as the service has threads.
const AT_ONCE: usize = 4;

#[test]
#[ignore = "needs a server: tests/simplejwt/simulation.py"]
fn simplejwt_logs_out_honest_clients() {
    let address = std::env::var("SIMPLEJWT_SERVER").expect("the address of the service");
    let sessions = std::env::var("SIMPLEJWT_SESSIONS").map_or(300, |count| count.parse().expect("a number"));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let settings = Settings { refresh_token_lifetime: days(100), ..Settings::simple_jwt(KEY) };
    let issuer: JwtAuth = runtime.block_on(JwtAuth::builder(settings).start()).expect("starts");
    let log_in = || {
        let token = issuer.refresh_token_for("1", &Claims::new()).expect("a token");
        Service {
            connection: BufReader::new(TcpStream::connect(&address).expect("listens")),
            tokens: vec![token.expose().to_owned()],
        }
    };
    let mut page = String::new();
    for (trouble, _, _, make) in TROUBLES {
        let out = TABS.map(|tabs| {
            let browser = make(tabs);
            over_by(AT_ONCE, sessions, |seed| browse(&browser, &mut log_in(), seed)).0.to_string()
        });
        let _ = writeln!(page, "| {trouble} | {} |", out.join(" | "));
        println!("{}", page.lines().last().unwrap_or_default());
    }
    for (loss, ..) in LOSSES {
        let (out, _) = over_by(AT_ONCE, sessions, |seed| run_native(loss, &mut log_in(), seed));
        let _ = writeln!(page, "| an application, {:.0} % of answers lost | {out} |", 100.0 * loss);
    }
    if sessions == 300 {
        compare(&page);
    } else {
        println!("{page}");
    }
}

/// One login: every token that the service has handed out for it.
struct Service {
    connection: BufReader<TcpStream>,
    tokens: Vec<String>,
}

impl Server for Service {
    fn refresh(&mut self, token: u64, _: Seconds, _: Who) -> (Decision, u64) {
        let presented = &self.tokens[usize::try_from(token).expect("small")];
        match self.post(&json!({ "refresh": presented })) {
            (200, answer) => {
                self.tokens.push(answer["refresh"].as_str().expect("it rotates").to_owned());
                (Decision::Rotate, self.tokens.len() as u64 - 1)
            }
            (401, _) => (Decision::Ended(EndReason::SessionRevoked), 0),
            other => panic!("{other:?}"),
        }
    }
}

impl Service {
    fn post(&mut self, body: &Value) -> (u16, Value) {
        let body = body.to_string();
        let head =
            "POST /api/token/refresh/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length";
        self.connection.get_mut().write_all(format!("{head}: {}\r\n\r\n{body}", body.len()).as_bytes()).expect("sends");
        let mut line = String::new();
        self.connection.read_line(&mut line).expect("answers");
        let status = line.split(' ').nth(1).expect("a status").parse().expect("a number");
        let mut length = 0;
        while line.trim() != "" {
            line.clear();
            self.connection.read_line(&mut line).expect("headers");
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().expect("a number");
            }
        }
        let mut text = vec![0; length];
        self.connection.read_exact(&mut text).expect("a body");
        (status, serde_json::from_slice(&text).expect("JSON"))
    }
}
