//! Ways around a logout, a switched off user and a changed password, with everything that the feature `django` adds.

use axum::Router;
use http::StatusCode;
use jwt_auth::clock::Timestamp;
use jwt_auth::password::PasswordHasher;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::settings::hours;
use jwt_auth::store::{AnyTokenStore, DjangoStore, MemoryStore};
use jwt_auth::testing::{ManualClock, TestToken};
use jwt_auth::tokens::TokenClass;
use jwt_auth::user::{Identity, MemoryUsers, User, UserStore};
use jwt_auth::{
    AuthError, ClaimError, Claims, Client, JwtAuth, JwtAuthentication, Settings, StartError, StoreError, TokenUser,
    protected, token_routes,
};
use jwt_auth_tests::nodes::{Nodes, client};
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::{Answer, BEGIN, KEY, hasher, payload, post, post_text};
use serde_json::json;

/// A user whose tokens say which team it is in.
#[derive(Clone)]
pub(super) struct Member {
    pub(super) password_hash: String,
    pub(super) is_active: bool,
    team: Option<&'static str>,
}

impl User for Member {
    fn identity(&self) -> Identity<'_> {
        Identity { id: "1".to_owned(), password_hash: &self.password_hash, is_active: self.is_active }
    }

    fn claims(&self, claims: &mut Claims) -> Result<(), ClaimError> {
        self.team.map_or(Ok(()), |team| claims.insert("team", team))
    }
}

type Change = fn(&mut Member);

/// The clock of the node that made it was ahead, by a second or more than any leeway. The row decides, as in the hardened profile.
#[tokio::test]
async fn a_refresh_token_of_a_session_may_be_dated_ahead() {
    let rotating =
        Settings { rotate_refresh_tokens: true, blacklist_after_rotation: true, ..Settings::simple_jwt(KEY) };
    for ahead in [1, 40] {
        for nodes in Nodes::everywhere(&rotating).await {
            let pair = nodes.login().await;
            nodes.set_off(ahead);
            let newest = nodes.off.refresh(pair.refresh.expose(), client("Firefox")).await.expect("tokens").refresh;
            let newest = newest.expect("rotates");
            nodes.right.verify(newest.expose()).await.expect("a refresh would be answered");
            let next = nodes.right.refresh(newest.expose(), client("Firefox")).await.expect("tokens").refresh;
            nodes.right.blacklist(next.expect("rotates").expose()).await.expect("logged out");
            nodes.right.refresh(newest.expose(), client("Firefox")).await.expect_err("for good");

            // What belongs to no session of ours is not yet valid, as there.
            let iat = nodes.off.now().seconds();
            let of_no_session = TestToken::refresh("1").claim("iat", iat).sign(&nodes.right);
            let of_no_row = TestToken::refresh("1").claim("sid", "0".repeat(32)).claim("gen", 0).claim("iat", iat);
            for token in [of_no_session, of_no_row.sign(&nodes.right)] {
                nodes.right.refresh(&token, client("Firefox")).await.expect_err("refresh");
                nodes.right.verify(&token).await.expect_err("verify");
            }
        }
    }
}

/// Users in memory, and what happens while a password is hashed anew.
#[derive(Clone)]
pub(super) struct Members {
    pub(super) users: MemoryUsers<Member>,
    meanwhile: Change,
}

impl UserStore for Members {
    type User = Member;

    async fn find_by_id(&self, id: &str) -> Result<Option<Member>, StoreError> {
        self.users.find_by_id(id).await
    }

    async fn find_by_username(&self, username: &str) -> Result<Option<Member>, StoreError> {
        self.users.find_by_username(username).await
    }

    async fn update_password(&self, _: &Member, old_hash: &str, new_hash: &str) -> Result<(), StoreError> {
        self.users.update("1", self.meanwhile);
        self.users.update("1", |user| {
            if user.password_hash == old_hash {
                user.password_hash = new_hash.to_owned();
            }
        });
        Ok(())
    }
}

#[protected]
async fn stateless(_: TokenUser) {}

#[protected(user)]
async fn loaded(_: JwtAuthentication<Member>) {}

#[token_routes("/api/token", only(obtain, refresh, verify, blacklist, obtain_sliding, refresh_sliding))]
fn urls() -> GuardedRouter<JwtAuth<Member>> {
    GuardedRouter::new().route("/stateless", get(stateless)).route("/loaded", get(loaded))
}

pub(super) struct App {
    router: Router,
    pub(super) members: Members,
    pub(super) clock: ManualClock,
    sessions: AnyTokenStore,
    _scratch: Scratch,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kept {
    InSessions,
    InDjangosTables,
    Nowhere,
}

async fn try_start(settings: Settings, kept: Kept) -> Result<App, StartError> {
    let clock = ManualClock::new(Timestamp::from_seconds(BEGIN));
    let member = Member { password_hash: hasher().hash("test").expect("a hash"), is_active: true, team: Some("red") };
    let members = Members { users: MemoryUsers::new(|_| "test"), meanwhile: |_| {} };
    members.users.put(member);
    let scratch = Scratch::new("django-tokens");
    let sessions = AnyTokenStore::new(MemoryStore::new());
    let builder = JwtAuth::builder(settings).users(members.clone()).clock(clock.clone()).password_hasher(hasher());
    let builder = match kept {
        Kept::InSessions => builder.store(sessions.clone()),
        Kept::InDjangosTables => {
            let tables = DjangoStore::connect(&jwt_auth_tests::django::sqlite(&scratch).await).await;
            builder.token_blacklist(tables.expect("Django's tables"))
        }
        Kept::Nowhere => builder,
    };
    let auth = builder.start().await?;
    Ok(App { router: urls().with_state(auth), members, clock, sessions, _scratch: scratch })
}

pub(super) async fn start(settings: Settings, kept: Kept) -> App {
    try_start(settings, kept).await.expect("good settings")
}

impl App {
    pub(super) async fn ask(&self, path: &str, name: &str, token: &str) -> Answer {
        post(&self.router, path, json!({ (name): token })).await
    }

    pub(super) async fn refresh(&self, token: &str) -> Answer {
        self.ask("/api/token/refresh/", "refresh", token).await
    }

    pub(super) async fn login(&self, path: &str) -> Answer {
        post(&self.router, path, json!({ "username": "test", "password": "test" })).await
    }

    pub(super) async fn get(&self, path: &str, token: &str) -> StatusCode {
        jwt_auth_tests::get(&self.router, path, Some(&format!("Bearer {token}"))).await.status
    }
}

pub(super) fn sliding(settings: Settings) -> Settings {
    Settings { auth_token_classes: vec![TokenClass::Sliding], ..settings }
}

/// Hashing takes a third of a second with Django's parameters, and the password may be changed in it.
#[tokio::test]
async fn an_old_password_does_not_open_while_it_is_hashed_anew() {
    let settings = Settings { check_revoke_token: true, ..Settings::simple_jwt(KEY) };
    let settings = Settings { upgrade_password_hash: true, ..settings };
    let cases: [(Change, bool); 3] = [
        (|user| user.password_hash = hasher().hash("changed").expect("a hash"), false),
        (|user| user.is_active = false, false),
        (|_| {}, true),
    ];
    for (case, (meanwhile, opens)) in cases.into_iter().enumerate() {
        let App { members, .. } = start(settings.clone(), Kept::Nowhere).await;
        let members = Members { meanwhile, ..members };
        let other = PasswordHasher::argon2id(16, 1, 1).expect("parameters");
        let builder = JwtAuth::builder(settings.clone()).users(members).password_hasher(other);
        let auth = builder.start().await.expect("good settings");
        let outcome = auth.obtain("test", "test".into(), Client::default()).await;
        assert_eq!(outcome.is_ok(), opens, "case {case}");
        assert!(opens || matches!(outcome, Err(AuthError::NoActiveAccount)), "case {case}");
    }
}

#[tokio::test]
async fn a_changed_password_ends_what_was_issued_for_the_old_one() {
    let settings = || Settings { check_revoke_token: true, ..Settings::new(KEY) };
    let stateless = Settings { rotate_refresh_tokens: false, ..settings() };
    for (settings, kept) in
        [(settings(), Kept::InSessions), (settings(), Kept::InDjangosTables), (stateless, Kept::Nowhere)]
    {
        let app = start(settings, kept).await;
        let pair = app.login("/api/token/").await;
        let (refresh, access) = (pair.member("refresh"), pair.member("access"));
        assert_eq!(app.get("/loaded", &access).await, StatusCode::OK);
        let pair = app.refresh(&refresh).await;
        assert_eq!(app.get("/loaded", &pair.member("access")).await, StatusCode::OK);
        let refresh = if kept == Kept::Nowhere { refresh } else { pair.member("refresh") };

        app.members.users.update("1", |user| user.password_hash = hasher().hash("changed").expect("a hash"));
        assert_eq!(app.get("/loaded", &access).await, StatusCode::UNAUTHORIZED);
        let answer = app.refresh(&refresh).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn what_tokens_say_of_the_user_is_read_anew_in_the_hardened_profile() {
    let app = start(Settings::new(KEY), Kept::InDjangosTables).await;
    let pair = app.login("/api/token/").await;
    let team = |token: &str| payload(token).get::<String>("team").expect("a text");
    assert_eq!(team(&pair.member("access")).as_deref(), Some("red"));
    app.members.users.update("1", |user| user.team = Some("blue"));
    let pair = app.refresh(&pair.member("refresh")).await;
    assert_eq!(team(&pair.member("access")).as_deref(), Some("blue"));
    app.members.users.update("1", |user| user.team = None);
    let pair = app.refresh(&pair.member("refresh")).await;
    assert_eq!(team(&pair.member("access")), None);
    app.members.users.update("1", |user| user.is_active = false);
    assert_eq!(app.refresh(&pair.member("refresh")).await.status, StatusCode::UNAUTHORIZED);

    // To the letter under `simple_jwt`: all of the refresh token is copied.
    let app = start(Settings::simple_jwt(KEY), Kept::InDjangosTables).await;
    let pair = app.login("/api/token/").await;
    app.members.users.update("1", |user| user.team = None);
    let access = app.refresh(&pair.member("refresh")).await.member("access");
    assert_eq!(team(&access).as_deref(), Some("red"));
}

#[tokio::test]
async fn an_access_token_is_no_refresh_token_because_types_are_off() {
    let untyped = Settings { token_type_claim: None, ..Settings::new(KEY) };
    for kept in [Kept::InSessions, Kept::InDjangosTables] {
        let refused = try_start(untyped.clone(), kept).await.err().expect("refused").to_string();
        assert!(refused.contains("token_type_claim"), "{refused}");
    }
    // To the letter.
    start(Settings { token_type_claim: None, ..Settings::simple_jwt(KEY) }, Kept::InDjangosTables).await;
}

#[tokio::test]
async fn a_logged_out_token_is_not_called_good() {
    let settings = Settings { rotate_refresh_tokens: false, blacklist_after_rotation: false, ..Settings::new(KEY) };
    let app = start(settings, Kept::InDjangosTables).await;
    let refresh = app.login("/api/token/").await.member("refresh");
    assert_eq!(app.ask("/api/token/verify/", "token", &refresh).await.status, StatusCode::OK);
    assert_eq!(app.ask("/api/token/blacklist/", "refresh", &refresh).await.status, StatusCode::OK);
    assert_eq!(app.ask("/api/token/verify/", "token", &refresh).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(app.refresh(&refresh).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_switched_off_user_slides_no_further() {
    let app = start(sliding(Settings::new(KEY)), Kept::InSessions).await;
    let token = app.login("/api/token/sliding/").await.member("token");
    let token = app.ask("/api/token/sliding/refresh/", "token", &token).await.member("token");
    assert_eq!(app.get("/loaded", &token).await, StatusCode::OK);
    app.members.users.update("1", |user| user.is_active = false);
    assert_eq!(app.get("/loaded", &token).await, StatusCode::UNAUTHORIZED);
    let answer = app.ask("/api/token/sliding/refresh/", "token", &token).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

/// Revocations are remembered for as long as what they revoke may live: a day, where refresh tokens open routes, and not
/// the five minutes of an access token.
#[tokio::test]
async fn a_logout_outlives_every_token_that_opens_routes() {
    for class in [TokenClass::Refresh, TokenClass::Untyped] {
        let settings = Settings { auth_token_classes: vec![class], ..Settings::new(KEY) };
        let app = start(settings.clone(), Kept::InSessions).await;
        let refresh = app.login("/api/token/").await.member("refresh");
        assert_eq!(app.get("/loaded", &refresh).await, StatusCode::OK);
        assert_eq!(app.ask("/api/token/blacklist/", "refresh", &refresh).await.status, StatusCode::OK);
        for _ in 0..2 {
            let node = JwtAuth::builder(settings.clone()).users(app.members.clone()).store(app.sessions.clone());
            let node = node.clock(app.clock.clone()).start().await.expect("good settings");
            let outcome = node.authenticate(&refresh).await;
            assert!(matches!(outcome, Err(AuthError::TokenNotValid(_))), "{class:?}");
            app.clock.advance(hours(23));
        }
    }
}

#[tokio::test]
async fn bodies_cost_no_multiple_of_their_bytes() {
    let app = start(Settings::simple_jwt(KEY), Kept::Nowhere).await;
    let good = r#""username":"test","password":"test""#;
    let many = |count: usize| format!("{{{}{good}}}", r#""":0,"#.repeat(count));
    let ask = async |media_type: &str, body: &str| post_text(&app.router, "/api/token/", media_type, body).await.status;
    assert_eq!(ask("application/json", &many(998)).await, StatusCode::OK);
    assert_eq!(ask("application/json", &many(999)).await, StatusCode::BAD_REQUEST);
    assert_eq!(ask("application/json", &many(500_000)).await, StatusCode::BAD_REQUEST);
    assert_eq!(ask("application/json", &format!("{{{good}}} x")).await, StatusCode::BAD_REQUEST);

    let part = |name: &str, more: &str| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\ntest\r\n")
    };
    let media_type = "multipart/form-data; boundary=x";
    let form = |more: &str| format!("{}{}--x--", part("username", ""), part("password", more));
    assert_eq!(ask(media_type, &form("; a=b")).await, StatusCode::OK);
    // As Django does: a head of over 1024 bytes is none.
    assert_eq!(ask(media_type, &form(&"; a=b".repeat(200))).await, StatusCode::BAD_REQUEST);
}
