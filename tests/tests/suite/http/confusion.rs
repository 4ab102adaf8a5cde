//! Every kind of token at every endpoint in every transport: only what is written in a table here passes (RFC 8725 3.12).
//!
//! A new kind of token joins by a line in [`Texts::new`], a new endpoint or transport by one in its list; where it is to pass, by one in the table.

use axum::Json;
use axum::body::Body;
use http::{Method, Request};
use jwt_auth::keys::{Algorithm, SigningKey};
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::testing::TestToken;
use jwt_auth::tokens::TokenClass;
use jwt_auth::{CurrentUser, JwtAuth, Settings, TokenUser, protected, token_routes};
use jwt_auth_tests::{Account, App, Browser, KEY, payload, post, send, settings};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write;

#[protected]
async fn guarded(user: TokenUser) -> Json<String> {
    Json(user.id().to_owned())
}

#[protected(user)]
async fn loaded(CurrentUser(user): CurrentUser<Account>) -> Json<Account> {
    Json(user)
}

#[protected(ticket)]
async fn stream(user: TokenUser) -> Json<String> {
    Json(user.id().to_owned())
}

fn routes() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new().route("/guarded", get(guarded)).route("/loaded", get(loaded)).route("/stream", get(stream))
}

#[token_routes("/api/token", sessions, reauthenticate, ticket)]
fn hardened_urls() -> GuardedRouter<JwtAuth<Account>> {
    routes()
}

#[token_routes(
    "/api/token",
    only(obtain, refresh, verify, blacklist, obtain_sliding, refresh_sliding),
    sessions,
    ticket
)]
fn simple_jwt_urls() -> GuardedRouter<JwtAuth<Account>> {
    routes()
}

/// How a token is presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Transport {
    /// `Authorization: Bearer`.
    Header,
    /// By a page of ours, with the session's CSRF token.
    Cookie(&'static str),
    /// A member of the body.
    Body(&'static str),
    Query(&'static str),
    /// As the CSRF token of a request, beside good cookies of another session.
    CsrfHeader,
}

use Transport::{Body as InBody, Cookie, CsrfHeader, Header, Query};

const TRANSPORTS: [Transport; 11] = [
    Header,
    Cookie("__Host-access"),
    Cookie("__Host-refresh"),
    Cookie("__Host-csrf"),
    InBody("refresh"),
    InBody("access"),
    InBody("token"),
    Query("ticket"),
    Query("access_token"),
    Query("token"),
    CsrfHeader,
];

const ENDPOINTS: [(Method, &str); 14] = [
    (Method::GET, "/guarded"),
    (Method::GET, "/loaded"),
    (Method::GET, "/stream"),
    (Method::POST, "/api/token/"),
    (Method::POST, "/api/token/refresh/"),
    (Method::POST, "/api/token/verify/"),
    (Method::POST, "/api/token/blacklist/"),
    (Method::POST, "/api/token/reauthenticate/"),
    (Method::POST, "/api/token/ticket/"),
    (Method::POST, "/api/token/sliding/refresh/"),
    (Method::GET, "/api/sessions/"),
    (Method::DELETE, "/api/sessions/{sid}/"),
    (Method::POST, "/api/logout/others/"),
    (Method::POST, "/api/logout/all/"),
];

/// Who passes where.
type Table = &'static [(&'static str, Transport, &'static [&'static str])];

const BY_ACCESS: &[&str] = &[
    "/guarded",
    "/loaded",
    "/stream",
    "/api/token/ticket/",
    "/api/sessions/",
    "/api/sessions/{sid}/",
    "/api/logout/others/",
    "/api/logout/all/",
];

const BY_REFRESH: &[&str] =
    &["/api/token/refresh/", "/api/token/blacklist/", "/api/token/reauthenticate/", "/api/logout/others/"];

const HARDENED: Table = &[
    ("access", Header, BY_ACCESS),
    ("access", Cookie("__Host-access"), BY_ACCESS),
    ("access", InBody("token"), &["/api/token/verify/"]),
    ("refresh", InBody("refresh"), BY_REFRESH),
    ("refresh", Cookie("__Host-refresh"), BY_REFRESH),
    ("refresh", InBody("token"), &["/api/token/verify/"]),
    ("ticket", Query("ticket"), &["/stream"]),
];

/// As SimpleJWT, whose verify view asks for no type of token.
const SIMPLE_JWT: Table = &[
    ("access", Header, BY_ACCESS),
    ("access", InBody("token"), &["/api/token/verify/"]),
    ("refresh", InBody("refresh"), &["/api/token/refresh/", "/api/token/blacklist/", "/api/logout/others/"]),
    ("refresh", InBody("token"), &["/api/token/verify/"]),
    ("sliding", InBody("token"), &["/api/token/verify/", "/api/token/sliding/refresh/"]),
    ("ID token", InBody("token"), &["/api/token/verify/"]),
    ("logout token", InBody("token"), &["/api/token/verify/"]),
    ("no type", InBody("token"), &["/api/token/verify/"]),
    ("ticket", Query("ticket"), &["/stream"]),
];

/// What sliding tokens open beyond that, where the settings let them.
const WITH_SLIDING: Table = &[("sliding", Header, BY_ACCESS)];

#[tokio::test]
async fn in_the_hardened_profile() {
    let settings = Settings { cookies: true, ..named(settings()) };
    only_these_pass(settings, hardened_urls(), &[HARDENED]).await;
}

#[tokio::test]
async fn under_simple_jwt() {
    only_these_pass(named(Settings::simple_jwt(KEY)), simple_jwt_urls(), &[SIMPLE_JWT]).await;
}

#[tokio::test]
async fn under_simple_jwt_with_sliding_tokens() {
    let classes = vec![TokenClass::Access, TokenClass::Sliding];
    let settings = Settings { auth_token_classes: classes, ..named(Settings::simple_jwt(KEY)) };
    only_these_pass(settings, simple_jwt_urls(), &[SIMPLE_JWT, WITH_SLIDING]).await;
}

fn named(settings: Settings) -> Settings {
    let (issuer, audience) = (Some("https://issuer.example".to_owned()), vec!["api".to_owned()].into());
    Settings { issuer, audience, ..settings }
}

async fn only_these_pass(settings: Settings, urls: GuardedRouter<JwtAuth<Account>>, tables: &[Table]) {
    let expected: BTreeSet<(&str, Transport, &str)> = tables
        .iter()
        .copied()
        .flatten()
        .flat_map(|(kind, transport, paths)| paths.iter().map(move |path| (*kind, *transport, *path)))
        .collect();
    let app = App::start(settings).await;
    let router = urls.with_state(app.auth.clone());
    let mut texts = Texts::new(&app, &router).await;
    let (mut passed, mut cells) = (BTreeSet::new(), 0);
    let mut odd = String::new();
    for at in 0..texts.kinds.len() {
        for transport in TRANSPORTS {
            for (method, path) in ENDPOINTS {
                let kind = texts.kinds[at].0;
                let answer = send(&router, texts.request(at, transport, &method, path)).await;
                cells += 1;
                let said = format!("{kind} by {transport:?} at {path}: {} {}", answer.status, answer.text);
                if answer.status.is_success() && (!path.ends_with("/blacklist/") || texts.is_over(&router).await) {
                    passed.insert((kind, transport, path));
                    // It may be spent, or have ended the session.
                    texts = Texts::new(&app, &router).await;
                } else if answer.status.is_server_error() || expected.contains(&(kind, transport, path)) {
                    let _ = writeln!(odd, "{said}");
                }
            }
        }
    }
    for (kind, transport, path) in passed.difference(&expected) {
        let _ = writeln!(odd, "{kind} by {transport:?} passes at {path}");
    }
    if let Some(absent) = expected.iter().find(|(kind, ..)| texts.kinds.iter().all(|(made, _)| made != kind)) {
        let _ = writeln!(odd, "{absent:?} is in the table and nowhere else");
    }
    assert!(odd.is_empty(), "{odd}");
    assert!(cells > 1500, "{cells} cells");
}

/// One text of each kind, all of one user and as good as they can be.
struct Texts {
    kinds: Vec<(&'static str, String)>,
    /// Of the session that `access` and `refresh` belong to.
    sid: String,
    csrf: Option<String>,
    /// Good cookies of another session, and its page's headers.
    other: Browser,
}

impl Texts {
    async fn new(app: &App, router: &axum::Router) -> Self {
        let settings = app.auth.settings();
        let (refresh, access, browser, csrf) = if settings.cookies {
            let mut browser = Browser::new(router);
            let csrf = browser.log_in().await.member("csrf_token");
            (browser.jar["__Host-refresh"].clone(), browser.jar["__Host-access"].clone(), browser, Some(csrf))
        } else {
            let (refresh, access) = app.login().await;
            (refresh, access, Browser::new(router), None)
        };
        let mut other = Browser::new(router);
        if settings.cookies {
            other.log_in().await;
        }
        let auth = &app.auth;
        let ticket = {
            let token = auth.authenticate(&access).await.expect("a good token");
            auth.ticket_for(&token).expect("a ticket").expose().to_owned()
        };
        let own = payload(&access);
        let sid: String = own.get("sid").ok().flatten().unwrap_or_else(|| "none".to_owned());
        let stranger =
            || SigningKey::load(Algorithm::HS256, "another key of somebody who is not us, of 50 bytes", None);
        let sign = |token: TestToken| token.sign(auth);
        // What a provider with our key would write for the same user and session (OpenID Connect Core 2, Back-Channel Logout 2.4).
        let epoch: Option<u64> = own.get("ep").ok().flatten();
        let of_now = |token: TestToken| match epoch {
            Some(epoch) => token.claim("ep", epoch),
            None => token,
        };
        let of_openid = || of_now(TestToken::access("1").without("token_type").claim("sub", "1").claim("sid", &sid));
        let logout = json!({ "http://schemas.openid.net/event/backchannel-logout": {} });
        // Of no session of ours: where one is, its row says whose it is (`flows::issued_before`).
        let elsewhere = |token: TestToken| of_now(token).claim("iss", "https://another.example");
        let for_others = |token: TestToken| of_now(token).claim("aud", "another");
        let mut kinds = vec![
            ("access", access),
            ("refresh", refresh),
            ("ticket", ticket),
            ("sliding", sign(of_now(TestToken::of(TokenClass::Sliding, "1")).claim("refresh_exp", u32::MAX))),
            ("ID token", sign(of_openid().claim("nonce", "n").claim("azp", "api").claim("at_hash", "h"))),
            ("logout token", sign(of_openid().claim("events", logout).header("typ", "logout+jwt"))),
            ("no type", sign(of_openid())),
            ("access of another issuer", sign(elsewhere(TestToken::access("1")))),
            ("refresh of another issuer", sign(elsewhere(TestToken::refresh("1")))),
            ("access for another audience", sign(for_others(TestToken::access("1")))),
            ("refresh for another audience", sign(for_others(TestToken::refresh("1")))),
            ("access of another key", sign(TestToken::access("1").key(stranger().expect("a key")))),
            ("refresh of another key", sign(TestToken::refresh("1").key(stranger().expect("a key")))),
            ("access that is over", sign(TestToken::access("1").claim("exp", auth.now().seconds() - 60))),
            (
                "access as a refresh token of its session",
                sign(TestToken::access("1").claim("gen", 0).claim("sid", &sid).claim("token_type", "Refresh")),
            ),
        ];
        kinds.extend(csrf.clone().map(|csrf| ("CSRF token", csrf)));
        kinds.extend(browser.jar.get("__Host-device").map(|device| ("device token", device.clone())));
        Self { kinds, sid, csrf, other }
    }

    /// Whether the session has ended. Where a browser has nothing to log out of, a logout answers 200 all the same.
    async fn is_over(&self, router: &axum::Router) -> bool {
        let refresh = &self.kinds[1].1;
        !post(router, "/api/token/verify/", json!({ "token": refresh })).await.status.is_success()
    }

    fn request(&self, at: usize, transport: Transport, method: &Method, path: &str) -> Request<Body> {
        let text = &self.kinds[at].1;
        let mut path = path.replace("{sid}", &self.sid);
        let mut body = json!({ "password": "test" });
        let mut headers = vec![("content-type", "application/json".to_owned())];
        let page = |headers: &mut Vec<(&str, String)>, csrf: &str, cookies: String| {
            headers.extend(self.other.headers.iter().filter(|(name, _)| *name != "x-csrf-token").cloned());
            headers.push(("x-csrf-token", csrf.to_owned()));
            headers.push(("cookie", cookies));
        };
        // It asks for two tokens: the other one is good.
        let asks_for_both = path.starts_with("/api/logout/others");
        let [(_, access), (_, refresh), ..] = self.kinds.as_slice() else { unreachable!("the first two") };
        if asks_for_both {
            match transport {
                InBody("refresh") => headers.push(("authorization", format!("Bearer {access}"))),
                Header => body["refresh"] = Value::from(refresh.as_str()),
                _ => {}
            }
        }
        let beside = match transport {
            Cookie("__Host-access") if asks_for_both => format!("; __Host-refresh={refresh}"),
            Cookie("__Host-refresh") if asks_for_both => format!("; __Host-access={access}"),
            _ => String::new(),
        };
        match transport {
            Header => headers.push(("authorization", format!("Bearer {text}"))),
            InBody(member) => body[member] = Value::from(text.as_str()),
            Query(name) => {
                let _ = write!(path, "?{name}={text}");
            }
            Cookie(name) => {
                page(&mut headers, self.csrf.as_deref().unwrap_or("none"), format!("{name}={text}{beside}"))
            }
            CsrfHeader => {
                let jar: Vec<String> = self.other.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
                page(&mut headers, text, jar.join("; "));
                // A read needs no CSRF token, and would pass by its cookies.
                if method == Method::GET {
                    headers.retain(|(name, _)| *name != "cookie");
                }
            }
        }
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let body = if method == Method::POST { Body::from(body.to_string()) } else { Body::empty() };
        request.body(body).expect("a request")
    }
}
