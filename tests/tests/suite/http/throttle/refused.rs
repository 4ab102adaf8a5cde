//! What a refusal tells, and what it asks the store for.

use axum::Router;
use jwt_auth::routing::GuardedRouter;
use jwt_auth::store::MemoryStore;
use jwt_auth::user::MemoryUsers;
use jwt_auth::{JwtAuth, Settings, token_routes};
use jwt_auth_tests::odd_store::{ListFault, OddStore};
use jwt_auth_tests::{Account, Caller, hasher, settings};
use std::time::Duration;
use tokio::time::Instant;

#[token_routes("/api/token")]
fn urls() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new()
}

async fn node(settings: Settings) -> (OddStore, Router) {
    let store = OddStore::new(MemoryStore::new());
    let users = MemoryUsers::new(|user: &Account| &user.username);
    let (username, password_hash) = ("test".to_owned(), hasher().hash("test").expect("a hash"));
    users.put(Account { id: 1, username, password_hash, is_active: true, is_staff: false, permissions: vec![] });
    let builder = JwtAuth::builder(settings).users(users).store(store.clone()).password_hasher(hasher());
    let auth = builder.start().await.expect("starts");
    (store, urls().with_state(auth))
}

/// Five failures of this name, from somewhere else.
async fn throttle(caller: &Caller, name: &str) {
    for _ in 0..5 {
        assert_eq!(caller.try_login(name, "wrong").await, 401);
    }
}

/// However many sessions there are to look through.
#[tokio::test(start_paused = true)]
async fn its_time_does_not_say_whether_there_is_such_a_user() {
    let (store, router) = node(settings()).await;
    for _ in 0..4 {
        assert_eq!(Caller::at(&router, "192.0.2.1").try_login("test", "test").await, 200);
    }
    let thief = Caller::at(&router, "198.51.100.1").with_agent("curl");
    throttle(&thief, "test").await;
    throttle(&thief, "nobody").await;
    store.break_list(ListFault::Slow);
    let mut taken = Vec::new();
    for name in ["test", "nobody", "test"] {
        let begun = Instant::now();
        let refused = thief.log_in(name, "test").await;
        assert_eq!(refused.status, 429);
        taken.push(begun.elapsed().as_millis());
    }
    assert!(taken[0] >= 50 && taken.iter().all(|time| *time == taken[0]), "{taken:?}");
}

#[tokio::test(start_paused = true)]
async fn a_cookie_proves_a_device_by_itself() {
    let (store, router) = node(Settings { cookies: true, ..settings() }).await;
    let answer = Caller::at(&router, "192.0.2.1").log_in("test", "test").await;
    let set = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().expect("text"));
    let device = set.into_iter().find_map(|line| line.split(';').next().filter(|pair| pair.contains("device=")));
    let elsewhere = Caller::at(&router, "203.0.113.1").with_agent("curl");
    throttle(&elsewhere, "test").await;
    assert_eq!(elsewhere.try_login("test", "test").await, 429);
    store.break_list(ListFault::Down);
    let before = store.lists();
    let owner = elsewhere.with_cookie(device.expect("a device"));
    assert_eq!(owner.try_login("test", "wrong").await, 401);
    assert_eq!(owner.try_login("test", "test").await, 200);
    assert_eq!(store.lists(), before, "no list is asked for");
}

/// An outage is no stranger.
#[tokio::test(start_paused = true)]
async fn a_list_that_cannot_be_had_is_an_outage() {
    let (store, router) = node(settings()).await;
    let owner = Caller::at(&router, "192.0.2.1");
    assert_eq!(owner.try_login("test", "test").await, 200);
    let thief = Caller::at(&router, "198.51.100.1").with_agent("curl");
    for number in 0..100 {
        let thief = Caller::at(&router, &format!("198.51.{number}.1")).with_agent("curl");
        assert_eq!(thief.try_login("test", "wrong").await, 401);
    }
    throttle(&thief, "nobody").await;
    for fault in [ListFault::Down, ListFault::Hangs] {
        store.break_list(fault);
        assert_eq!(owner.try_login("test", "test").await, 503, "{fault:?}");
        assert_eq!(thief.try_login("nobody", "wrong").await, 503, "{fault:?}: nobody's is asked for as well");
    }
    store.break_list(ListFault::None);
    assert_eq!(owner.try_login("test", "test").await, 200);
}

/// Which costs an attacker nothing, and the database a list each.
#[tokio::test(start_paused = true)]
async fn a_flood_of_refused_logins_asks_for_one_list_at_a_time() {
    let (store, router) = node(settings()).await;
    let thief = Caller::at(&router, "198.51.100.1").with_agent("curl");
    throttle(&thief, "test").await;
    store.break_list(ListFault::Hangs);
    let before = store.lists();
    let begin = || {
        let thief = thief.clone();
        tokio::spawn(async move { thief.try_login("test", "wrong").await })
    };
    let flood: Vec<_> = (0..100).map(|_| begin()).collect();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(store.lists(), before + 1);
    store.break_list(ListFault::None);
    for refused in flood {
        assert!([429, 503].contains(&refused.await.expect("no panic")));
    }
    assert_eq!(thief.try_login("test", "wrong").await, 429);
}
