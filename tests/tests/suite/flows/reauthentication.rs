//! Re-authentication against who holds a stolen token of the session.

use axum::Router;
use http::StatusCode;
use jwt_auth::routing::{GuardedRouter, get as route};
use jwt_auth::settings::minutes;
use jwt_auth::store::MemoryStore;
use jwt_auth::user::MemoryUsers;
use jwt_auth::{AuthError, Client, JwtAuth, Login, StoreError, UserStore, protected, token_routes};
use jwt_auth_tests::{Account, Answer, App, get, hasher, payload, post, settings};
use serde_json::json;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

#[protected(fresh = "1m")]
async fn fresh() {}

#[token_routes("/api/token", only(obtain, refresh), reauthenticate)]
fn urls() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new().route("/fresh", route(fresh))
}

/// An application, and a session that is five minutes old.
struct Kit {
    app: App,
    router: Router,
    refresh: String,
}

impl Kit {
    async fn start() -> Self {
        let app = App::start(settings()).await;
        let router = urls().with_state(app.auth.clone());
        let (refresh, _) = app.login().await;
        app.clock.advance(minutes(5));
        Self { app, router, refresh }
    }

    async fn is_fresh(&self, answer: &Answer) -> bool {
        let header = format!("Bearer {}", answer.member("access"));
        get(&self.router, "/fresh", Some(&header)).await.status == StatusCode::OK
    }

    async fn reauthenticate(&self, refresh: &str, password: &str) -> Answer {
        post(&self.router, "/api/token/reauthenticate/", json!({ "refresh": refresh, "password": password })).await
    }

    fn wait(&self, seconds: u64) {
        self.app.clock.advance(Duration::from_secs(seconds));
    }
}

#[tokio::test]
async fn a_thief_of_the_token_before_gets_nothing_fresh() {
    let kit = Kit::start().await;
    let user = kit.reauthenticate(&kit.refresh, "test").await;
    assert!(kit.is_fresh(&user).await);
    for _ in 0..11 {
        kit.wait(10);
        assert_eq!(kit.app.refresh(&kit.refresh).await.status, StatusCode::CONFLICT);
    }
    kit.wait(10);
    let thief = kit.app.refresh(&kit.refresh).await;
    assert_eq!(thief.status, StatusCode::OK, "it might be the client, whose answer was lost");
    assert!(!kit.is_fresh(&thief).await);
    let next = kit.app.refresh(&thief.member("refresh")).await;
    assert!(!kit.is_fresh(&next).await, "nor later");
    kit.wait(121);
    assert_eq!(kit.app.refresh(&user.member("refresh")).await.member("reason"), "token_reused");
}

#[tokio::test]
async fn a_thief_who_was_quicker_gets_nothing_fresh() {
    let kit = Kit::start().await;
    let thief = kit.app.refresh(&kit.refresh).await;
    kit.wait(5);
    let user = kit.reauthenticate(&kit.refresh, "test").await;
    assert!(kit.is_fresh(&user).await);
    // From here the thief cannot be told from a second tab of the user's, whose token the proof went on from.
    assert_eq!(kit.app.refresh(&thief.member("refresh")).await.status, StatusCode::CONFLICT);
    kit.wait(121);
    let later = kit.app.refresh(&thief.member("refresh")).await;
    assert_eq!(later.status, StatusCode::OK);
    let claims = payload(&later.member("access"));
    assert!(!claims.contains("auth_time") && !claims.contains("amr"), "the proof is not for it");
    kit.wait(121);
    assert_eq!(kit.app.refresh(&user.member("refresh")).await.member("reason"), "token_reused", "and it is found out");
}

#[tokio::test]
async fn a_thief_gets_nothing_fresh_when_the_session_has_moved_on() {
    let kit = Kit::start().await;
    let stolen = kit.app.refresh(&kit.refresh).await.member("refresh");
    kit.wait(20);
    let user = kit.reauthenticate(&stolen, "test").await;
    assert!(kit.is_fresh(&user).await);
    kit.wait(30);
    let mut newest = user.member("refresh");
    for _ in 0..3 {
        let answer = kit.app.refresh(&newest).await;
        assert!(kit.is_fresh(&answer).await, "the user's");
        newest = answer.member("refresh");
        kit.wait(5);
        for token in [&kit.refresh, &stolen] {
            assert_eq!(kit.app.refresh(token).await.status, StatusCode::CONFLICT, "the token that the proof came with");
        }
    }
    // A second tab of the user's that has what the proof has made.
    assert!(kit.is_fresh(&kit.app.refresh(&user.member("refresh")).await).await);
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again() {
    let kit = Kit::start().await;
    for wait in [1, 31] {
        let _lost = kit.reauthenticate(&kit.refresh, "test").await;
        kit.wait(wait);
        let again = kit.reauthenticate(&kit.refresh, "test").await;
        assert_eq!(again.status, StatusCode::OK, "{wait} s: {}", again.text);
        assert!(kit.is_fresh(&again).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_are_one_move() {
    let kit = Kit::start().await;
    let tasks: Vec<_> = (0..32)
        .map(|_| {
            let (router, refresh) = (kit.router.clone(), kit.refresh.clone());
            let body = json!({ "refresh": refresh, "password": "test" });
            tokio::spawn(async move { post(&router, "/api/token/reauthenticate/", body).await })
        })
        .collect();
    let mut successors = HashSet::new();
    for task in tasks {
        let answer = task.await.expect("no panic");
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        successors.insert(answer.member("refresh"));
    }
    assert_eq!(successors.len(), 1, "one generation");
}

#[tokio::test]
async fn a_token_that_is_good_for_nothing_tries_no_passwords() {
    let kit = Kit::start().await;
    let dead = kit.app.login().await.0;
    kit.app.auth.blacklist(&dead).await.expect("logged out");
    let runs = kit.app.auth.password_runs();
    for password in ["test", "wrong"] {
        assert_eq!(kit.reauthenticate(&dead, password).await.member("reason"), "session_revoked", "{password}");
    }

    let second = kit.app.refresh(&kit.refresh).await.member("refresh");
    let third = kit.app.refresh(&second).await.member("refresh");
    let another = Client { ip: None, user_agent: Some("curl".to_owned()) };
    let outcome = kit.app.auth.reauthenticate(&kit.refresh, "wrong".into(), another).await;
    assert!(matches!(outcome, Err(AuthError::RefreshConflict)), "{outcome:?}");
    kit.wait(121);
    assert_eq!(kit.reauthenticate(&kit.refresh, "wrong").await.member("reason"), "token_reused", "a thief is found");
    assert_eq!(kit.app.refresh(&third).await.member("reason"), "token_reused");
    assert_eq!(kit.app.auth.password_runs(), runs);
}

#[tokio::test]
async fn who_is_switched_off_tries_no_passwords() {
    let kit = Kit::start().await;
    kit.app.users.update("1", |user| user.is_active = false);
    let runs = kit.app.auth.password_runs();
    assert_eq!(kit.reauthenticate(&kit.refresh, "wrong").await.member("reason"), "user_disabled");
    assert_eq!(kit.app.auth.password_runs(), runs);
}

/// Users one of whom gets another password after so many look-ups.
#[derive(Clone)]
struct Changing {
    users: MemoryUsers<Account>,
    looks: Arc<AtomicUsize>,
    after: usize,
}

impl UserStore for Changing {
    type User = Account;

    async fn find_by_id(&self, id: &str) -> Result<Option<Account>, StoreError> {
        let found = self.users.find_by_id(id).await;
        if self.looks.fetch_add(1, Ordering::Relaxed) + 1 == self.after {
            self.users.update(id, |user| user.password_hash = hasher().hash("another").expect("a hash"));
        }
        found
    }

    async fn find_by_username(&self, username: &str) -> Result<Option<Account>, StoreError> {
        self.users.find_by_username(username).await
    }
}

#[tokio::test]
async fn a_password_that_is_changed_meanwhile_proves_nothing() {
    let attempt = async |after: usize| {
        let users = Changing { users: App::start(settings()).await.users, looks: Arc::default(), after };
        let builder = JwtAuth::builder(settings()).users(users.clone()).store(MemoryStore::new());
        let auth = builder.password_hasher(hasher()).start().await.expect("good settings");
        let user = users.users.find_by_id("1").await.expect("in memory").expect("there");
        let pair = auth.for_user(&user, Login::default()).await.expect("active");
        users.looks.store(0, Ordering::Relaxed);
        auth.reauthenticate(pair.refresh.expose(), "test".into(), Client::default()).await
    };
    // The second look-up is the one that the hash is taken from.
    for after in 1..=2 {
        let outcome = attempt(after).await;
        assert!(matches!(outcome, Err(AuthError::NoActiveAccount)), "after {after}: {outcome:?}");
    }
    assert!(attempt(usize::MAX).await.is_ok());
}
