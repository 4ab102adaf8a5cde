//! What a request says of its sender: cookies, the authorization header, what proxies add.

use crate::tokens::Forge;
use crate::{Account, BEGIN, KEY};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use http::{HeaderValue, Request, StatusCode};
use jwt_auth::clock::Timestamp;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::store::MemoryStore;
use jwt_auth::testing::ManualClock;
use jwt_auth::user::MemoryUsers;
use jwt_auth::{Client, JwtAuth, Settings, TokenUser, protected, public};
use std::net::{IpAddr, SocketAddr};
use std::sync::LazyLock;
use tokio::runtime::Runtime;
use tower::ServiceExt;

#[protected]
async fn guarded(user: TokenUser) -> String {
    user.id().to_owned()
}

#[public]
async fn who(client: Client) -> String {
    client.ip.unwrap_or_default()
}

/// A service, and a runtime to call it on.
pub(super) struct Door {
    runtime: Runtime,
    router: Router,
}

impl Door {
    pub(super) fn of(settings: Settings, routes: GuardedRouter<JwtAuth<Account>>) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let users = MemoryUsers::new(|user: &Account| &user.username);
        let clock = ManualClock::new(Timestamp::from_seconds(BEGIN));
        let builder = JwtAuth::builder(settings).users(users).store(MemoryStore::new()).clock(clock);
        let auth = runtime.block_on(builder.start()).expect("good settings");
        Self { runtime, router: routes.with_state(auth) }
    }

    pub(super) fn ask(&self, request: Request<Body>) -> (StatusCode, String) {
        self.runtime.block_on(async {
            let answer = self.router.clone().oneshot(request).await.expect("routers do not fail");
            let status = answer.status();
            let body = to_bytes(answer.into_body(), 1 << 16).await.expect("a body");
            (status, String::from_utf8_lossy(&body).into_owned())
        })
    }

    fn is_let_in(&self, request: Request<Body>) -> bool {
        let (status, text) = self.ask(request);
        assert!(matches!(status, StatusCode::OK | StatusCode::UNAUTHORIZED), "{status} {text}");
        status == StatusCode::OK
    }
}

/// Always the same, so that the corpus can hold it.
pub(super) static TOKEN: LazyLock<String> = LazyLock::new(|| {
    let (exp, iat) = (BEGIN + 300, BEGIN);
    let payload = format!(
        r#"{{"token_type":"access","exp":{exp},"iat":{iat},"jti":"5f3a0dc1c8a94b3f9a8f2ad2f5b1e0c7","user_id":"1"}}"#
    );
    Forge::with_secret(KEY.as_bytes()).token(&payload)
});

fn routes() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new().route("/guarded", get(guarded)).route("/who", get(who))
}

/// Lines are headers of their own; nothing where a server would not let them through to us. The map of more headers than hyper takes has not our memory.
fn lines(data: &[u8]) -> Option<Vec<&[u8]>> {
    const MOST: usize = 100;
    let lines: Vec<&[u8]> = data.split(|byte| *byte == b'\n').take(MOST + 1).collect();
    (lines.len() <= MOST && lines.iter().all(|line| HeaderValue::from_bytes(line).is_ok())).then_some(lines)
}

/// Lines are headers of their own. The token opens where exactly one cookie has the name and its value is the token.
pub(super) fn cookie(data: &[u8]) {
    static DOOR: LazyLock<Door> = LazyLock::new(|| Door::of(Settings { cookies: true, ..crate::settings() }, routes()));
    let mut request = Request::builder().uri("/guarded");
    let mut values = Vec::new();
    let Some(lines) = lines(data) else { return };
    for line in lines {
        request = request.header("cookie", line);
        for pair in line.split(|byte| *byte == b';') {
            let pair = pair.trim_ascii();
            let equals = pair.iter().position(|byte| *byte == b'=');
            values.extend(equals.filter(|at| &pair[..*at] == b"__Host-access").map(|at| &pair[at + 1..]));
        }
    }
    let opens = values == [TOKEN.as_bytes()];
    let is_let_in = DOOR.is_let_in(request.body(Body::empty()).expect("a request"));
    assert_eq!(is_let_in, opens, "{:?}", String::from_utf8_lossy(data));
}

/// Lines are headers of their own. Hardened: one header, of two words, the first one `Bearer` in any case. Under `simple_jwt`: all headers, joined by commas,
/// and `Bearer` as it is written.
pub(super) fn authorization(data: &[u8]) {
    static DOORS: LazyLock<[Door; 2]> =
        LazyLock::new(|| [crate::settings(), Settings::simple_jwt(KEY)].map(|settings| Door::of(settings, routes())));
    let Some(lines) = lines(data) else { return };
    let request = || {
        let request = Request::builder().uri("/guarded");
        lines.iter().fold(request, |request, line| request.header("authorization", *line)).body(Body::empty())
    };
    let is_ours = |line: &[u8], is_scheme: fn(&[u8]) -> bool| {
        let words = line.split(|byte| matches!(byte, b' ' | b'\t')).filter(|word| !word.is_empty());
        let words: Vec<&[u8]> = words.collect();
        matches!(words[..], [scheme, token] if is_scheme(scheme) && token == TOKEN.as_bytes())
    };
    let hardened = lines.len() == 1 && is_ours(lines[0], |scheme| scheme.eq_ignore_ascii_case(b"bearer"));
    let simple = is_ours(&lines.join(&b','), |scheme| scheme == b"Bearer");
    for (door, opens) in DOORS.iter().zip([hardened, simple]) {
        let is_let_in = door.is_let_in(request().expect("a request"));
        assert_eq!(is_let_in, opens, "{:?}", String::from_utf8_lossy(data));
    }
}

/// The first byte says whether the peer is a trusted proxy; lines that begin with `x` are `X-Forwarded-For`, others `Forwarded`. Nobody is taken for an address
/// that no header names, and who is not trusted speaks for themselves alone. Plain lists are read again from the right.
pub(super) fn forwarded(data: &[u8]) {
    static DOOR: LazyLock<Door> = LazyLock::new(|| {
        let trusted_proxies =
            vec!["10.0.0.0/8".parse().expect("a network"), "2001:db8:f::/48".parse().expect("a network")];
        Door::of(Settings { trusted_proxies, ..crate::settings() }, routes())
    });
    let [peer, rest @ ..] = data else { return };
    let peer: IpAddr = if peer % 2 == 0 { "10.0.0.1" } else { "192.0.2.9" }.parse().expect("an address");
    let mut request = Request::builder().uri("/who").extension(ConnectInfo(SocketAddr::new(peer, 4711)));
    let (mut for_header, mut has_forwarded, mut all) = (Vec::new(), false, String::new());
    let Some(lines) = lines(rest) else { return };
    for line in lines {
        let (name, value) = match line {
            [b'x', value @ ..] => ("x-forwarded-for", value),
            value => ("forwarded", value),
        };
        request = request.header(name, value);
        all.extend([&String::from_utf8_lossy(value), "\n"]);
        has_forwarded |= name == "forwarded";
        for_header.extend((name == "x-forwarded-for").then_some(value));
    }
    let (status, shown) = DOOR.ask(request.body(Body::empty()).expect("a request"));
    let client: IpAddr = shown.parse().unwrap_or_else(|_| panic!("{status} {shown:?} {all:?}"));
    let trusts = |address: IpAddr| match address {
        IpAddr::V4(address) => address.octets()[0] == 10,
        IpAddr::V6(address) => address.segments()[..3] == [0x2001, 0xdb8, 0xf],
    };
    if !trusts(peer) {
        assert_eq!(client, peer, "{all:?}");
        return;
    }
    // A quoted pair may stand within an address.
    let plain = all.replace('\\', "");
    let is_part = |letter: char| letter.is_ascii_hexdigit() || matches!(letter, ':' | '.');
    let is_named = || {
        let words = plain
            .split(|letter| !is_part(letter))
            .flat_map(|word| [Some(word), word.rsplit_once(':').map(|(word, _)| word)]);
        let mut addresses = words.flatten().filter_map(|word| word.parse::<IpAddr>().ok());
        addresses.any(|address| address.to_canonical() == client)
    };
    assert!(client == peer || is_named(), "{client} {all:?}");
    if !has_forwarded {
        let mut here = peer;
        for item in for_header.join(&b',').rsplit(|byte| *byte == b',').map(<[u8]>::trim_ascii) {
            if item.is_empty() {
                continue;
            }
            let next = std::str::from_utf8(item).ok().and_then(|item| item.parse::<IpAddr>().ok());
            // Spellings with brackets and ports are the other reader's business.
            let Some(next) = next else { return };
            if trusts(here) {
                here = next.to_canonical();
            }
        }
        let items = for_header.join(&b',').split(|byte| *byte == b',').count();
        assert!(items > 32 || here == client, "{here} {client} {all:?}");
    }
}
