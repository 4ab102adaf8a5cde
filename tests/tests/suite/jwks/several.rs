//! Several issuers side by side: each has its own keys and rules, and nobody speaks for another.

use http::StatusCode;
use jwt_auth::error::TokenError;
use jwt_auth::keys::{Algorithm, SigningKey};
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::settings::{minutes, seconds};
use jwt_auth::store::{AnyTokenStore, MemoryStore, TokenStore};
use jwt_auth::testing::{ManualClock, TestToken};
use jwt_auth::user::MemoryUsers;
use jwt_auth::{
    AuthError, Client, CurrentSession, CurrentUser, IsAdminUser, JwtAuth, NoUser, Settings, StoreError, TokenUser,
    UserStore, protected, public, token_routes,
};
use jwt_auth_tests::key_server::{KeyServer, Reply, TestKey, further, until};
use jwt_auth_tests::tokens::{Forge, NOW, now, pair, pem};
use jwt_auth_tests::{Account, Events, KEY, get as ask, hasher, post};
use serde_json::{Value, json};

const OURS: &str = "https://ours.example/";
const ONE: &str = "https://one.example/";
const TWO: &str = "https://two.example/";

fn ours() -> Settings {
    Settings { issuer: Some(OURS.to_owned()), audience: "shop".into(), ..Settings::new(KEY) }
}

/// A token of an issuer for user 1, as this service also has one.
fn token(key: &TestKey, issuer: &str, members: &str) -> String {
    key.token(&format!(r#"{{"iss":"{issuer}","aud":"shop","sub":"1","exp":{}{members}}}"#, NOW + 10_000))
}

async fn error(auth: &JwtAuth<impl Send + Sync + 'static>, token: &str) -> Option<TokenError> {
    match auth.authenticate(token).await {
        Ok(_) => None,
        Err(AuthError::TokenNotValid(refusals)) => Some(refusals[0].error),
        Err(other) => panic!("{other:?}"),
    }
}

/// Users of ours, one of whom has linked their account with one at the first issuer.
#[derive(Clone)]
struct Linked(MemoryUsers<Account>);

impl UserStore for Linked {
    type User = Account;

    async fn find_by_id(&self, id: &str) -> Result<Option<Account>, StoreError> {
        self.0.find_by_id(id).await
    }

    async fn find_by_username(&self, name: &str) -> Result<Option<Account>, StoreError> {
        self.0.find_by_username(name).await
    }

    async fn find_by_foreign_id(&self, issuer: &str, id: &str) -> Result<Option<Account>, StoreError> {
        match (issuer, id) {
            (ONE, "linked") => self.0.find_by_id("1").await,
            (ONE, "switched off") => self.0.find_by_id("2").await,
            (ONE, "outage") => Err(StoreError::unavailable("no database")),
            _ => Ok(None),
        }
    }
}

#[protected]
async fn claims(user: TokenUser) -> String {
    format!("{} {} {}", user.id(), user.is_staff(), user.is_superuser())
}

#[protected(user)]
async fn loaded(CurrentUser(user): CurrentUser<Account>) -> String {
    user.username
}

#[public]
async fn open(user: Option<CurrentUser<Account>>) -> String {
    user.map_or_else(String::new, |CurrentUser(user)| user.username)
}

#[protected(IsAdminUser)]
async fn admin() {}

#[protected(scope("read"))]
async fn scoped() {}

#[protected(role("support"))]
async fn supporting() {}

#[protected(live)]
async fn live() {}

#[protected(ticket)]
async fn stream() {}

#[protected]
async fn session(session: CurrentSession) -> String {
    format!("{:?}", session.id().is_some())
}

#[token_routes("/api/token", sessions, ticket)]
fn urls() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new()
        .route("/claims", get(claims))
        .route("/loaded", get(loaded))
        .route("/open", get(open))
        .route("/admin", get(admin))
        .route("/scoped", get(scoped))
        .route("/supporting", get(supporting))
        .route("/live", get(live))
        .route("/stream", get(stream))
        .route("/session", get(session))
}

struct Shop {
    auth: JwtAuth<Account>,
    router: axum::Router,
    server: KeyServer,
    clock: ManualClock,
    events: Events,
    one: TestKey,
    two: TestKey,
}

/// A service with tokens of its own, and two issuers beside it.
async fn shop() -> Shop {
    let (server, one, two) = (KeyServer::new(), TestKey::new("k"), TestKey::new("k"));
    server.put_keys("https://one.example/keys", &[&one]);
    server.put_keys("https://two.example/keys", &[&two]);
    let users = MemoryUsers::new(|user: &Account| &user.username);
    for (id, username, is_active) in [(1, "test", true), (2, "inactive", false)] {
        let password_hash = hasher().hash(username).expect("a hash");
        let (username, permissions) = (username.to_owned(), Vec::new());
        users.put(Account { id, username, password_hash, is_active, is_staff: true, permissions });
    }
    let (clock, events) = (ManualClock::new(now()), Events::default());
    let first = Settings { scope_claim: "scp".to_owned(), roles_claim: "realm.roles".to_owned(), ..further(ONE) };
    let auth = JwtAuth::builder(ours())
        .trust(first)
        .trust(further(TWO))
        .jwks_client(server.clone())
        .users(Linked(users))
        .store(MemoryStore::new())
        .clock(clock.clone())
        .audit(events.clone())
        .password_hasher(hasher());
    let auth = auth.start().await.expect("good settings");
    Shop { router: urls().with_state(auth.clone()), auth, server, clock, events, one, two }
}

impl Shop {
    async fn ask(&self, path: &str, token: &str) -> jwt_auth_tests::Answer {
        ask(&self.router, path, Some(&format!("Bearer {token}"))).await
    }

    async fn login(&self) -> (String, String) {
        let answer = post(&self.router, "/api/token/", json!({ "username": "test", "password": "test" })).await;
        (answer.member("refresh"), answer.member("access"))
    }
}

#[tokio::test]
async fn a_key_of_one_verifies_nobody_elses_tokens() {
    let shop = shop().await;
    let (one, two, auth) = (&shop.one, &shop.two, &shop.auth);
    let own = |issuer: &str| {
        let payload = format!(
            r#"{{"token_type":"access","iss":"{issuer}","aud":"shop","user_id":"1","sub":"1","jti":"x","iat":{NOW},"exp":{}}}"#,
            NOW + 100
        );
        Forge::with_secret(KEY.as_bytes()).with_header(r#"{"alg":"HS256","typ":"JWT"}"#, &payload)
    };
    for (what, token, expected) in [
        ("one", token(one, ONE, ""), None),
        ("two", token(two, TWO, ""), None),
        ("ours", own(OURS), None),
        ("one as two", token(one, TWO, ""), Some(TokenError::BadSignature)),
        ("two as one", token(two, ONE, ""), Some(TokenError::BadSignature)),
        ("one as ours", token(one, OURS, ""), Some(TokenError::AlgorithmNotAllowed)),
        ("ours as one", own(ONE), Some(TokenError::AlgorithmNotAllowed)),
        ("nobody we know", token(one, "https://evil.example/", ""), Some(TokenError::AlgorithmNotAllowed)),
        ("nobody we know, with our key", own("https://evil.example/"), Some(TokenError::WrongIssuer)),
        ("almost one", token(one, "https://one.example", ""), Some(TokenError::AlgorithmNotAllowed)),
        ("one in capitals", token(one, "https://ONE.example/", ""), Some(TokenError::AlgorithmNotAllowed)),
        ("one, spelled otherwise", token(one, r"https:\/\/one.example\u002f", ""), None),
        ("one twice", token(one, ONE, r#","iss":"https://one.example/""#), Some(TokenError::AlgorithmNotAllowed)),
    ] {
        assert_eq!(error(auth, &token).await, expected, "{what}");
    }
    let elsewhere = one.token(&format!(r#"{{"iss":"{ONE}","aud":"bank","sub":"1","exp":{}}}"#, NOW + 100));
    assert_eq!(error(auth, &elsewhere).await, Some(TokenError::WrongAudience));
    let a_list = one.token(&format!(r#"{{"iss":["{ONE}"],"aud":"shop","sub":"1","exp":{}}}"#, NOW + 100));
    assert_eq!(error(auth, &a_list).await, Some(TokenError::AlgorithmNotAllowed));
    assert_eq!(shop.server.count(), 2, "none of these is a reason to fetch");
}

/// Their 1 is not our 1: not for handlers, not for stores, not in the audit.
#[tokio::test]
async fn a_further_issuers_user_is_named_with_the_issuer() {
    let shop = shop().await;
    let theirs = token(
        &shop.one,
        ONE,
        r#","is_staff":true,"is_superuser":true,"sid":"00000000000000000000000000000000","ep":7,"gen":3"#,
    );
    assert_eq!(shop.ask("/claims", &theirs).await.text, "https://one.example/ 1 false false");
    assert_eq!(shop.ask("/admin", &theirs).await.status, StatusCode::FORBIDDEN);
    assert_eq!(shop.ask("/live", &theirs).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(shop.ask("/session", &theirs).await.text, "false");
    // Nobody of ours is loaded for it, unless the store says who it is.
    let loaded = shop.ask("/loaded", &theirs).await;
    assert_eq!((loaded.status, loaded.member("code").as_str()), (StatusCode::UNAUTHORIZED, "user_not_found"));
    assert_eq!(shop.ask("/open", &theirs).await.status, StatusCode::UNAUTHORIZED);
    let of =
        |sub: &str| shop.one.token(&format!(r#"{{"iss":"{ONE}","aud":"shop","sub":"{sub}","exp":{}}}"#, NOW + 100));
    assert_eq!(shop.ask("/loaded", &of("linked")).await.text, "test");
    assert_eq!(shop.ask("/loaded", &of("switched off")).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(shop.ask("/loaded", &of("outage")).await.status, StatusCode::SERVICE_UNAVAILABLE);
    let told = format!("{:?}", shop.events.take());
    assert!(told.contains(r#"user: Some("https://one.example/ 1")"#) && !told.contains(r#"user: Some("1")"#), "{told}");
}

/// Logging out, sessions and tickets are for tokens of our own.
#[tokio::test]
async fn token_views_take_no_token_of_another_issuer() {
    let shop = shop().await;
    let (refresh, access) = shop.login().await;
    let theirs = token(&shop.one, ONE, r#","token_type":"refresh","jti":"x""#);
    for view in ["refresh", "blacklist"] {
        let answer = post(&shop.router, &format!("/api/token/{view}/"), json!({ "refresh": theirs })).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{view}");
    }
    let answer = post(&shop.router, "/api/token/verify/", json!({ "token": theirs })).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(matches!(shop.auth.refresh(&theirs, Client::default()).await, Err(AuthError::InvalidToken(_))));
    assert_eq!(shop.ask("/claims", &theirs).await.status, StatusCode::UNAUTHORIZED, "a refresh token");
    // Sessions of the user whose id is theirs by chance.
    let theirs = token(&shop.one, ONE, r#","token_type":"access","jti":"x""#);
    assert_eq!(shop.ask("/api/sessions/", &theirs).await.json(), Value::Array(Vec::new()));
    let verified = shop.auth.authenticate(&theirs).await.expect("good");
    assert!(matches!(shop.auth.ticket_for(&verified), Err(AuthError::NotAvailable)));
    assert_eq!(shop.ask("/stream", &theirs).await.status, StatusCode::OK);
    assert_eq!(ask(&shop.router, &format!("/stream?ticket={theirs}"), None).await.status, StatusCode::UNAUTHORIZED);
    // Whoever of them logs out everywhere leaves ours where they are.
    shop.auth.end_all_sessions(verified.user_id().expect("a name")).await.expect("works");
    assert_eq!(shop.ask("/claims", &access).await.status, StatusCode::OK);
    assert_eq!(shop.ask("/api/sessions/", &access).await.json().as_array().map(Vec::len), Some(1));
    assert!(shop.auth.refresh(&refresh, Client::default()).await.is_ok());
    // And the other way round: what is revoked of ours is nothing of theirs.
    shop.clock.pass(seconds(60));
    let two = token(&shop.two, TWO, "");
    shop.auth.end_all_sessions("1").await.expect("works");
    assert_eq!(shop.ask("/claims", &two).await.status, StatusCode::OK);
    assert_eq!(shop.ask("/claims", &access).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn claims_are_read_by_the_settings_of_their_issuer() {
    let shop = shop().await;
    let first = |members: &str| token(&shop.one, ONE, members);
    let second = |members: &str| token(&shop.two, TWO, members);
    for (what, path, token, status) in [
        ("scp of one", "/scoped", first(r#","scp":"read write""#), 200),
        ("scope of one", "/scoped", first(r#","scope":"read""#), 403),
        ("scope of two", "/scoped", second(r#","scope":"read""#), 200),
        ("scp of two", "/scoped", second(r#","scp":"read""#), 403),
        ("roles of one", "/supporting", first(r#","realm":{"roles":["support"]}"#), 200),
        ("roles of one elsewhere", "/supporting", first(r#","roles":["support"]"#), 403),
        ("roles of two", "/supporting", second(r#","roles":["support"]"#), 200),
    ] {
        assert_eq!(shop.ask(path, &token).await.status.as_u16(), status, "{what}");
    }
    let ours = TestToken::access("1").scope("read").role("support").sign(&shop.auth);
    assert_eq!(shop.ask("/scoped", &ours).await.status, StatusCode::OK);
    assert_eq!(shop.ask("/supporting", &ours).await.status, StatusCode::OK);
}

/// One issuer's outage is nobody else's.
#[tokio::test]
async fn an_issuer_that_is_away_costs_its_own_tokens_alone() {
    let (server, one, two) = (KeyServer::new(), TestKey::new("k"), TestKey::new("k"));
    server.put("https://one.example/keys", Reply::Unreachable);
    server.put_keys("https://two.example/keys", &[&two]);
    let clock = ManualClock::new(now());
    let settings = Settings { rotate_refresh_tokens: false, ..ours() };
    let builder = JwtAuth::builder(settings).trust(further(ONE)).trust(further(TWO));
    let auth: JwtAuth<NoUser> = builder.jwks_client(server.clone()).clock(clock.clone()).start().await.expect("starts");
    let access = auth.access_token_for("1", &jwt_auth::Claims::new()).expect("a token");
    assert!(auth.authenticate(access.expose()).await.is_ok());
    assert!(auth.authenticate(&token(&two, TWO, "")).await.is_ok());
    assert!(auth.health().await.is_ok());
    assert!(matches!(auth.authenticate(&token(&one, ONE, "")).await, Err(AuthError::KeysUnavailable)));
    server.put_keys("https://one.example/keys", &[&one]);
    clock.pass(minutes(1));
    until(|| auth.jwks_status()[0].keys == 1).await;
    assert!(auth.authenticate(&token(&one, ONE, "")).await.is_ok());
    assert_eq!(auth.jwks_status().iter().map(|status| status.issuer.as_str()).collect::<Vec<_>>(), [ONE, TWO]);
}

/// Each counts its own cool-down, and its keys may as well stand in the settings.
#[tokio::test]
async fn a_further_issuers_key_may_be_given() {
    let key =
        SigningKey::load(Algorithm::RS256, &pem("PRIVATE KEY", &pair(Algorithm::RS256).pkcs8), None).expect("good");
    let public = pem("PUBLIC KEY", &pair(Algorithm::RS256).public_info);
    let given = Settings { issuer: Some(ONE.to_owned()), ..Settings::verify_only(Algorithm::RS256, public) };
    let settings = Settings { rotate_refresh_tokens: false, ..ours() };
    let builder = JwtAuth::builder(settings).clock(ManualClock::new(now())).trust(given);
    let auth: JwtAuth<NoUser> = builder.start().await.expect("starts");
    let token = key.sign(&format!(r#"{{"iss":"{ONE}","sub":"7","exp":{}}}"#, NOW + 100));
    assert_eq!(auth.authenticate(&token).await.expect("good").user_id(), Some("https://one.example/ 7"));
    assert!(auth.jwks_status().is_empty());
}

/// The views that judge a token without its row go by the same claim as routes.
#[tokio::test]
async fn whom_a_token_is_for_stands_in_one_claim_everywhere() {
    let public = pem("PUBLIC KEY", &pair(Algorithm::EdDSA).public_info);
    let settings = Settings {
        audience: "shop".into(),
        audience_claim: "client_id".to_owned(),
        ..Settings::verify_only(Algorithm::EdDSA, public)
    };
    let clock = ManualClock::new(now());
    let auth: JwtAuth =
        JwtAuth::builder(settings).store(MemoryStore::new()).clock(clock).start().await.expect("good settings");
    let key = SigningKey::load(Algorithm::EdDSA, &pem("PRIVATE KEY", &pair(Algorithm::EdDSA).pkcs8), None)
        .expect("a good key");
    for (members, is_ours) in
        [(r#""client_id":"shop""#, true), (r#""client_id":"till","aud":"shop""#, false), (r#""aud":"shop""#, false)]
    {
        let token = key.sign(&format!(r#"{{"sub":"1","iat":{NOW},"exp":{},{members}}}"#, NOW + 100));
        assert_eq!(auth.authenticate(&token).await.is_ok(), is_ours, "{members}");
        assert_eq!(auth.verify(&token).await.is_ok(), is_ours, "{members}");
    }
}

/// How long somebody else's tokens live is no measure for how long our revocations are kept.
#[tokio::test]
async fn lives_of_their_tokens_are_not_remembered() {
    let (server, one) = (KeyServer::new(), TestKey::new("one"));
    let store = AnyTokenStore::new(MemoryStore::new());
    server.put_keys(&format!("{ONE}keys"), &[&one]);
    let builder = JwtAuth::builder(ours()).store(store.clone()).jwks_client(server.clone());
    let auth: JwtAuth<NoUser> =
        builder.trust(further(ONE)).clock(ManualClock::new(now())).start().await.expect("good settings");
    let known = async || store.remember_lifetime(seconds(1), now()).await.expect("it is there");
    let before = known().await;
    let century = format!(r#"{{"iss":"{ONE}","aud":"shop","sub":"1","exp":{}}}"#, NOW + 3_000_000_000);
    auth.authenticate(&one.token(&century)).await.expect("nothing bounds it");
    assert_eq!(known().await, before);
}
