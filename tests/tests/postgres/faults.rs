//! A server that is away, stuck, full or another's.

use crate::node::{ending, login, node};
use jwt_auth::error::StoreError;
use jwt_auth::store::{PostgresStore, SqliteStore, TokenStore};
use jwt_auth::{AuthError, Client};
use jwt_auth_tests::postgres::Postgres;
use jwt_auth_tests::sessions::{self, START, present, session_id};
use sqlx::{Connection, Executor, PgConnection, PgPool};
use std::time::{Duration, Instant};

/// A client that hears nothing for longer has given up.
const SOON: Duration = Duration::from_secs(12);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn away_is_503_and_back_is_as_before() {
    let Some(server) = Postgres::start() else { return };
    let address = server.next_database();
    let auth = node(&address, Duration::from_millis(100)).await;
    let (refresh, access) = login(&auth, "7").await;
    server.stop();
    let begun = Instant::now();
    let refused = auth.refresh(&refresh, Client::default()).await.expect_err("away");
    assert!(matches!(refused, AuthError::Unavailable(StoreError::Unavailable(_))), "{refused:?}");
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    auth.authenticate(&access).await.expect("needs no store");
    auth.health().await.expect_err("out of touch");
    server.restart();
    let begun = Instant::now();
    while let Err(error) = auth.refresh(&refresh, Client::default()).await {
        assert!(matches!(error, AuthError::Unavailable(_)), "nobody is logged out: {error:?}");
        assert!(begun.elapsed() < SOON, "it does not come back");
    }
    auth.health().await.expect("in touch");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stuck_is_503_within_seconds() {
    let Some(server) = Postgres::start() else { return };
    let store = PostgresStore::connect(&server.next_database()).await.expect("opens");
    store.create(sessions::login(1), None).await.expect("stores");
    server.pause();
    let begun = Instant::now();
    // More than there are connections: those that wait for one are answered as well.
    let calls: Vec<_> = (0..30)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { present(&store, 1, 0, START).await })
        })
        .collect();
    let mut answers = Vec::new();
    for call in calls {
        answers.push(call.await.expect("an answer"));
    }
    let took = begun.elapsed();
    server.resume();
    assert!(took < SOON, "{took:?}");
    assert!(answers.iter().all(|answer| matches!(answer, Err(StoreError::Unavailable(_)))), "{answers:?}");
    let begun = Instant::now();
    while let Err(error) = present(&store, 1, 0, START).await {
        assert!(begun.elapsed() < SOON, "it does not come back: {error:?}");
    }
    let session = store.find(session_id(1)).await.expect("reads").expect("is there");
    assert_eq!(session.generation, 1, "whatever was done of it, one move");
}

/// Nobody waits for ever for a row that another program holds, nor for the connections that wait for it; and reading goes on beside them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_is_held_and_a_full_pool_are_503() {
    let Some(server) = Postgres::start() else { return };
    let address = server.next_database();
    let store = PostgresStore::connect(&address).await.expect("opens");
    for number in 1..=2 {
        store.create(sessions::login(number), None).await.expect("stores");
    }
    let mut holder = PgConnection::connect(&address).await.expect("connects");
    let mut transaction = holder.begin().await.expect("begins");
    transaction.execute("SELECT 1 FROM jwt_auth_sessions WHERE sid LIKE '%1' FOR UPDATE").await.expect("held");
    let begun = Instant::now();
    let waiting: Vec<_> = (0..40)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { present(&store, 1, 0, START).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(store.find(session_id(2)).await.expect("reads").is_some());
    assert!(store.revocations(0, START).await.expect("reads").is_up_to_date);
    store.health().await.expect("well");
    assert!(begun.elapsed() < Duration::from_secs(4), "it waited for the row: {:?}", begun.elapsed());
    for call in waiting {
        let answer = call.await.expect("an answer");
        assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
    }
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    drop(transaction);
    holder.close().await.expect("closes");
    // One that was given up may still have been waiting at the server, and have moved it: then this is a lost answer.
    let moved = present(&store, 1, 0, START).await.expect("moves");
    assert_eq!(moved.granted().map(|session| session.generation), Some(1), "{moved:?}");
    let pool = PgPool::connect(&address).await.expect("connects");
    let open: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'jwt-auth'",
    )
    .fetch_one(&pool)
    .await
    .expect("counts");
    assert!(open <= 13, "{open} connections are left");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_opened_says_what_to_do() {
    let Some(server) = Postgres::start() else { return };
    let address = server.next_database();
    for (address, text) in [
        ("mysql://me:secret@localhost/x".to_owned(), "`mysql:..` is no address of PostgreSQL".to_owned()),
        ("app.db".to_owned(), "`app.db` is no address of PostgreSQL".to_owned()),
        (format!("{address}_missing"), "does not exist".to_owned()),
    ] {
        let begun = Instant::now();
        let shown = format!("{:?}", PostgresStore::connect(&address).await.expect_err("refused"));
        assert!(shown.contains(&text), "{shown}");
        assert!(!shown.contains("secret") && begun.elapsed() < SOON, "{shown}");
    }
    let unchanged = PostgresStore::connect_unchanged(&address).await.expect_err("empty");
    assert!(format!("{unchanged:?}").contains("has none of our tables"), "{unchanged:?}");
    let store = PostgresStore::connect(&address).await.expect("makes them");
    PostgresStore::connect_unchanged(&address).await.expect("there they are");
    let mut operator = PgConnection::connect(&address).await.expect("connects");
    operator.execute("UPDATE jwt_auth_meta SET value = 99 WHERE name = 'version'").await.expect("newer");
    for newer in [PostgresStore::connect(&address).await, PostgresStore::connect_unchanged(&address).await] {
        let newer = newer.expect_err("of a newer release");
        assert!(matches!(&newer, StoreError::Corrupt(_)) && format!("{newer:?}").contains("version 99"), "{newer:?}");
    }
    operator.execute("DROP TABLE jwt_auth_sessions").await.expect("gone");
    let gone = store.end(session_id(1), ending()).await.expect_err("no table");
    assert!(matches!(gone, StoreError::Corrupt(_)), "{gone:?}");
    SqliteStore::connect(&address).await.expect_err("another kind of address");
}
