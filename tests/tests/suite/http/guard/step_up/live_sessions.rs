//! `live`: whether the session still is, asked of the store at each request.

use super::{account, minted_for, urls};
use axum::Router;
use http::StatusCode;
use jwt_auth::settings::minutes;
use jwt_auth::store::{AnyTokenStore, MemoryStore, SqliteStore};
use jwt_auth::testing::ManualClock;
use jwt_auth::user::MemoryUsers;
use jwt_auth::{Claims, JwtAuth, Login, Settings};
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::{Account, App, get, hasher, payload, settings};
use serde_json::json;

/// A node: its own `JwtAuth` on a store that others may share.
struct Node {
    router: Router,
    auth: JwtAuth<Account>,
}

#[tokio::test]
#[should_panic(expected = "`GET /live` has the option `live`, which asks a session store: call `.store(..)`")]
async fn a_live_route_without_a_store_does_not_start() {
    let app = App::stateless(settings()).await;
    let _ = urls().with_state(app.auth.clone());
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
