//! No secret is read where somebody could: in the log at any level, in an answer, in a `Debug`, in an error.
//!
//! All requests of the suites are watched (`jwt_auth_tests::canary`); here those go round whose every secret is marked.

use http::StatusCode;
use jwt_auth::keys::{KeyRing, SigningKey};
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::store::{PostgresStore, SqliteStore};
use jwt_auth::testing::quick_hasher;
use jwt_auth::views::{TokenObtainPairRequest, TokenReauthenticateRequest, TokenRefreshRequest, TokenVerifyRequest};
use jwt_auth::{
    AuthUser, CurrentUser, JwtAuth, Login, NewUser, Secret, Settings, SqlUserStore, TokenRoutes, protected,
};
use jwt_auth_tests::canary::{MARK, ON_PURPOSE, check, on_purpose, secret_in};
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::{Answer, Browser, KEY};
use serde_json::{Value, json};
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;
use std::fmt::{Debug, Display};

fn marked(what: &str) -> String {
    format!("{what} {MARK} of at least thirty-two bytes")
}

fn settings() -> Settings {
    Settings {
        fallback_keys: vec![marked("the key of before").into()],
        cookies: true,
        namespace: "canary".to_owned(),
        ..Settings::new(marked("the key"))
    }
}

#[protected(user)]
async fn me(CurrentUser(user): CurrentUser<AuthUser>) -> String {
    user.username
}

fn urls() -> GuardedRouter<JwtAuth<AuthUser>> {
    let router = GuardedRouter::new().route("/me", get(me));
    TokenRoutes::at("/api/token").sessions().ticket().reauthenticate().attach_to(router)
}

struct Service {
    auth: JwtAuth<AuthUser>,
    browser: Browser,
    users: SqlUserStore,
    pool: SqlitePool,
    _scratch: Scratch,
}

impl Service {
    async fn start() -> Self {
        let scratch = Scratch::new("canary");
        let database = scratch.next_database();
        let pool = SqlitePool::connect_with(
            database.parse::<SqliteConnectOptions>().expect("an address").create_if_missing(true),
        )
        .await
        .expect("a pool");
        let users = SqlUserStore::from_pool(pool.clone());
        users.migrate().await.expect("tables");
        let hash = quick_hasher().hash(marked("the password")).expect("a hash");
        users.create_user(NewUser::new("ada", &hash)).await.expect("a user");
        let store = SqliteStore::connect(&database).await.expect("a store");
        let builder = JwtAuth::builder(settings()).users(users.clone()).store(store).password_hasher(quick_hasher());
        quiet(&builder);
        let auth = builder.start().await.expect("starts");
        Self { browser: Browser::new(&urls().with_state(auth.clone())), auth, users, pool, _scratch: scratch }
    }

    async fn log_in(&mut self) {
        let answer = self.try_password(&marked("the password")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        self.browser = self.browser.clone().with("x-csrf-token", Some(&answer.member("csrf_token")));
    }

    async fn try_password(&mut self, password: &str) -> Answer {
        self.ask("/api/token/", json!({ "username": "ada", "password": password })).await
    }

    async fn ask(&mut self, path: &str, body: Value) -> Answer {
        looked_through(self.browser.post(path, body).await)
    }

    async fn get(&mut self, path: &str) -> Answer {
        looked_through(self.browser.get(path).await)
    }
}

fn looked_through(answer: Answer) -> Answer {
    assert!(!answer.text.contains(MARK), "an answer of {} says a secret", answer.status);
    let headers = answer.headers.values().filter_map(|value| value.to_str().ok());
    assert!(headers.into_iter().all(|value| !value.contains(MARK)), "a header of {} says a secret", answer.status);
    answer
}

#[tokio::test]
async fn a_walk_leaves_no_secret_in_log_or_answer() {
    let mut service = Service::start().await;
    for wrong in [marked("a wrong password"), format!("{MARK}\0"), MARK.repeat(200)] {
        assert_ne!(service.try_password(&wrong).await.status, StatusCode::OK);
    }
    assert_ne!(
        service.ask("/api/token/", json!({ "username": MARK, "password": [MARK] })).await.status,
        StatusCode::OK
    );
    service.log_in().await;
    assert_eq!(service.get("/me").await.text, "ada");
    assert_eq!(service.ask("/api/token/refresh/", json!({})).await.status, StatusCode::OK);
    let body = json!({ "password": marked("the password") });
    assert_eq!(service.ask("/api/token/reauthenticate/", body).await.status, StatusCode::OK);
    let body = json!({ "password": marked("a wrong password") });
    assert_eq!(service.ask("/api/token/reauthenticate/", body).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(service.ask("/api/token/ticket/", json!({})).await.status, StatusCode::OK);
    assert_eq!(service.get("/api/sessions/").await.status, StatusCode::OK);
    // Whatever a client may send in the place of a credential.
    for bad in [format!("eyJ{MARK}.eyJ{MARK}.x"), format!("{MARK}{MARK}"), format!("{MARK} {MARK}")] {
        let mut other = service.browser.clone().with("authorization", Some(&format!("Bearer {bad}")));
        assert_eq!(looked_through(other.get("/me").await).status, StatusCode::UNAUTHORIZED);
        let mut other = service.browser.clone().with("x-csrf-token", Some(&bad));
        assert_eq!(looked_through(other.post("/api/logout/others/", json!({})).await).status, StatusCode::FORBIDDEN);
        let mut other = service.browser.clone();
        other.jar.insert("__Host-access".to_owned(), bad.replace(' ', ""));
        other.jar.insert("__Host-refresh".to_owned(), bad.replace(' ', ""));
        assert_eq!(looked_through(other.get("/me").await).status, StatusCode::UNAUTHORIZED);
        assert_ne!(looked_through(other.post("/api/token/refresh/", json!({})).await).status, StatusCode::OK);
        for path in ["/api/token/refresh/", "/api/token/verify/", "/api/token/blacklist/"] {
            let body = json!({ "refresh": bad, "token": bad });
            assert_ne!(service.ask(path, body).await.status, StatusCode::OK, "{path}");
        }
    }
    assert_eq!(service.ask("/api/logout/others/", json!({})).await.status, StatusCode::OK);
    assert_eq!(service.ask("/api/token/logout/", json!({})).await.status, StatusCode::OK);
    // An outage: what a database says of it goes into the log.
    service.log_in().await;
    service.pool.close().await;
    assert_eq!(service.get("/me").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(service.try_password(&marked("the password")).await.status, StatusCode::SERVICE_UNAVAILABLE);
    check();
}

#[tokio::test]
async fn no_debug_says_a_secret() {
    let service = Service::start().await;
    let user = service.users.find("ada").await.expect("an answer").expect("a user");
    let pair = service.auth.for_user(&user, Login::default()).await.expect("tokens");
    let token = service.auth.authenticate(pair.access.expose()).await.expect("a token");
    quiet(&pair);
    quiet(&token);
    quiet(&service.auth);
    quiet(&settings());
    quiet(&Secret::from(MARK));
    quiet(&KeyRing::from_settings(&settings()).expect("keys"));
    quiet(&quick_hasher());
    quiet(&user);
    let body = json!({
        "username": "ada", "password": MARK, "refresh": MARK, "token": MARK,
    });
    quiet(&serde_json::from_value::<TokenObtainPairRequest>(body.clone()).expect("a body"));
    quiet(&serde_json::from_value::<TokenReauthenticateRequest>(body.clone()).expect("a body"));
    quiet(&serde_json::from_value::<TokenRefreshRequest>(body.clone()).expect("a body"));
    quiet(&serde_json::from_value::<TokenVerifyRequest>(body).expect("a body"));
}

#[tokio::test]
async fn no_error_says_a_secret() {
    let error = JwtAuth::<jwt_auth::NoUser>::builder(Settings::new(MARK)).start().await.expect_err("too short");
    quiet_error(&error);
    let vars = |name: &str, value: &str| Settings::from_vars([(name.to_owned(), value.to_owned())]);
    for (name, value) in [
        ("JWT_AUTH_SIGNING_KEY", MARK),
        ("JWT_AUTH_FALLBACK_KEYS", MARK),
        ("JWT_AUTH_SIGNING_KEY", "-----BEGIN PRIVATE KEY-----\ncanary-5b1e07\n-----END PRIVATE KEY-----"),
        ("JWT_AUTH_VERIFYING_KEY", MARK),
        ("JWT_AUTH_SIGNING_KY", MARK),
    ] {
        quiet_error(&vars(name, value).expect_err("refused"));
    }
    quiet_error(&SigningKey::load(jwt_auth::keys::Algorithm::ES256, MARK, None).expect_err("no key"));
    for address in ["postgres://ada:canary-5b1e07@127.0.0.1:1/shop", "postgres://ada:canary-5b1e07@[::1/shop"] {
        quiet_error(&PostgresStore::connect(address).await.expect_err("nobody is there"));
        quiet_error(&SqlUserStore::connect(address).await.expect_err("nobody is there"));
    }
    check();
}

/// Whoever leaks is noticed.
#[test]
fn the_canary_sings() {
    let leak = |text: String| {
        drop(jwt_auth_tests::logged(async move { tracing::debug!(target: ON_PURPOSE, text) }));
        !on_purpose().is_empty()
    };
    let token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIn0.abc";
    for text in [KEY, MARK, token, "$argon2id$v=19$m=8", "pbkdf2_sha256$1$a$b"] {
        assert!(secret_in(text).is_some() && leak(format!("so it says {text}")));
    }
    for text in ["eyJ", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", "a.b.c", "argon2id"] {
        assert!(secret_in(text).is_none() && !leak(text.to_owned()), "{text}");
    }
}

fn quiet(value: &impl Debug) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        assert_eq!(secret_in(&text), None, "the Debug of {}", std::any::type_name_of_val(value));
    }
}

fn quiet_error<E: std::error::Error + Display>(error: &E) {
    quiet(error);
    let mut source: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = source {
        assert_eq!(secret_in(&error.to_string()), None, "an error's text");
        assert_eq!(secret_in(&format!("{error:?}")), None, "an error's Debug");
        source = error.source();
    }
}
