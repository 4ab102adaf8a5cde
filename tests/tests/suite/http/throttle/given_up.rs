//! Whoever hangs up before the answer has tried all the same.

use axum::Router;
use jwt_auth::routing::GuardedRouter;
use jwt_auth::store::MemoryStore;
use jwt_auth::user::MemoryUsers;
use jwt_auth::views::{Credentials, ObtainView, TokenObtainPairResponse, ViewRequest};
use jwt_auth::{AuthError, Client, JwtAuth, token_routes};
use jwt_auth_tests::odd_store::{ListFault, OddStore};
use jwt_auth_tests::{Account, Caller, hasher, settings};
use serde_json::json;
use std::future::pending;
use std::time::Duration;

#[token_routes("/api/token", reauthenticate)]
fn urls() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new()
}

async fn node() -> (OddStore, JwtAuth<Account>, Router) {
    let store = OddStore::new(MemoryStore::new());
    let users = MemoryUsers::new(|user: &Account| &user.username);
    let (username, password_hash) = ("test".to_owned(), hasher().hash("test").expect("a hash"));
    users.put(Account { id: 1, username, password_hash, is_active: true, is_staff: false, permissions: vec![] });
    let builder = JwtAuth::builder(settings()).users(users).store(store.clone()).password_hasher(hasher());
    let auth = builder.start().await.expect("starts");
    (store, auth.clone(), urls().with_state(auth))
}

/// Begins it, waits until the list of the user's sessions is asked for, which never comes, and drops it.
async fn hang_up_while_listed<T: Send + 'static>(store: &OddStore, tried: impl Future<Output = T> + Send + 'static) {
    let before = store.lists();
    let tried = tokio::spawn(tried);
    while store.lists() == before {
        tokio::task::yield_now().await;
    }
    tried.abort();
    assert!(tried.await.is_err(), "nobody has heard the answer");
}

/// The list says whether the device is known. While it hangs nobody is told anything, and each failure is there.
#[tokio::test(start_paused = true)]
async fn a_failure_is_counted_whoever_waits_for_its_answer() {
    for way in ["view", "obtain", "reauthenticate"] {
        let (store, auth, router) = node().await;
        let caller = Caller::at(&router, "192.0.2.1").with_agent("curl");
        let refresh = Caller::at(&router, "198.51.100.1").log_in("test", "test").await.member("refresh");
        store.break_list(ListFault::Hangs);
        for _ in 0..5 {
            let (auth, caller, refresh) = (auth.clone(), caller.clone(), refresh.clone());
            hang_up_while_listed(&store, async move {
                let wrong = || "wrong".into();
                match way {
                    "view" => caller.try_login("test", "wrong").await == 200,
                    "obtain" => auth.obtain("test", wrong(), caller.client.clone()).await.is_ok(),
                    _ => auth.reauthenticate(&refresh, wrong(), caller.client.clone()).await.is_ok(),
                }
            })
            .await;
        }
        // Not yet written, and seen by who comes meanwhile.
        let runs = auth.password_runs();
        let tried = tokio::spawn({
            let caller = caller.clone();
            async move { caller.try_login("test", "test").await }
        });
        assert_eq!(tried.await.expect("no panic"), 429, "{way}: too late, though right");
        assert_eq!(auth.password_runs(), runs + 1, "{way}");
        tokio::time::sleep(Duration::from_secs(10)).await;
        store.break_list(ListFault::None);
        let runs = auth.password_runs();
        assert_eq!(caller.try_login("test", "test").await, 429, "{way}: five failures");
        assert_eq!(auth.password_runs(), runs, "{way}");
    }
}

/// A login whose proof never ends.
#[derive(serde::Deserialize)]
struct Stuck {
    name: String,
}

struct StuckLogin;

impl Credentials<JwtAuth<Account>> for Stuck {
    fn username(&self) -> &str {
        &self.name
    }

    async fn authenticate(&self, _: &ViewRequest<'_, JwtAuth<Account>>) -> Result<Account, AuthError> {
        pending().await
    }
}

impl ObtainView<JwtAuth<Account>> for StuckLogin {
    type Request = Stuck;
    type Response = TokenObtainPairResponse;
}

#[token_routes("/api/token", obtain = StuckLogin)]
fn stuck_urls() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new()
}

/// What came of it nobody knows, so it has failed.
#[tokio::test(start_paused = true)]
async fn a_try_that_is_dropped_while_the_password_is_checked_has_failed() {
    let (_, auth, _) = node().await;
    let caller = Caller::at(&stuck_urls().with_state(auth.clone()), "192.0.2.1");
    for _ in 0..5 {
        let tried = caller.post("/api/token/", json!({ "name": "test" }));
        assert!(tokio::time::timeout(Duration::from_secs(1), tried).await.is_err());
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let refused = auth.obtain("test", "test".into(), Client { ..caller.client }).await;
    assert!(matches!(refused, Err(AuthError::Throttled { .. })), "{refused:?}");
}
