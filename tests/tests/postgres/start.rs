//! What the start makes, and what it says.

use crate::node::node;
use jwt_auth::clock::{Clock, SystemClock, Timestamp};
use jwt_auth::store::{AnyTokenStore, KEPT_LONGER, NewSession, PostgresStore, StoreTime, TokenStore};
use jwt_auth_tests::logged;
use jwt_auth_tests::postgres::Postgres;
use jwt_auth_tests::sessions::{START, login, present, session_id};
use sqlx::{Connection, PgConnection, PgPool, Row};
use std::time::Duration;

#[test]
fn a_server_that_acknowledges_too_early_is_warned_of() {
    let Some(server) = Postgres::start() else { return };
    for (option, expected) in [("off", 1), ("local", 0), ("on", 0)] {
        let address = format!("{}?options[synchronous_commit]={option}", server.next_database());
        let log = logged(async { drop(PostgresStore::connect(&address).await.expect("opens")) });
        assert_eq!(log.matches("synchronous_commit = off").count(), expected, "{option}: {log}");
        assert_eq!(log.matches("in clear").count(), 0, "it is this machine: {log}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_nodes_make_the_tables_at_once() {
    let Some(server) = Postgres::start() else { return };
    let address = server.next_database();
    let nodes: Vec<_> = (0..6)
        .map(|_| {
            let address = address.clone();
            tokio::spawn(async move { PostgresStore::connect(&address).await })
        })
        .collect();
    let mut stores = Vec::new();
    for node in nodes {
        stores.push(node.await.expect("ends").expect("opens"));
    }
    stores[0].create(login(1), None).await.expect("stores");
    for store in &stores[1..] {
        assert!(store.find(session_id(1)).await.expect("reads").is_some());
    }
    let StoreTime::Now(told) = stores[0].time().await.expect("a time") else { panic!("a server has a clock") };
    let now = SystemClock.now();
    assert!(told.since(now).max(now.since(told)) < Duration::from_secs(20), "{told} and {now}");
    // A role that may make nothing works on what is there.
    let mut operator = PgConnection::connect(&address).await.expect("connects");
    for sql in [
        "CREATE ROLE app LOGIN",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO app",
    ] {
        sqlx::query(sql).execute(&mut operator).await.expect(sql);
    }
    let app = PostgresStore::connect(&address.replace("jwt_auth@", "app@")).await.expect("opens");
    app.create(login(2), None).await.expect("stores");
    // And beside a pool of the application.
    let pool = PgPool::connect(&address).await.expect("connects");
    let beside = PostgresStore::from_pool(&pool).await.expect("opens");
    pool.close().await;
    assert!(beside.find(session_id(2)).await.expect("reads").is_some(), "it has connections of its own");
    node(&address, Duration::from_secs(60)).await.health().await.expect("well");
}

/// PostgreSQL's texts hold no NUL; names may.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_text_is_kept() {
    let Some(server) = Postgres::start() else { return };
    let store = PostgresStore::connect(&server.next_database()).await.expect("opens");
    let odd = "a\0b\u{fdd0}é'\\\u{10ffff}".to_owned();
    let mut new = NewSession { user_id: odd.clone(), acr: Some(odd.clone()), amr: vec![odd.clone()], ..login(1) };
    (new.ip, new.user_agent) = (Some(odd.clone()), Some(odd.clone()));
    new.claims.insert("odd", odd.as_str()).expect("a claim");
    let stored = store.create(new, None).await.expect("stores");
    assert_eq!(store.find(session_id(1)).await.expect("reads"), Some(stored.clone()));
    assert_eq!(store.list(&odd, START).await.expect("reads"), [stored]);
    assert!(store.spend(&odd, START, START).await.expect("spends"));
    assert!(!store.spend(&odd, START, START).await.expect("spends"));
    let other = store.in_namespace(&odd).expect("namespaces");
    assert!(other.spend(&odd, START, START).await.expect("spends"));
    assert!(other.find(session_id(1)).await.expect("reads").is_none());
}

/// However often it is refreshed a session is one row, and what is over leaves with the logins that come.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_are_as_many_as_sessions_and_moves_grow_no_index() {
    let Some(server) = Postgres::start() else { return };
    let address = server.next_database();
    let store = AnyTokenStore::new(PostgresStore::connect(&address).await.expect("opens"));
    let pool = PgPool::connect(&address).await.expect("connects");
    for number in 0..10 {
        store.create(login(number), None).await.expect("stores");
    }
    for generation in 0..50 {
        for number in 0..10 {
            present(&store, number, generation, START.after(Duration::from_secs(generation))).await.expect("moves");
        }
    }
    // Statistics are sent when a connection has been idle for a moment.
    let counts = async || {
        let row = sqlx::query(
            "SELECT pg_stat_force_next_flush(), n_tup_upd, n_tup_hot_upd, (SELECT COUNT(*) FROM jwt_auth_sessions)
             FROM pg_stat_user_tables WHERE relname = 'jwt_auth_sessions'",
        )
        .fetch_one(&pool)
        .await
        .expect("counts");
        (row.get::<i64, _>(1), row.get::<i64, _>(2), row.get::<i64, _>(3))
    };
    let mut found = counts().await;
    for _ in 0..200 {
        if found.0 >= 500 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        found = counts().await;
    }
    let (updates, hot, rows) = found;
    assert_eq!((updates, rows), (500, 10));
    assert!(hot * 10 >= updates * 9, "{hot} of {updates} moves touched no index");

    let later = START.after(KEPT_LONGER + Duration::from_secs(60 * 86_400));
    let new = NewSession {
        created_at: later,
        idle_expires_at: later.after(Duration::from_secs(60)),
        expires_at: Timestamp::from_seconds(4_000_000_000),
        ..login(100)
    };
    store.create(new, None).await.expect("stores");
    assert_eq!(counts().await.2, 1, "the others left");
}
