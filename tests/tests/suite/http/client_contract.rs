//! Each answer that `tests/clients/contract.json` tells clients of is one that the server gives.

use axum::{Json, Router};
use http::{Method, StatusCode};
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::settings::minutes;
use jwt_auth::store::SqliteStore;
use jwt_auth::{IsAdminUser, JwtAuth, Settings, TokenUser, protected, token_routes};
use jwt_auth_tests::{Account, Answer, App, Browser, hasher, scratch::Scratch, settings};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

#[protected]
async fn guarded(user: TokenUser) -> Json<String> {
    Json(user.id().to_owned())
}

#[protected(user)]
async fn loaded() {}

#[protected(live)]
async fn live() {}

#[protected(fresh = "1m")]
async fn fresh() {}

#[protected(IsAdminUser)]
async fn staff() {}

#[token_routes("/api/token")]
fn urls() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new()
        .route("/guarded", get(guarded).post(guarded))
        .route("/loaded", get(loaded))
        .route("/live", get(live))
        .route("/fresh", get(fresh))
        .route("/staff", get(staff))
}

#[tokio::test]
async fn every_answer_of_the_server_is_one() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/clients/contract.json");
    let contract: Value = serde_json::from_str(&std::fs::read_to_string(file).expect(file)).expect("JSON");
    let (mut seen, mut codes) = (0, BTreeSet::new());
    for row in contract["rows"].as_array().expect("rows") {
        if row["from"] != "server" {
            assert_eq!(row["from"], "network", "{row}");
            continue;
        }
        for over in row["over"].as_array().expect("transports") {
            let name = row["name"].as_str().expect("a name");
            let place = format!("{name}, over {over}");
            let answer = Session::start(over == "cookies", settings()).await.answer(name, row["to"] == "refresh").await;
            assert_eq!(row["status"], answer.status.as_u16(), "{place}: {}", answer.text);
            let retry_after = row["headers"].get("retry-after").and_then(Value::as_str).unwrap_or_default();
            let header = answer.headers.get("retry-after").map_or("", |value| value.to_str().expect("text"));
            assert_eq!(header, retry_after, "{place}");
            let body = answer.json();
            assert!(fits(&body, &row["body"]), "{place}: {body} and not {}", row["body"]);
            codes.extend(["code", "reason"].into_iter().filter_map(|name| body.get(name)).map(Value::to_string));
            seen += 1;
        }
    }
    assert!(seen > 50, "{seen} answers");
    // What a login, a refresh or a guard may say of a session, of a page or of a user.
    for code in [
        "token_not_valid",
        "refresh_conflict",
        "throttled",
        "csrf_failed",
        "insufficient_user_authentication",
        "user_inactive",
        "token_reused",
        "session_revoked",
        "session_expired",
        "user_disabled",
    ] {
        assert!(codes.contains(&format!("{code:?}")), "the contract has no answer with {code}");
    }
}

/// Whether a body is the one of the contract, where `$..` stands for some text and `$list` for a list.
fn fits(body: &Value, expected: &Value) -> bool {
    match (body, expected) {
        (Value::Array(_), Value::String(text)) => text == "$list",
        (Value::String(found), Value::String(text)) if text.starts_with('$') => !found.is_empty(),
        (Value::Object(found), Value::Object(wanted)) => {
            found.len() == wanted.len()
                && wanted.iter().all(|(name, value)| found.get(name).is_some_and(|found| fits(found, value)))
        }
        _ => body == expected,
    }
}

/// A client that has logged in.
struct Session {
    app: App,
    browser: Browser,
    refresh: String,
    access: String,
}

impl Session {
    async fn start(cookies: bool, settings: Settings) -> Self {
        let app = App::start(Settings { cookies, ..settings }).await;
        let router = urls().with_state(app.auth.clone());
        Self::of(app, &router).await
    }

    /// The same, over a store that has gone since.
    async fn without_store(cookies: bool) -> Self {
        let scratch = Scratch::new("contract");
        let address = scratch.next_database();
        let mut app = App::start(settings()).await;
        let settings = Settings { cookies, ..settings() };
        let store = SqliteStore::connect(&address).await.expect("opens");
        let builder = JwtAuth::builder(settings).users(app.users.clone()).clock(app.clock.clone());
        app.auth = builder.password_hasher(hasher()).store(store).start().await.expect("good settings");
        let router = urls().with_state(app.auth.clone());
        Self::of(app, &router).await
    }

    async fn of(app: App, router: &Router) -> Self {
        let cookies = app.auth.settings().cookies;
        let mut browser = Browser::new(router).with("user-agent", Some("one"));
        let login = browser.post("/api/token/", json!({ "username": "test", "password": "test" })).await;
        assert_eq!(login.status, StatusCode::OK, "{}", login.text);
        let (refresh, access) = if cookies {
            browser = browser.with("x-csrf-token", Some(&login.member("csrf_token")));
            (browser.jar["__Host-refresh"].clone(), browser.jar["__Host-access"].clone())
        } else {
            (login.member("refresh"), login.member("access"))
        };
        Self { app, browser, refresh, access }
    }

    fn cookies(&self) -> bool {
        self.app.auth.settings().cookies
    }

    /// What the server says in the situation of this name.
    async fn answer(mut self, name: &str, is_refresh: bool) -> Answer {
        match name {
            "login" | "login in cookies" => self.log_in(json!({ "username": "test", "password": "test" })).await,
            "login without a password" => self.log_in(json!({ "username": "test" })).await,
            "login with a wrong password" => self.log_in(json!({ "username": "test", "password": "no" })).await,
            "login of another site" => {
                self.elsewhere();
                self.log_in(json!({ "username": "test", "password": "test" })).await
            }
            "login throttled" => {
                // From a device that nobody knows.
                self.browser.jar.clear();
                for _ in 0..5 {
                    self.log_in(json!({ "username": "test", "password": "no" })).await;
                }
                self.log_in(json!({ "username": "test", "password": "no" })).await
            }
            "login without a store" => {
                let mut gone = Self::without_store(self.cookies()).await;
                gone.log_in(json!({ "username": "test", "password": "test" })).await
            }
            "refresh" | "refresh in cookies" | "refresh that comes late" => self.refresh().await,
            "refresh without rotation" => {
                let settings = Settings { rotate_refresh_tokens: false, ..settings() };
                Self::start(self.cookies(), settings).await.refresh().await
            }
            "refresh with a token that was stolen" | "refresh with an older token than the stored one" => {
                let stolen = self.refresh.clone();
                for _ in 0..2 {
                    self.move_on().await;
                    self.app.clock.advance(minutes(10));
                }
                self.show(stolen).await
            }
            "refresh after a logout" => {
                self.app.auth.end_all_sessions("1").await.expect("ends");
                self.refresh().await
            }
            // Its row was cleared away.
            "refresh after the session's life" => {
                let mut elsewhere = Self::start(self.cookies(), settings()).await;
                if self.cookies() {
                    elsewhere.browser = elsewhere.browser.with("x-csrf-token", self.csrf().as_deref());
                }
                elsewhere.show(self.refresh).await
            }
            "refresh with a token whose life is over" => {
                self.app.clock.advance(Duration::from_secs(86_400 * 40));
                self.refresh().await
            }
            "refresh of a user who is switched off" => {
                self.app.users.update("1", |user| user.is_active = false);
                self.refresh().await
            }
            "refresh with what is no token" => self.show("x.y.z".to_owned()).await,
            "refresh without a cookie" => {
                self.browser.jar.clear();
                self.refresh().await
            }
            "refresh beside another client" | "refresh beside another tab" => {
                let old = self.refresh.clone();
                self.move_on().await;
                self.browser = self.browser.clone().with("user-agent", Some("another"));
                self.show(old).await
            }
            "refresh without a store" => Self::without_store(self.cookies()).await.refresh().await,
            "logout" => self.log_out().await,
            "logout once more" => {
                self.log_out().await;
                self.log_out().await
            }
            "logout without a store" => Self::without_store(self.cookies()).await.log_out().await,
            "refresh without the CSRF token" | "logout without the CSRF token" => {
                self.browser = self.browser.clone().with("x-csrf-token", None);
                if is_refresh { self.refresh().await } else { self.log_out().await }
            }
            "refresh of another site" => {
                self.elsewhere();
                self.refresh().await
            }
            _ => self.guarded(name).await,
        }
    }

    /// What a guarded route says.
    async fn guarded(mut self, name: &str) -> Answer {
        match name {
            "a guarded route" => self.ask(Method::POST, "/guarded").await,
            "with an access token that is over"
            | "with an access token that another tab has replaced"
            | "refused although it was refreshed" => {
                self.app.clock.advance(minutes(10));
                self.ask(Method::POST, "/guarded").await
            }
            "without a cookie, whose life is over" => {
                self.browser.jar.remove("__Host-access");
                self.ask(Method::POST, "/guarded").await
            }
            "of a user who is switched off" => {
                self.app.users.update("1", |user| user.is_active = false);
                self.ask(Method::GET, "/loaded").await
            }
            "with a proof that is too old" => {
                self.app.clock.advance(minutes(2));
                self.ask(Method::GET, "/fresh").await
            }
            "without the permission" => self.ask(Method::GET, "/staff").await,
            "without the CSRF token" => {
                self.browser = self.browser.clone().with("x-csrf-token", None);
                self.ask(Method::POST, "/guarded").await
            }
            "with the CSRF token of another session" => {
                let mut other = Browser::new(&self.browser.router);
                other.log_in().await;
                let csrf = other.jar["__Host-csrf"].clone();
                self.browser = self.browser.clone().with("x-csrf-token", Some(&csrf));
                self.ask(Method::POST, "/guarded").await
            }
            "of another site" => {
                self.elsewhere();
                self.ask(Method::POST, "/guarded").await
            }
            "without a store" => Self::without_store(self.cookies()).await.ask(Method::GET, "/live").await,
            _ => panic!("nobody knows how the server comes to say {name:?}"),
        }
    }

    fn csrf(&self) -> Option<String> {
        self.browser.jar.get("__Host-csrf").cloned()
    }

    fn elsewhere(&mut self) {
        let browser = self.browser.clone().with("sec-fetch-site", Some("cross-site"));
        self.browser = browser.with("origin", Some("https://evil.test"));
    }

    async fn log_in(&mut self, body: Value) -> Answer {
        self.browser.post("/api/token/", body).await
    }

    async fn refresh(&mut self) -> Answer {
        let body = if self.cookies() { json!({}) } else { json!({ "refresh": self.refresh }) };
        self.browser.post("/api/token/refresh/", body).await
    }

    async fn log_out(&mut self) -> Answer {
        let body = if self.cookies() { json!({}) } else { json!({ "refresh": self.refresh }) };
        self.browser.post("/api/token/blacklist/", body).await
    }

    /// Refreshes, and has the next token.
    async fn move_on(&mut self) {
        let answer = self.refresh().await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        self.refresh =
            if self.cookies() { self.browser.jar["__Host-refresh"].clone() } else { answer.member("refresh") };
    }

    /// Refreshes with this token.
    async fn show(&mut self, token: String) -> Answer {
        if self.cookies() {
            self.browser.jar.insert("__Host-refresh".to_owned(), token.clone());
        }
        self.refresh = token;
        self.refresh().await
    }

    async fn ask(&mut self, method: Method, path: &str) -> Answer {
        let mut browser = self.browser.clone();
        if !self.cookies() {
            browser = browser.with("authorization", Some(&format!("Bearer {}", self.access)));
        }
        browser.send(method, path, None).await
    }
}
