//! Where failures are counted: by all nodes of a store together, and by each alone while it is away.

use axum::Router;
use jwt_auth::clock::{Clock, Timestamp};
use jwt_auth::routing::GuardedRouter;
use jwt_auth::settings::{days, minutes, seconds};
use jwt_auth::store::{AnyTokenStore, FailureBucket, FailureToCount, MemoryStore, SqliteStore, TokenStore};
use jwt_auth::testing::ManualClock;
use jwt_auth::user::MemoryUsers;
use jwt_auth::views::{Credentials, ObtainView, TokenObtainPairResponse, ViewRequest};
use jwt_auth::{AuthError, JwtAuth, Settings, token_routes};
use jwt_auth_tests::odd_store::OddStore;
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::{Account, App, BEGIN, Caller, hasher, logged, settings};
use serde_json::json;
use sqlx::{Connection, SqliteConnection};
use std::sync::LazyLock;
use tokio::sync::Barrier;

#[token_routes("/api/token")]
fn urls() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new()
}

/// A node whose user has the name and the password `test`.
async fn node(store: impl TokenStore, settings: Settings, clock: &ManualClock) -> (JwtAuth<Account>, Router) {
    let users = MemoryUsers::new(|user: &Account| &user.username);
    let (username, password_hash) = ("test".to_owned(), hasher().hash("test").expect("a hash"));
    users.put(Account { id: 1, username, password_hash, is_active: true, is_staff: false, permissions: vec![] });
    let builder = JwtAuth::builder(settings).users(users).store(store).clock(clock.clone());
    let auth = builder.password_hasher(hasher()).start().await.expect("starts");
    (auth.clone(), urls().with_state(auth))
}

fn clock() -> ManualClock {
    ManualClock::new(Timestamp::from_seconds(BEGIN))
}

/// What stands in the table, the largest count first.
async fn counts(address: &str) -> Vec<i64> {
    let mut connection = SqliteConnection::connect(address).await.expect("opens");
    let counts = sqlx::query_scalar("SELECT failures FROM jwt_auth_failures ORDER BY failures DESC");
    counts.fetch_all(&mut connection).await.expect("reads")
}

#[tokio::test]
async fn nodes_of_one_store_count_together() {
    let (scratch, clock) = (Scratch::new("throttle"), clock());
    let address = scratch.next_database();
    let mut nodes = Vec::new();
    for _ in 0..2 {
        let store = SqliteStore::connect(&address).await.expect("opens");
        nodes.push(node(store, settings(), &clock).await);
    }
    let at = |node: usize| Caller::at(&nodes[node].1, "192.0.2.1");
    for number in 0..5 {
        assert_eq!(at(number % 2).try_login("test", "wrong").await, 401);
    }
    for (number, (auth, _)) in nodes.iter().enumerate() {
        let runs = auth.password_runs();
        assert_eq!(at(number).try_login("test", "test").await, 429);
        assert_eq!(auth.password_runs(), runs);
    }
    clock.advance(seconds(1));
    assert_eq!(at(1).try_login("test", "test").await, 200);
    assert_eq!(at(0).try_login("test", "wrong").await, 401, "a success at one is one at all");
    assert_eq!(counts(&address).await, [6, 1, 1, 1, 1], "the address keeps its own, and the device is known by now");
}

#[tokio::test]
async fn services_of_one_store_count_apart() {
    let (clock, store) = (clock(), SqliteStore::connect("sqlite::memory:").await.expect("opens"));
    let named = |namespace: &str| Settings { namespace: namespace.to_owned(), ..settings() };
    let (_, one) = node(store.clone(), named("one"), &clock).await;
    let (_, other) = node(store, named("other"), &clock).await;
    for _ in 0..5 {
        Caller::at(&one, "192.0.2.1").try_login("test", "wrong").await;
    }
    assert_eq!(Caller::at(&one, "192.0.2.1").try_login("test", "test").await, 429);
    assert_eq!(Caller::at(&other, "192.0.2.1").try_login("test", "test").await, 200);
}

/// A login by which many wait for each other: all of them were let in before the first one has failed.
#[derive(serde::Deserialize)]
struct Guess {
    name: String,
}

struct AtOnce;

static ALL: LazyLock<Barrier> = LazyLock::new(|| Barrier::new(40));

impl Credentials<JwtAuth<Account>> for Guess {
    fn username(&self) -> &str {
        &self.name
    }

    async fn authenticate(&self, _: &ViewRequest<'_, JwtAuth<Account>>) -> Result<Account, AuthError> {
        ALL.wait().await;
        Err(AuthError::NoActiveAccount)
    }
}

impl ObtainView<JwtAuth<Account>> for AtOnce {
    type Request = Guess;
    type Response = TokenObtainPairResponse;
}

#[token_routes("/api/token", obtain = AtOnce)]
fn at_once() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new()
}

/// Counts are atomic: of many at once each is there. Those that came too late learn nothing but that.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn forty_at_once_are_forty() {
    let (scratch, clock) = (Scratch::new("throttle-race"), clock());
    let address = scratch.next_database();
    let mut routers = Vec::new();
    for _ in 0..2 {
        let store = SqliteStore::connect(&address).await.expect("opens");
        routers.push(at_once().with_state(node(store, settings(), &clock).await.0));
    }
    let guesses: Vec<_> = (0..40)
        .map(|number| {
            let caller = Caller::at(&routers[number % 2], "192.0.2.1");
            tokio::spawn(async move { caller.post("/api/token/", json!({ "name": "test" })).await.status.as_u16() })
        })
        .collect();
    let mut answers = Vec::new();
    for guess in guesses {
        answers.push(guess.await.expect("runs"));
    }
    assert_eq!(counts(&address).await, [40; 5]);
    let told = answers.iter().filter(|answer| **answer == 401).count();
    assert!((5..=10).contains(&told), "five of each node at most are told that it was wrong: {answers:?}");
    assert!(answers.iter().all(|answer| [401, 429].contains(answer)), "{answers:?}");
}

#[tokio::test]
async fn a_success_costs_one_reading_and_a_forgetting_where_there_is_something_to_forget() {
    let store = OddStore::new(MemoryStore::new());
    let (_, router) = node(store.clone(), settings(), &clock()).await;
    let caller = Caller::at(&router, "192.0.2.1");
    assert_eq!(caller.try_login("test", "test").await, 200);
    assert_eq!(store.asked_of_failures(), [1, 0, 0]);
    assert_eq!(caller.try_login("test", "wrong").await, 401);
    assert_eq!(store.asked_of_failures(), [3, 1, 0], "a known device, whose own count is read as well");
    assert_eq!(caller.try_login("test", "test").await, 200);
    assert_eq!(store.asked_of_failures(), [4, 1, 1]);
    // The address has a failure, which stays.
    assert_eq!(caller.try_login("test", "test").await, 200);
    assert_eq!(store.asked_of_failures(), [5, 1, 1]);
}

#[test]
fn while_the_store_is_away_each_node_counts_by_itself_and_says_so_once() {
    // Neither reading nor writing; writing alone, as on a full disk.
    for reads in [false, true] {
        let log = logged(async {
            let store = OddStore::new(MemoryStore::new());
            let clock = clock();
            let (auth, router) = node(store.clone(), settings(), &clock).await;
            let caller = Caller::at(&router, "192.0.2.1");
            store.let_count(reads, false);
            for _ in 0..5 {
                assert_eq!(caller.try_login("test", "wrong").await, 401);
            }
            let runs = auth.password_runs();
            assert_eq!(caller.try_login("test", "test").await, 429);
            assert_eq!(auth.password_runs(), runs);
            clock.advance(seconds(1));
            assert_eq!(caller.try_login("test", "test").await, 200, "a login works all the same");
            store.let_count(true, true);
            // Not the device that is known by now.
            let caller = caller.with_agent("curl");
            for _ in 0..5 {
                assert_eq!(caller.try_login("test", "wrong").await, 401);
            }
            assert_eq!(caller.try_login("test", "test").await, 429);
        });
        let said = |text: &str| log.lines().filter(|line| line.contains(text)).count();
        assert_eq!(said("counts them in memory"), 1, "{log}");
        assert!(log.contains("WARN jwt_auth"), "{log}");
        assert_eq!(said("in the store again"), 1, "{log}");
    }
}

/// A store without sessions' feed or counts: each node for itself, and nothing to warn of.
#[test]
fn without_counts_in_the_store_they_are_in_memory() {
    let log = logged(async {
        let app = App::stateless(settings()).await;
        let caller = Caller::at(&app.router, "192.0.2.1");
        for _ in 0..5 {
            assert_eq!(caller.try_login("test", "wrong").await, 401);
        }
        assert_eq!(caller.try_login("test", "test").await, 429);
        app.clock.advance(seconds(1));
        assert_eq!(caller.try_login("test", "test").await, 200);
    });
    assert!(!log.contains("counts them in memory"), "{log}");
}

#[tokio::test]
async fn a_hundred_thousand_counts_are_kept_and_the_oldest_leave() {
    let (scratch, clock) = (Scratch::new("throttle-bound"), clock());
    let address = scratch.next_database();
    let store = SqliteStore::connect(&address).await.expect("opens");
    let mut connection = SqliteConnection::connect(&address).await.expect("opens");
    let begin = i64::try_from(clock.now().millis()).expect("small");
    let full = "WITH RECURSIVE number (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n < 100999)
                INSERT INTO jwt_auth_failures (namespace, bucket, failures, last, ends_at)
                SELECT '', CAST(printf('%016d', n) AS BLOB), 1, $1 + n, $1 + 600000 FROM number";
    sqlx::query(full).bind(begin - 200_000).execute(&mut connection).await.expect("fills");
    let count = async |number: u8, now: Timestamp| {
        let failed = FailureToCount {
            bucket: FailureBucket::from_bytes([number; 16]),
            over_at: Timestamp::default(),
            keep: minutes(15),
        };
        store.count_failure(&[failed], now).await.expect("counts");
    };
    for number in 0..130 {
        count(number, clock.now()).await;
    }
    let rows = "SELECT COUNT(*), MIN(last) FROM jwt_auth_failures";
    let (rows, oldest): (i64, i64) = sqlx::query_as(rows).fetch_one(&mut connection).await.expect("reads");
    assert!((99_900..=100_200).contains(&rows), "{rows}");
    assert!(oldest > begin - 200_000 + 900, "the oldest have left: {}", oldest - begin);
    // What is over leaves in batches, with what is counted.
    clock.advance(minutes(20));
    for number in 0..3 {
        count(number, clock.now()).await;
    }
    let left: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM jwt_auth_failures").fetch_one(&mut connection).await.expect("reads");
    assert!((rows - 64..=rows - 50).contains(&left), "{rows} and then {left}");
}

#[tokio::test]
async fn memory_keeps_a_hundred_thousand_too() {
    let store = AnyTokenStore::new(MemoryStore::new());
    let now = clock().now();
    let bucket = |number: u32| FailureBucket::from_bytes(u128::from(number).to_be_bytes());
    for number in 0..100_010 {
        let failed = FailureToCount { bucket: bucket(number), over_at: Timestamp::default(), keep: days(9) };
        store.count_failure(&[failed], now.after(seconds(number.into()))).await.expect("counts");
    }
    let kept = store.failures(&[bucket(0), bucket(9), bucket(10)], now).await.expect("reads");
    assert_eq!(kept.iter().map(|kept| kept.count).collect::<Vec<_>>(), [0, 0, 1]);
}
