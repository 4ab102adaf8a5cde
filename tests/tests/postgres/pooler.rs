//! Behind PgBouncer, which shares the server's connections by transaction.

use crate::node::{login, node, refused_after};
use jwt_auth::Client;
use jwt_auth::store::PostgresStore;
use jwt_auth::testing::store_contract;
use jwt_auth_tests::pgbouncer::PgBouncer;
use jwt_auth_tests::postgres::Postgres;
use jwt_auth_tests::{logged, long};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor, Row};
use std::collections::HashSet;
use std::time::Duration;

#[test]
fn behind_a_transaction_pooler_the_start_says_so_and_moves_and_logouts_work() {
    let Some(server) = Postgres::start() else { return };
    let Some(pooler) = PgBouncer::before(&server) else { return };
    let address = server.next_database();
    let pooled = pooler.url(&address);
    let log = logged(async {
        let interval = Duration::from_millis(200);
        // The first one makes the tables.
        let (here, there) = (node(&pooled, interval).await, node(&pooled, interval).await);
        let direct = node(&address, Duration::from_secs(60)).await;
        // Many at once, so that every statement meets every connection of the server.
        let sessions = (0..24).map(|user| {
            let (here, there) = (here.clone(), there.clone());
            tokio::spawn(async move {
                let (first, mut access) = login(&here, &user.to_string()).await;
                let mut refresh = first;
                for turn in 0..6 {
                    let node = if turn % 2 == 0 { &there } else { &here };
                    let got = node.refresh(&refresh, Client::default()).await.expect("moves");
                    (refresh, access) =
                        (got.refresh.expect("rotates").expose().to_owned(), got.access.expose().to_owned());
                }
                (refresh, access)
            })
        });
        let mut held = Vec::new();
        for session in sessions.collect::<Vec<_>>() {
            held.push(session.await.expect("ends"));
        }
        // One token at once, on both nodes: one successor.
        let (raced, _) = held[0].clone();
        let race = (0..20).map(|number| {
            let (node, token) = (if number % 2 == 0 { here.clone() } else { there.clone() }, raced.clone());
            tokio::spawn(async move { node.refresh(&token, Client::default()).await })
        });
        let mut successors = HashSet::new();
        for answer in race.collect::<Vec<_>>() {
            let got = answer.await.expect("ends").expect("one rotation and nineteen replays");
            successors.insert(got.refresh.expect("rotates").expose().to_owned());
        }
        assert_eq!(successors.len(), 1);
        for (user, (refresh, access)) in held.iter().enumerate().skip(1).take(6) {
            match user % 2 {
                0 => here.blacklist(refresh).await.expect("logs out"),
                _ => here.end_all_sessions(&user.to_string()).await.expect("logs out everywhere"),
            }
            refused_after(&there, access).await;
            // It is told: what is said behind a pooler is heard before it.
            refused_after(&direct, access).await;
            there.refresh(refresh, Client::default()).await.expect_err("over");
        }
        there.health().await.expect("well");
        // Nothing of ours is left on the connections of the server.
        let options: PgConnectOptions = pooled.parse().expect("an address");
        let mut others = Vec::new();
        for _ in 0..8 {
            others.push(options.clone().extra_float_digits(None).connect().await.expect("connects"));
        }
        for other in &mut others {
            other.execute("BEGIN").await.expect("begins");
            let row = other.fetch_one(
                "SELECT current_setting('statement_timeout'), (SELECT COUNT(*)::text FROM pg_prepared_statements)",
            );
            let row = row.await.expect("reads");
            assert_eq!((row.get::<&str, _>(0), row.get::<&str, _>(1)), ("0", "0"));
            other.execute("COMMIT").await.expect("ends");
        }
        for other in others {
            other.close().await.expect("closes");
        }
    });
    assert_eq!(log.matches("no NOTIFY comes through from PostgreSQL").count(), 2, "{log}");
}

/// A long way round for what the one above samples.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_contract_holds_behind_it() {
    if !long() {
        return;
    }
    let Some(server) = Postgres::start() else { return };
    let Some(pooler) = PgBouncer::before(&server) else { return };
    store_contract(async || PostgresStore::connect(&pooler.url(&server.next_database())).await.expect("opens")).await;
}
