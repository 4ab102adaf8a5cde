//! The feature `testing`, as an application's own tests use it.

use http::{Method, StatusCode};
use jwt_auth::clock::Timestamp;
use jwt_auth::keys::{Algorithm, SigningKey};
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::store::{
    Capabilities, Ending, Feed, MemoryStore, Move, NewSession, Presentation, Session, SessionId, SessionLimit,
    SessionPlace, TokenStore,
};
use jwt_auth::testing::{TestApp, TestToken, store_contract};
use jwt_auth::tokens::TokenClass;
use jwt_auth::user::{MemoryUsers, UserStore};
use jwt_auth::{AuthError, Claims, JwtAuth, Permissions, Settings, StoreError, TokenUser, protected, token_routes};
use jwt_auth_tests::{Account, hasher, payload, settings};
use serde_json::json;
use std::time::Duration;

#[derive(Permissions)]
enum Perm {
    Read,
}

#[protected((Perm::Read && scope("a")) || role("auditor") || IsAdminUser, acr = "mfa", fresh = "1m")]
async fn guarded(user: TokenUser) -> String {
    user.id().to_owned()
}

use jwt_auth::IsAdminUser;

#[protected]
async fn plain() {}

#[token_routes("/api/token")]
fn urls() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new().route("/guarded", get(guarded)).route("/plain", get(plain))
}

async fn start(settings: Settings) -> TestApp<Account> {
    let users = MemoryUsers::new(|user: &Account| &user.username);
    users.put(Account {
        id: 7,
        username: "ada".to_owned(),
        password_hash: hasher().hash("lovelace").expect("a hash"),
        is_active: true,
        is_staff: false,
        permissions: Vec::new(),
    });
    let builder = JwtAuth::builder(settings).users(users).store(MemoryStore::new());
    TestApp::start(builder, |auth| urls().with_state(auth)).await
}

fn proven(app: &TestApp<Account>) -> TestToken {
    TestToken::access("7").authenticated_at(app.auth.now()).claim("acr", "mfa")
}

#[tokio::test]
async fn a_token_grants_what_it_was_told() {
    let app = start(settings()).await;
    let status = async |token: &TestToken| app.get("/guarded").caller(token).send().await.status;
    let token = proven(&app);
    assert_eq!(status(&token).await, StatusCode::FORBIDDEN);
    assert_eq!(status(&token.clone().permission(&Perm::Read)).await, StatusCode::FORBIDDEN);
    for good in [token.clone().permission(&Perm::Read).scope("a"), token.clone().role("auditor"), token.clone().staff()]
    {
        let answer = app.get("/guarded").caller(&good).send().await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, "7"));
    }
    assert_eq!(status(&token.clone().staff().without("acr")).await, StatusCode::UNAUTHORIZED);
    app.clock.advance(Duration::from_secs(61));
    assert_eq!(status(&token.staff()).await, StatusCode::UNAUTHORIZED, "no longer fresh");
}

/// Users whose claims another table knows.
#[derive(Clone)]
struct Members(MemoryUsers<Account>);

impl UserStore for Members {
    type User = Account;

    async fn find_by_id(&self, id: &str) -> Result<Option<Account>, StoreError> {
        self.0.find_by_id(id).await
    }

    async fn find_by_username(&self, name: &str) -> Result<Option<Account>, StoreError> {
        self.0.find_by_username(name).await
    }

    async fn claims(&self, user: &Account) -> Result<Claims, AuthError> {
        tokio::task::yield_now().await;
        let mut claims = Claims::new();
        claims.insert("roles", ["auditor"])?;
        claims.insert("team", &user.username)?;
        Ok(claims)
    }
}

/// What a login puts into the token of this user, a test need not say again.
#[tokio::test]
async fn a_token_says_what_the_user_would_be_issued() {
    let users = MemoryUsers::new(|user: &Account| &user.username);
    let account = |id, username: &str, permissions| Account {
        id,
        username: username.to_owned(),
        password_hash: hasher().hash("lovelace").expect("a hash"),
        is_active: true,
        is_staff: id == 8,
        permissions,
    };
    users.put(account(7, "ada", vec!["read".to_owned()]));
    users.put(account(8, "bob", Vec::new()));
    let builder = JwtAuth::builder(settings()).users(Members(users)).store(MemoryStore::new());
    let app = TestApp::start(builder, |auth| urls().with_state(auth)).await;
    for (id, name) in [("7", "ada"), ("8", "bob")] {
        let login = app.post("/api/token/", &json!({ "username": name, "password": "lovelace" })).send().await;
        let issued = payload(&login.member("access"));
        let minted = payload(&TestToken::access(id).of_user(&app.auth).await.sign(&app.auth));
        for (claim, value) in issued.iter().filter(|(name, _)| !["jti", "sid", "ep", "auth_time", "amr"].contains(name))
        {
            assert_eq!(minted.raw(claim), Some(value), "{claim} of {name}");
        }
        assert!(minted.contains("team") && minted.contains("roles"));
    }
    // The application in memory asks the store by itself, and what the test says goes over it.
    let ada = TestToken::access("7").authenticated_at(app.auth.now()).claim("acr", "mfa");
    let status = async |token: TestToken| app.get("/guarded").caller(&token).send().await.status.as_u16();
    assert_eq!(status(ada.clone()).await, 200, "an auditor by the store");
    assert_eq!(status(ada.clone().without("roles")).await, 403);
    assert_eq!(status(ada.clone().role("guest")).await, 403, "in the place of the store's");
    assert_eq!(status(ada.clone().role("guest").scope("a")).await, 200, "may read by the store");
    assert_eq!(status(TestToken::access("99").authenticated_at(app.auth.now()).claim("acr", "mfa")).await, 403);
    let refresh = payload(&TestToken::refresh("7").of_user(&app.auth).await.sign(&app.auth));
    assert!(!refresh.contains("team"), "as a refresh token that is issued");
}

#[tokio::test]
async fn a_token_can_be_wrong_in_every_way() {
    let app =
        start(Settings { issuer: Some("me".to_owned()), audience: vec!["api".to_owned()].into(), ..settings() }).await;
    let message = async |token: TestToken| -> String {
        let answer = app.get("/plain").caller(&token).send().await;
        if answer.status == StatusCode::OK {
            return "good".to_owned();
        }
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        answer.json()["messages"][0]["message"].as_str().unwrap_or("none").to_owned()
    };
    let access = || TestToken::access("7");
    let stranger =
        || SigningKey::load(Algorithm::HS256, "a stranger's secret of at least 32 bytes", None).expect("a key");
    for (expected, token) in [
        ("good", access()),
        ("good", access().lives_for(Duration::from_secs(1))),
        ("good", access().header("kid", "unused").without("gen")),
        ("Token is expired", access().claim("exp", 1)),
        ("Token is expired", access().claim("exp", 1).claim("exp", 2)),
        ("Token has no 'exp' claim", access().without("exp")),
        ("Token has wrong type", TestToken::refresh("7")),
        ("Token has no type", access().without("token_type")),
        ("Token has no type", TestToken::of(TokenClass::Untyped, "7")),
        ("Token is invalid", access().claim("iss", "somebody else")),
        ("Token is invalid", access().without("aud")),
        ("Token is invalid", access().header("alg", "none")),
        ("Token is invalid", access().header("jku", "https://evil.example")),
        ("Token is invalid", access().key(stranger())),
    ] {
        assert_eq!(message(token.clone()).await, expected, "{token:?}");
    }
    let no_user = app.get("/guarded").caller(&proven(&app).without("user_id").staff()).send().await;
    assert_eq!(no_user.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_application_logs_in_and_its_clock_turns() {
    let app = start(settings()).await;
    let login = app.post("/api/token/", &json!({ "username": "ada", "password": "lovelace" })).send().await;
    let access = login.member("access");
    assert_eq!(login.header("cache-control"), "no-store");
    assert_eq!(app.get("/plain").bearer(&access).send().await.status, StatusCode::OK);
    app.clock.advance(Duration::from_secs(331));
    assert_eq!(app.get("/plain").bearer(&access).send().await.status, StatusCode::UNAUTHORIZED);
    let refreshed = app.post("/api/token/refresh/", &json!({ "refresh": login.member("refresh") })).send().await;
    assert_eq!(app.get("/plain").bearer(&refreshed.member("access")).send().await.status, StatusCode::OK);
    assert_eq!(app.request(Method::DELETE, "/plain").bearer(&access).send().await.status, 405);
    let shown = format!("{:?} {:?} {:?}", app.get("/plain").bearer(&access), refreshed, login);
    assert!(!shown.contains("eyJ"), "{shown}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[should_panic(expected = "exactly one presentation moves the session")]
async fn the_contract_finds_a_store_that_reads_and_then_writes() {
    store_contract(async || Hasty::default()).await;
}

/// Keeps one row beside the real store and moves it without a guard: what somebody else's store might do.
#[derive(Debug, Default)]
pub struct Hasty(MemoryStore);

impl TokenStore for Hasty {
    fn capabilities(&self) -> Capabilities {
        self.0.capabilities()
    }

    async fn create(&self, new: NewSession, limit: Option<SessionLimit>) -> Result<Session, StoreError> {
        self.0.create(new, limit).await
    }

    async fn note_hand_out(&self, sid: Option<SessionId>, now: Timestamp) -> Result<bool, StoreError> {
        self.0.note_hand_out(sid, now).await
    }

    async fn advance(&self, presented: Presentation) -> Result<Move, StoreError> {
        let before = self.0.find(presented.sid).await?;
        // Somebody else looks at the same row meanwhile.
        tokio::task::yield_now().await;
        match before {
            Some(session) if session.generation == presented.generation && session.ended.is_none() => {
                let mut after = session.clone();
                let decision = presented.decide_and_apply(&mut after);
                let _ = self.0.advance(presented.clone()).await?;
                Ok(presented.answer(decision, &session, after))
            }
            _ => self.0.advance(presented).await,
        }
    }

    async fn adopt(&self, new: NewSession, now: Timestamp) -> Result<(), StoreError> {
        self.0.adopt(new, now).await
    }

    async fn find(&self, sid: SessionId) -> Result<Option<Session>, StoreError> {
        self.0.find(sid).await
    }

    async fn list(&self, user_id: &str, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        self.0.list(user_id, now).await
    }

    async fn list_after(&self, user_id: &str, place: SessionPlace, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        self.0.list_after(user_id, place, now).await
    }

    async fn end(&self, sid: SessionId, ending: Ending) -> Result<bool, StoreError> {
        self.0.end(sid, ending).await
    }

    async fn end_all(&self, user_id: &str, keep: Option<SessionId>, ending: Ending) -> Result<u64, StoreError> {
        self.0.end_all(user_id, keep, ending).await
    }

    async fn epoch(&self, user_id: &str) -> Result<u64, StoreError> {
        self.0.epoch(user_id).await
    }

    async fn revocations(&self, after: u64, now: Timestamp) -> Result<Feed, StoreError> {
        self.0.revocations(after, now).await
    }

    async fn spend(&self, id: &str, drop_after: Timestamp, now: Timestamp) -> Result<bool, StoreError> {
        self.0.spend(id, drop_after, now).await
    }

    async fn health(&self) -> Result<(), StoreError> {
        self.0.health().await
    }
}
