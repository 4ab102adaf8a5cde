//! Who is counted together: a user, by whichever name, and a name that is nobody's.

use axum::Router;
use jwt_auth::clock::Timestamp;
use jwt_auth::routing::GuardedRouter;
use jwt_auth::settings::minutes;
use jwt_auth::store::MemoryStore;
use jwt_auth::testing::ManualClock;
use jwt_auth::user::{MemoryUsers, UserStore};
use jwt_auth::{JwtAuth, StoreError, token_routes};
use jwt_auth_tests::{Account, BEGIN, Caller, hasher, settings};

/// Users who log in by their name, as it is written, or by their mail.
struct ByNameOrMail(MemoryUsers<Account>);

impl UserStore for ByNameOrMail {
    type User = Account;

    async fn find_by_id(&self, id: &str) -> Result<Option<Account>, StoreError> {
        self.0.find_by_id(id).await
    }

    async fn find_by_username(&self, typed: &str) -> Result<Option<Account>, StoreError> {
        self.0.find_by_username(typed.strip_suffix("@example.test").unwrap_or(typed)).await
    }
}

#[token_routes("/api/token")]
fn urls() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new()
}

/// The users `victim`, `VICTIM` and `Ada`, whose passwords are their names.
async fn node() -> (JwtAuth<Account>, ManualClock, Router) {
    let users = MemoryUsers::new(|user: &Account| &user.username);
    for (id, username) in [(1, "victim"), (2, "VICTIM"), (3, "Ada")] {
        let (username, password_hash) = (username.to_owned(), hasher().hash(username).expect("a hash"));
        users.put(Account { id, username, password_hash, is_active: true, is_staff: false, permissions: vec![] });
    }
    let clock = ManualClock::new(Timestamp::from_seconds(BEGIN));
    let builder = JwtAuth::builder(settings()).users(ByNameOrMail(users)).store(MemoryStore::new());
    let auth = builder.clock(clock.clone()).password_hasher(hasher()).start().await.expect("starts");
    (auth.clone(), clock, urls().with_state(auth))
}

#[tokio::test(start_paused = true)]
async fn the_owner_of_a_like_name_forgets_nothing_of_anothers() {
    let (auth, clock, router) = node().await;
    let thief = Caller::at(&router, "192.0.2.1");
    for _ in 0..5 {
        assert_eq!(thief.try_login("victim", "wrong").await, 401);
    }
    // From elsewhere, as the two names have one count beside their users' own.
    clock.advance(minutes(31));
    for number in 0..95 {
        let thief = Caller::at(&router, &format!("198.51.{number}.1"));
        assert_eq!(thief.try_login("victim", "wrong").await, 401, "{number}");
        if number % 30 == 0 {
            assert_eq!(thief.try_login("VICTIM", "VICTIM").await, 200, "their own");
        }
    }
    assert_eq!(Caller::at(&router, "203.0.113.1").try_login("victim", "victim").await, 429, "a hundred in a row");
    assert_eq!(thief.try_login("VICTIM", "VICTIM").await, 200);
    auth.end_all_sessions("2").await.expect("ended");
    assert_eq!(Caller::at(&router, "203.0.113.1").try_login("victim", "victim").await, 429, "it is another's password");
    auth.end_all_sessions("1").await.expect("ended");
    assert_eq!(thief.try_login("VICTIM", "VICTIM").await, 200);
    assert_eq!(Caller::at(&router, "203.0.113.1").try_login("victim", "victim").await, 200);
}

#[tokio::test(start_paused = true)]
async fn free_failures_are_no_more_by_the_login_of_a_like_name() {
    let (_, _, router) = node().await;
    let thief = Caller::at(&router, "192.0.2.1");
    for _ in 0..5 {
        assert_eq!(thief.try_login("VICTIM", "VICTIM").await, 200);
        assert_eq!(thief.try_login("victim", "wrong").await, 401);
    }
    assert_eq!(thief.try_login("VICTIM", "VICTIM").await, 200);
    assert_eq!(thief.try_login("victim", "victim").await, 429);
}

#[tokio::test(start_paused = true)]
async fn a_user_is_one_by_whichever_name() {
    let (_, _, router) = node().await;
    let thief = Caller::at(&router, "192.0.2.1");
    for name in ["victim", "victim@example.test", "victim", "victim@example.test", "victim@example.test"] {
        assert_eq!(thief.try_login(name, "wrong").await, 401);
    }
    for name in ["victim", "victim@example.test"] {
        assert_eq!(thief.try_login(name, "victim").await, 429, "{name}");
    }
}

/// Nor by way of a name that is written otherwise, and is nobody's.
#[tokio::test(start_paused = true)]
async fn counts_do_not_say_whose_name_it_is() {
    for name in ["victim", "Ada", "nobody", "Nobody"] {
        let (_, _, router) = node().await;
        let thief = Caller::at(&router, "192.0.2.1");
        for number in 0..5 {
            // Blanks around it are taken off before it is looked up; a letter is not.
            let typed = if number % 2 == 0 { name.replace('d', "D") } else { name.replace('i', "I") };
            let typed = typed.replace('A', "a");
            assert_eq!(thief.try_login(&typed, "wrong").await, 401, "{name} as {typed}");
        }
        assert_eq!(thief.try_login(name, name).await, 429, "{name}");
    }
}
