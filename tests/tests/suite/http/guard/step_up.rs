//! Routes that ask how recently, how strongly and whether still: `fresh`, `acr` and `live`, and the way to satisfy them.

use axum::Router;
use http::StatusCode;
use jwt_auth::routing::{GuardedRouter, get as route, post as routed_post};
use jwt_auth::settings::minutes;
use jwt_auth::store::{AnyTokenStore, MemoryStore, Reauthentication, SqliteStore};
use jwt_auth::testing::ManualClock;
use jwt_auth::tokens::TokenClass;
use jwt_auth::user::{MemoryUsers, UserStore};
use jwt_auth::{
    AuthError, Claims, Client, JwtAuth, Login, Permissions, Settings, StoreError, protected, rule, token_routes,
};
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::{Account, Answer, App, get, hasher, payload, post, settings};
use serde_json::{Value, json};
use std::time::Duration;

#[derive(Permissions)]
enum Perm {
    Transfer,
}

#[protected]
async fn plain() {}

#[protected(fresh = "1m")]
async fn fresh() {}

#[protected(acr = "mfa phr")]
async fn strong() {}

#[protected(Perm::Transfer, acr = "mfa", fresh = "1m", user)]
async fn transfer(_: String) {}

#[protected(live)]
async fn live() {}

#[token_routes("/api/token", only(obtain, refresh), reauthenticate)]
fn urls() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new()
        .route("/plain", route(plain))
        .route("/fresh", route(fresh))
        .route("/strong", route(strong))
        .route("/transfer", routed_post(transfer))
        .route("/live", route(live))
        .mount("/mounted", rule!(Perm::Transfer, fresh = "1m"), Router::new())
}

/// A node: its own `JwtAuth` on a store that others may share.
struct Node {
    router: Router,
    auth: JwtAuth<Account>,
}

struct Kit {
    app: App,
    router: Router,
}

impl Kit {
    async fn start() -> Self {
        let app = App::start(settings()).await;
        let router = urls().with_state(app.auth.clone());
        Self { app, router }
    }

    async fn get(&self, path: &str, access: &str) -> Answer {
        get(&self.router, path, Some(&format!("Bearer {access}"))).await
    }

    async fn reauthenticate(&self, refresh: &str, password: &str) -> Answer {
        post(&self.router, "/api/token/reauthenticate/", json!({ "refresh": refresh, "password": password })).await
    }
}

const CHALLENGE: &str = r#"Bearer realm="api", error="insufficient_user_authentication", error_description="A more recent authentication is required.", max_age="60""#;

#[tokio::test]
async fn a_proof_grows_old_and_no_refresh_renews_it() {
    let kit = Kit::start().await;
    let (refresh, access) = kit.app.login().await;
    kit.app.clock.advance(Duration::from_secs(60));
    assert_eq!(kit.get("/fresh", &access).await.status, StatusCode::OK, "a minute is not more than a minute");
    kit.app.clock.advance(Duration::from_secs(1));
    let answer = kit.get("/fresh", &access).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.header("www-authenticate"), CHALLENGE);
    assert_eq!(answer.member("code"), "insufficient_user_authentication");
    assert_eq!(kit.get("/plain", &access).await.status, StatusCode::OK, "the token is as good as ever");

    let refreshed = kit.app.refresh(&refresh).await;
    assert_eq!(kit.get("/fresh", &refreshed.member("access")).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(auth_time(&refreshed.member("access")), auth_time(&access));

    let renewed = kit.reauthenticate(&refreshed.member("refresh"), "test").await;
    assert_eq!(renewed.status, StatusCode::OK, "{}", renewed.text);
    assert_eq!(renewed.header("cache-control"), "no-store");
    assert_eq!(kit.get("/fresh", &renewed.member("access")).await.status, StatusCode::OK);
    assert_eq!(kit.get("/fresh", &access).await.status, StatusCode::UNAUTHORIZED, "the old one says what it said");

    // It was a rotation: the token of before is spent, and the new proof stays with the session.
    kit.app.clock.advance(Duration::from_secs(50));
    let again = kit.app.refresh(&renewed.member("refresh")).await;
    assert_eq!(auth_time(&again.member("access")), auth_time(&renewed.member("access")));
    kit.app.clock.advance(Duration::from_secs(70));
    assert_eq!(kit.app.refresh(&refreshed.member("refresh")).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_wrong_password_proves_nothing_and_ends_nothing() {
    let kit = Kit::start().await;
    let (refresh, _) = kit.app.login().await;
    let answer = kit.reauthenticate(&refresh, "wrong").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.json(), json!({ "detail": "No active account found with the given credentials" }));
    assert_eq!(kit.app.refresh(&refresh).await.status, StatusCode::OK, "not spent by it");

    let runs = kit.app.auth.password_runs();
    for token in ["x.y.z", &kit.app.login().await.1] {
        assert_eq!(kit.reauthenticate(token, "test").await.status, StatusCode::UNAUTHORIZED, "no refresh token");
    }
    assert_eq!(kit.app.auth.password_runs(), runs + 1, "the login's: no password is looked at for a bad token");
    let missing = post(&kit.router, "/api/token/reauthenticate/", json!({ "refresh": refresh })).await;
    assert_eq!(missing.json(), json!({ "password": ["This field is required."] }));
}

#[tokio::test]
async fn a_session_that_has_ended_is_not_revived_by_a_password() {
    let kit = Kit::start().await;
    let (refresh, _) = kit.app.login().await;
    kit.app.auth.blacklist(&refresh).await.expect("logged out");
    let answer = kit.reauthenticate(&refresh, "test").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.member("reason"), "session_revoked");

    let (refresh, _) = kit.app.login().await;
    kit.app.users.update("1", |user| user.is_active = false);
    assert_eq!(kit.reauthenticate(&refresh, "test").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn without_a_store_there_is_nothing_to_note_it_on() {
    let app = App::stateless(settings()).await;
    let router = urls().into_axum().with_state(app.auth.clone());
    let (refresh, access) = app.login().await;
    let body = json!({ "refresh": refresh, "password": "test" });
    assert_eq!(post(&router, "/api/token/reauthenticate/", body).await.status, StatusCode::NOT_FOUND);
    // Nobody knows when the proof was given, so it was too long ago.
    assert_eq!(get(&router, "/fresh", Some(&format!("Bearer {access}"))).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
#[should_panic(expected = "`GET /live` has the option `live`, which asks a session store: call `.store(..)`")]
async fn a_live_route_without_a_store_does_not_start() {
    let app = App::stateless(settings()).await;
    let _ = urls().with_state(app.auth.clone());
}

#[tokio::test]
async fn a_second_factor_of_the_application_raises_the_class() {
    let kit = Kit::start().await;
    let (refresh, access) = kit.app.login().await;
    let refused = kit.get("/strong", &access).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(refused.header("www-authenticate").ends_with(r#"required.", acr_values="mfa phr""#), "{refused:?}");

    let proof = Reauthentication { amr: vec!["otp".to_owned(), "pwd".to_owned()], acr: Some("mfa".to_owned()) };
    let somebody = Account { id: 3, ..account() };
    let stolen = kit.app.auth.reauthenticated(&somebody, &refresh, proof.clone(), Client::default()).await;
    assert!(matches!(stolen, Err(AuthError::NoActiveAccount)), "a proof raises the own session only");
    let pair = kit.app.auth.reauthenticated(&account(), &refresh, proof, Client::default()).await.expect("alive");
    assert_eq!(kit.get("/strong", pair.access.expose()).await.status, StatusCode::OK);
    let claims = payload(pair.access.expose());
    assert_eq!(claims.get::<Vec<String>>("amr").expect("a list").unwrap_or_default(), ["pwd", "otp"], "each once");

    // A password later on is a newer proof, and a weaker one.
    let renewed = kit.reauthenticate(pair.refresh.expose(), "test").await;
    assert_eq!(kit.get("/fresh", &renewed.member("access")).await.status, StatusCode::OK);
    assert_eq!(kit.get("/strong", &renewed.member("access")).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_login_says_how_it_was_done() {
    let kit = Kit::start().await;
    let login = Login { amr: vec!["hwk".to_owned()], acr: Some("phr".to_owned()), ..Login::default() };
    let pair = kit.app.auth.for_user(&account(), login).await.expect("active");
    assert_eq!(kit.get("/strong", pair.access.expose()).await.status, StatusCode::OK);
    let refreshed = kit.app.refresh(pair.refresh.expose()).await;
    assert_eq!(kit.get("/strong", &refreshed.member("access")).await.status, StatusCode::OK, "copied at a refresh");
}

#[tokio::test]
async fn nobody_gives_themselves_a_class() {
    // Claims of the user store and of a login cannot say what only a proof can.
    let kit = Kit::start().await;
    for (name, value) in [("acr", json!("mfa")), ("amr", json!(["otp"])), ("auth_time", json!(u64::MAX))] {
        let mut claims = Claims::new();
        claims.insert(name, value).expect("JSON");
        let login = kit.app.auth.for_user(&account(), Login { claims, ..Login::default() }).await;
        assert!(matches!(login, Err(AuthError::NotIssued(_))), "{name}: {login:?}");
    }
}

/// A user store that says more than it may.
struct Boasting(MemoryUsers<Account>);

impl UserStore for Boasting {
    type User = Account;

    async fn find_by_id(&self, id: &str) -> Result<Option<Account>, StoreError> {
        self.0.find_by_id(id).await
    }

    async fn find_by_username(&self, username: &str) -> Result<Option<Account>, StoreError> {
        self.0.find_by_username(username).await
    }

    async fn claims(&self, _: &Account) -> Result<Claims, AuthError> {
        let mut claims = Claims::new();
        claims.insert("acr", "mfa")?;
        claims.insert("auth_time", jwt_auth_tests::BEGIN)?;
        Ok(claims)
    }
}

#[tokio::test]
async fn no_user_store_gives_a_class() {
    let app = App::start(settings()).await;
    let sliding = Settings { auth_token_classes: vec![TokenClass::Access, TokenClass::Sliding], ..settings() };
    let builder = JwtAuth::builder(sliding).users(Boasting(app.users.clone())).store(MemoryStore::new());
    let auth = builder.clock(app.clock.clone()).password_hasher(hasher()).start().await.expect("good settings");
    let pair = auth.obtain("test", "test".into(), Client::default()).await;
    assert!(matches!(pair, Err(AuthError::NotIssued(_))), "{pair:?}");
    let sliding = auth.obtain_sliding("test", "test".into()).await;
    assert!(matches!(sliding, Err(AuthError::NotIssued(_))), "{sliding:?}");
}

#[tokio::test]
async fn odd_claims_are_no_proof() {
    let kit = Kit::start().await;
    let now = jwt_auth_tests::BEGIN;
    for (claim, value, path) in [
        ("auth_time", json!(now + 3600), "/fresh"),
        ("auth_time", json!(now.to_string()), "/fresh"),
        ("auth_time", json!(-1), "/fresh"),
        ("auth_time", json!(0), "/fresh"),
        ("auth_time", Value::Null, "/fresh"),
        ("acr", json!(["mfa"]), "/strong"),
        ("acr", json!("MFA"), "/strong"),
        ("acr", json!("mfa phr"), "/strong"),
        ("acr", json!(""), "/strong"),
        ("acr", json!(1), "/strong"),
        ("acr", json!(true), "/strong"),
    ] {
        let answer = kit.get(path, &minted(claim, value.clone())).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{claim} {value}");
        // `null` and text are refused with the challenge, other types of `auth_time` as claims of the wrong type.
        assert!(answer.header("www-authenticate").contains("error="), "{claim} {value}");
    }
    assert_eq!(kit.get("/strong", &minted("acr", json!("phr"))).await.status, StatusCode::OK);
    assert_eq!(kit.get("/fresh", &minted("auth_time", json!(now))).await.status, StatusCode::OK);
    // Another issuer's clock may be a little ahead.
    assert_eq!(kit.get("/fresh", &minted("auth_time", json!(now + 20))).await.status, StatusCode::OK);
}

#[tokio::test]
async fn one_challenge_names_everything_and_comes_before_rule_and_body() {
    let kit = Kit::start().await;
    let (_, access) = kit.app.login().await;
    let broken = http::Request::post("/transfer").header("authorization", format!("Bearer {access}"));
    let request = broken.header("content-length", "5").body(axum::body::Body::from(vec![0xff; 5])).expect("a request");
    let answer = jwt_auth_tests::send(&kit.router, request).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let challenge = answer.header("www-authenticate");
    let description = r#"error_description="A more recent or different authentication is required.""#;
    assert!(challenge.ends_with(&format!(r#"{description}, max_age="60", acr_values="mfa""#)), "{challenge}");

    // With the proof, the rule is asked, and still no body is read.
    let login = Login { acr: Some("mfa".to_owned()), ..Login::default() };
    let pair = kit.app.auth.for_user(&account(), login).await.expect("active");
    let request = http::Request::post("/transfer").header("authorization", format!("Bearer {}", pair.access.expose()));
    let request = request.body(axum::body::Body::from(vec![0xff; 5])).expect("a request");
    assert_eq!(jwt_auth_tests::send(&kit.router, request).await.status, StatusCode::FORBIDDEN);
    let answer = kit.get("/mounted/", pair.access.expose()).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "a mount asks the same");
    kit.app.clock.advance(minutes(2));
    let answer = kit.get("/mounted/", pair.access.expose()).await;
    assert_eq!(answer.header("www-authenticate"), CHALLENGE);
}

#[tokio::test]
async fn the_access_table_says_what_is_asked() {
    let table = urls().access_table().to_string();
    for row in [
        r#"GET /fresh IsAuthenticated, fresh = "60s""#,
        r#"GET /strong IsAuthenticated, acr = "mfa phr""#,
        r#"POST /transfer transfer, user, fresh = "60s", acr = "mfa""#,
        "GET /live IsAuthenticated, live",
        r#"* /mounted/{*path} transfer, fresh = "60s""#,
    ] {
        assert!(table.lines().any(|line| line == row), "no {row} in\n{table}");
    }
}

#[tokio::test]
async fn a_token_of_simple_jwt_does_not_tell_when_its_user_logged_in() {
    let kit = Kit::start().await;
    // With rotation its `iat` is that of the last refresh.
    let adopted = kit.app.auth.refresh_token_for("1", &Claims::new()).expect("a key");
    let answer = kit.app.refresh(adopted.expose()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(kit.get("/fresh", &answer.member("access")).await.status, StatusCode::UNAUTHORIZED);
    let renewed = kit.reauthenticate(&answer.member("refresh"), "test").await;
    assert_eq!(kit.get("/fresh", &renewed.member("access")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn live_knows_what_another_node_did_a_moment_ago() {
    let store = AnyTokenStore::new(MemoryStore::new());
    let (here, there) = (node(&store).await, node(&store).await);
    let pair = here.auth.for_user(&account(), Login::default()).await.expect("active");
    let header = format!("Bearer {}", pair.access.expose());
    assert_eq!(get(&here.router, "/live", Some(&header)).await.status, StatusCode::OK);
    there.auth.blacklist(pair.refresh.expose()).await.expect("logged out");
    assert_eq!(get(&here.router, "/plain", Some(&header)).await.status, StatusCode::OK, "not heard of it yet");
    let answer = get(&here.router, "/live", Some(&header)).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.json()["messages"][0]["message"], "Token is blacklisted");

    // A token of no session has none that could be alive, and a session is its user's alone.
    let alone = here.auth.access_token_for("1", &Claims::new()).expect("a key");
    assert_eq!(get(&here.router, "/live", Some(&format!("Bearer {}", alone.expose()))).await.status, 401);
    let other = here.auth.for_user(&account(), Login::default()).await.expect("active");
    let sid = payload(other.access.expose()).get::<String>("sid").expect("a text");
    let borrowed = minted_for("3", "sid", json!(sid));
    assert_eq!(get(&here.router, "/live", Some(&format!("Bearer {borrowed}"))).await.status, 401);
}

#[tokio::test]
async fn live_without_its_store_is_503() {
    let scratch = Scratch::new("live");
    let address = scratch.next_database();
    let store = SqliteStore::connect(&address).await.expect("opens");
    let auth = builder().store(store).start().await.expect("good settings");
    let router = urls().with_state(auth.clone());
    let pair = auth.for_user(&account(), Login::default()).await.expect("active");
    let header = format!("Bearer {}", pair.access.expose());
    assert_eq!(get(&router, "/live", Some(&header)).await.status, StatusCode::OK);
    let file = address.trim_start_matches("sqlite:").split('?').next().expect("a path");
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{file}{ending}"));
    }
    let answer = get(&router, "/live", Some(&header)).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.text);
    assert!(!answer.header("retry-after").is_empty());
    assert_eq!(get(&router, "/plain", Some(&header)).await.status, StatusCode::OK, "no store is read");
}

async fn node(store: &AnyTokenStore) -> Node {
    let auth = builder().store(store.clone()).start().await.expect("good settings");
    Node { router: urls().with_state(auth.clone()), auth }
}

/// A node that does not ask for news while a test runs.
fn builder() -> jwt_auth::Builder<Account> {
    let users = MemoryUsers::new(|user: &Account| &user.username);
    users.put(account());
    let clock = ManualClock::new(jwt_auth::clock::Timestamp::from_seconds(jwt_auth_tests::BEGIN));
    let settings =
        Settings { revocation_sync_interval: minutes(60), revocation_max_staleness: minutes(120), ..settings() };
    JwtAuth::builder(settings).users(users).clock(clock).password_hasher(hasher())
}

fn account() -> Account {
    Account {
        id: 1,
        username: "test".to_owned(),
        password_hash: String::new(),
        is_active: true,
        is_staff: false,
        permissions: Vec::new(),
    }
}

fn auth_time(token: &str) -> u64 {
    payload(token).get("auth_time").expect("a number").expect("a claim")
}

fn minted(claim: &str, value: Value) -> String {
    minted_for("1", claim, value)
}

fn minted_for(user: &str, claim: &str, value: Value) -> String {
    let begin = jwt_auth_tests::BEGIN;
    let mut claims = json!({
        "token_type": "access", "exp": begin + 300, "iat": begin, "jti": "00112233445566778899aabbccddeeff", "user_id": user,
    });
    claims[claim] = value;
    let key = jsonwebtoken::EncodingKey::from_secret(jwt_auth_tests::KEY.as_bytes());
    jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).expect("a token")
}
