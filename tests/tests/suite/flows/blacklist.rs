//! What is over stays over: revocation on every kind of node, and the ways around it that must not exist.

use axum::Router;
use http::StatusCode;
use jwt_auth::clock::{Clock, SystemClock};
use jwt_auth::keys::{Algorithm, SigningKey};
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::store::{AnyTokenStore, EndReason, Ending, MemoryStore, TokenStore};
use jwt_auth::user::{MemoryUsers, UserStore};
use jwt_auth::{
    AuthError, Claims, Client, IsAuthenticated, JwtAuth, Login, Settings, StartError, StoreError, protected,
};
use jwt_auth_tests::{Account, App, KEY, hasher, payload, post, settings};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

fn account(permissions: &[&str]) -> Account {
    Account {
        id: 1,
        username: "test".to_owned(),
        password_hash: hasher().hash("test").expect("a hash"),
        is_active: true,
        is_staff: false,
        permissions: permissions.iter().map(|&name| name.to_owned()).collect(),
    }
}

#[protected]
async fn secret() -> &'static str {
    "secret"
}

#[tokio::test]
async fn a_router_inside_another_takes_its_own_tokens_only() {
    let other =
        Settings { rotate_refresh_tokens: false, ..Settings::new("another key, as long as the one of the suites") };
    let other = JwtAuth::builder(other).start().await.expect("good settings");
    let ours = Settings { rotate_refresh_tokens: false, ..settings() };
    let ours = JwtAuth::builder(ours).start().await.expect("good settings");
    let inner: Router = GuardedRouter::<JwtAuth>::new().route("/secret", get(secret)).with_state(ours.clone());
    let outer: Router = GuardedRouter::<JwtAuth>::new().mount("/api", IsAuthenticated, inner).with_state(other.clone());
    let theirs = other.access_token_for("1", &Claims::new()).expect("a token");
    let header = format!("Bearer {}", theirs.expose());
    let answer = jwt_auth_tests::get(&outer, "/api/secret", Some(&header)).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.text);
}

#[tokio::test]
async fn a_node_that_only_verifies_hears_of_a_logout() {
    let key = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----";
    let public =
        SigningKey::load(Algorithm::EdDSA, key, None).expect("a key").verifying_key().to_public_jwk().expect("a JWK");
    let store = AnyTokenStore::new(MemoryStore::new());
    let quick = Duration::from_millis(10);
    let issuing = Settings { algorithm: Algorithm::EdDSA, revocation_sync_interval: quick, ..Settings::new(key) };
    let verifying = Settings { signing_key: None, verifying_key: Some(public.into()), ..issuing.clone() };
    let users = MemoryUsers::new(|user: &Account| &user.username);
    users.put(account(&[]));
    let issuer = JwtAuth::builder(issuing).users(users).store(store.clone()).start().await.expect("good settings");
    let node = JwtAuth::builder(verifying).store(store).start().await.expect("good settings");
    let pair = issuer.for_user(&account(&[]), Login::default()).await.expect("a pair");
    assert!(node.authenticate(pair.access.expose()).await.is_ok());
    issuer.blacklist(pair.refresh.expose()).await.expect("logged out");
    // The feed is polled by the real clock, which is the thing tested here.
    for _ in 0..500 {
        if node.authenticate(pair.access.expose()).await.is_err() {
            break;
        }
        tokio::time::sleep(quick).await;
    }
    assert!(matches!(node.authenticate(pair.access.expose()).await, Err(AuthError::TokenNotValid(_))));
    assert!(matches!(node.refresh(pair.refresh.expose(), Client::default()).await, Err(AuthError::NotAvailable)));
}

#[tokio::test]
async fn tokens_without_types_and_sessions_do_not_start_together() {
    let settings = Settings { token_type_claim: None, ..settings() };
    let started = JwtAuth::builder(settings).store(MemoryStore::new()).start().await;
    let Err(StartError::Settings(error)) = started else { panic!("it started") };
    assert!(error.to_string().contains("token_type_claim"), "{error}");
}

#[tokio::test]
async fn half_of_a_session_is_no_token_from_elsewhere() {
    let app = App::start(settings()).await;
    let now = app.auth.now().seconds();
    let key = SigningKey::load(Algorithm::HS256, KEY, None).expect("a key");
    for member in
        [r#""sid":"0123456789abcdef0123456789abcdef""#, r#""gen":0"#, r#""sid":7,"gen":0"#, r#""sid":"x","gen":0"#]
    {
        let claims = format!(
            r#"{{"token_type":"refresh","exp":{},"iat":{now},"jti":"0123456789abcdef","user_id":"1",{member}}}"#,
            now + 60
        );
        let answer = app.refresh(&key.sign(&claims)).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{member}: {}", answer.text);
    }
}

#[tokio::test]
async fn what_we_say_in_a_token_cannot_be_said_by_others() {
    let app = App::start(settings()).await;
    let (refresh, _) = app.login().await;
    for name in ["sid", "gen", "ep", "nbf", "aud", "exp", "jti", "user_id"] {
        let mut forged = Claims::new();
        forged.insert(name, payload(&refresh).get::<serde_json::Value>(name).expect("JSON")).expect("a claim");
        for refused in [app.auth.refresh_token_for("3", &forged), app.auth.access_token_for("3", &forged)] {
            assert!(matches!(refused, Err(AuthError::NotIssued(_))), "{name}: {refused:?}");
        }
    }
}

#[tokio::test]
async fn without_rotation_a_spent_token_is_judged_by_the_table() {
    let store = AnyTokenStore::new(MemoryStore::new());
    let users = MemoryUsers::new(|user: &Account| &user.username);
    users.put(account(&[]));
    let node = async |rotate_refresh_tokens| {
        let settings = Settings { rotate_refresh_tokens, ..settings() };
        JwtAuth::builder(settings).users(users.clone()).store(store.clone()).start().await.expect("good settings")
    };
    let (rotating, fixed) = (node(true).await, node(false).await);
    let first = rotating.for_user(&account(&[]), Login::default()).await.expect("a pair").refresh;
    let refresh = async |auth: &JwtAuth<Account>, token: &str| auth.refresh(token, Client::default()).await;
    let second = refresh(&rotating, first.expose()).await.expect("rotated").refresh.expect("a successor");
    let third = refresh(&rotating, second.expose()).await.expect("rotated").refresh.expect("a successor");
    let another = Client { ip: None, user_agent: Some("curl".to_owned()) };
    let outcome = fixed.refresh(first.expose(), another).await;
    assert!(matches!(outcome, Err(AuthError::RefreshConflict)), "spent twice over, and somebody else's: {outcome:?}");
    let own = refresh(&fixed, first.expose()).await.expect("a late answer").refresh;
    assert_eq!(
        own.map(|token| token.expose().to_owned()),
        Some(third.expose().to_owned()),
        "the newest, rotation or not"
    );
    let newest = refresh(&fixed, third.expose()).await.expect("the newest");
    assert!(newest.refresh.is_none(), "no rotation here");
}

#[tokio::test]
async fn a_right_that_was_taken_away_is_gone_at_the_next_refresh() {
    let users = MemoryUsers::new(|user: &Account| &user.username);
    users.put(account(&["admin"]));
    let auth = JwtAuth::builder(settings()).users(users.clone()).store(MemoryStore::new()).start().await.expect("good");
    let mut claims = Claims::new();
    claims.insert("permissions", ["admin"]).expect("a claim");
    claims.insert("tenant", "acme").expect("a claim");
    let pair = auth
        .for_user(&account(&["admin"]), Login { claims: claims.clone(), ..Login::default() })
        .await
        .expect("a pair");
    assert_eq!(payload(pair.access.expose()).raw("permissions"), Some(r#"["admin"]"#));
    assert!(users.update("1", |user| user.permissions.clear()));
    let foreign = auth.refresh_token_for("1", &claims).expect("a token");
    for token in [pair.refresh, foreign] {
        let refreshed = auth.refresh(token.expose(), Client::default()).await.expect("refreshed");
        let said = payload(refreshed.access.expose());
        assert_eq!((said.raw("permissions"), said.raw("tenant")), (None, Some("\"acme\"")));
    }
}

/// Users who change while their password is being checked.
#[derive(Clone)]
struct Changing {
    users: MemoryUsers<Account>,
    store: AnyTokenStore,
    asked: Arc<AtomicUsize>,
    /// At which question the change happens: 0 by name, for the throttle, 1 by name, 2 by id.
    when: usize,
    new_hash: Option<String>,
}

impl Changing {
    async fn happen(&self) {
        if self.asked.fetch_add(1, Ordering::SeqCst) != self.when {
            return;
        }
        if let Some(hash) = &self.new_hash {
            self.users.update("1", |user| user.password_hash.clone_from(hash));
        }
        let now = SystemClock.now();
        let ending = Ending { reason: EndReason::SessionRevoked, now, drop_after: now.after(Duration::from_secs(600)) };
        self.store.end_all("1", None, ending).await.expect("ended");
    }
}

impl UserStore for Changing {
    type User = Account;

    async fn find_by_id(&self, id: &str) -> Result<Option<Account>, StoreError> {
        let user = self.users.find_by_id(id).await;
        if id == "1" {
            self.happen().await;
        }
        user
    }

    async fn find_by_username(&self, username: &str) -> Result<Option<Account>, StoreError> {
        let user = self.users.find_by_username(username).await;
        self.happen().await;
        user
    }
}

#[tokio::test]
async fn a_login_with_the_old_password_does_not_outlive_its_change() {
    for (when, new_hash) in [(0, Some("new")), (1, Some("new")), (2, Some("new")), (2, None)] {
        let users = MemoryUsers::new(|user: &Account| &user.username);
        users.put(account(&[]));
        let store = AnyTokenStore::new(MemoryStore::new());
        let new_hash = new_hash.map(|password| hasher().hash(password).expect("a hash"));
        let changing = Changing { users, store: store.clone(), asked: Arc::default(), when, new_hash };
        let builder = JwtAuth::builder(settings()).users(changing).store(store.clone()).password_hasher(hasher());
        let auth = builder.start().await.expect("good settings");
        let outcome = auth.obtain("test", "test".into(), Client::default()).await;
        assert!(matches!(outcome, Err(AuthError::NoActiveAccount)), "{when} {outcome:?}");
        let sessions = store.list("1", auth.now()).await.expect("a list");
        assert!(sessions.iter().all(|session| session.end_reason(auth.now()).is_some()), "{sessions:?}");
    }
}

#[tokio::test]
async fn a_switched_off_users_token_from_elsewhere_stays_refused() {
    let app = App::start(settings()).await;
    let foreign = app.auth.refresh_token_for("1", &Claims::new()).expect("a token");
    app.users.update("1", |user| user.is_active = false);
    assert_eq!(app.refresh(foreign.expose()).await.status, StatusCode::UNAUTHORIZED);
    app.users.update("1", |user| user.is_active = true);
    assert_eq!(app.refresh(foreign.expose()).await.status, StatusCode::UNAUTHORIZED);
    let answer = post(&app.router, "/api/token/verify/", json!({ "token": foreign.expose() })).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}
