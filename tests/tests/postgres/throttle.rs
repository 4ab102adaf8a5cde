//! Counts of failed logins on a server that several nodes share.

use jwt_auth::clock::Timestamp;
use jwt_auth::settings::minutes;
use jwt_auth::store::{FailureBucket, FailureToCount, PostgresStore, TokenStore};
use jwt_auth::testing::ManualClock;
use jwt_auth::user::MemoryUsers;
use jwt_auth::{AuthError, Client, JwtAuth, Settings};
use jwt_auth_tests::postgres::Postgres;
use jwt_auth_tests::sessions::{START, login, session_id};
use jwt_auth_tests::{Account, BEGIN, KEY, hasher};
use sqlx::{Connection, Executor, PgConnection};

fn failed(number: u8) -> FailureToCount {
    let bucket = FailureBucket::from_bytes([number; 16]);
    FailureToCount { bucket, over_at: Timestamp::default(), keep: minutes(15) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_failure_on_every_node_is_counted() {
    let Some(server) = Postgres::start() else { return };
    let address = server.next_database();
    let mut stores = Vec::new();
    for _ in 0..3 {
        stores.push(PostgresStore::connect(&address).await.expect("opens"));
    }
    let tasks: Vec<_> = (0..120)
        .map(|number| {
            let store = stores[number % 3].clone();
            // In different orders, some of them forgetting another one.
            let mut three = [failed(1), failed(2), failed(3)];
            three.rotate_left(number / 3 % 3);
            tokio::spawn(async move {
                store.count_failure(&three, START).await.expect("counts");
                if number % 10 == 0 {
                    store.forget_failures(&[failed(9).bucket, failed(8).bucket]).await.expect("forgets");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no panic");
    }
    let counted = stores[0].failures(&[1, 2, 3].map(|number| failed(number).bucket), START).await.expect("reads");
    assert_eq!(counted.iter().map(|counted| counted.count).collect::<Vec<_>>(), [120, 120, 120]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_count_together() {
    let Some(server) = Postgres::start() else { return };
    let address = server.next_database();
    let clock = ManualClock::new(Timestamp::from_seconds(BEGIN));
    let users = MemoryUsers::new(|user: &Account| &user.username);
    let (username, password_hash) = ("test".to_owned(), hasher().hash("test").expect("a hash"));
    users.put(Account { id: 1, username, password_hash, is_active: true, is_staff: false, permissions: vec![] });
    let mut nodes = Vec::new();
    for _ in 0..2 {
        let store = PostgresStore::connect(&address).await.expect("opens");
        let builder = JwtAuth::builder(Settings::new(KEY)).users(users.clone()).store(store).clock(clock.clone());
        nodes.push(builder.password_hasher(hasher()).start().await.expect("starts"));
    }
    let log_in = async |node: usize, password: &str| {
        let client = Client { ip: Some("192.0.2.1".to_owned()), user_agent: None };
        nodes[node].obtain("test", password.into(), client).await
    };
    for number in 0..5 {
        let refused = log_in(number % 2, "wrong").await;
        assert!(matches!(refused, Err(AuthError::NoActiveAccount)), "{refused:?}");
    }
    for node in 0..2 {
        let refused = log_in(node, "test").await;
        assert!(matches!(refused, Err(AuthError::Throttled { .. })), "{refused:?}");
    }
    clock.advance(minutes(1));
    log_in(1, "test").await.expect("the wait is over");
    let refused = log_in(0, "wrong").await;
    assert!(matches!(refused, Err(AuthError::NoActiveAccount)), "free again: {refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_thousand_counts_are_kept_and_the_oldest_leave() {
    let Some(server) = Postgres::start() else { return };
    let address = server.next_database();
    let store = PostgresStore::connect(&address).await.expect("opens");
    let mut connection = PgConnection::connect(&address).await.expect("connects");
    let begin = i64::try_from(START.millis()).expect("small");
    sqlx::query(
        "INSERT INTO jwt_auth_failures (namespace, bucket, failures, last, ends_at)
         SELECT '', CAST(lpad(n::text, 16, '0') AS bytea), 1, $1 + n, $1 + 900000 FROM generate_series(0, 100999) AS n",
    )
    .bind(begin - 200_000)
    .execute(&mut connection)
    .await
    .expect("fills");
    for number in 0..130 {
        store.count_failure(&[failed(number)], START).await.expect("counts");
    }
    let rows = "SELECT COUNT(*), MIN(last) FROM jwt_auth_failures";
    let (rows, oldest): (i64, i64) = sqlx::query_as(rows).fetch_one(&mut connection).await.expect("reads");
    assert!((99_900..=100_200).contains(&rows), "{rows}");
    assert!(oldest > begin - 200_000 + 900, "the oldest have left: {}", oldest - begin);
    // A lock leaves its transaction in the row.
    let locked = "SELECT COUNT(*) FROM jwt_auth_failures WHERE xmax::text <> '0'";
    let locked: i64 = sqlx::query_scalar(locked).fetch_one(&mut connection).await.expect("reads");
    assert_eq!(locked, 0, "those that stay are not locked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_is_counted_though_nothing_can_be_cleared_away() {
    let Some(server) = Postgres::start() else { return };
    let address = server.next_database();
    let store = PostgresStore::connect(&address).await.expect("opens");
    let mut connection = PgConnection::connect(&address).await.expect("connects");
    for sql in [
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not now'; END $$",
        "CREATE TRIGGER refuse BEFORE DELETE ON jwt_auth_failures EXECUTE FUNCTION refuse()",
    ] {
        connection.execute(sql).await.expect(sql);
    }
    for count in 1..=3 {
        let counted = store.count_failure(&[failed(1)], START).await.expect("counts");
        assert_eq!(counted[0].count, count);
    }
}

/// The tables of before failed logins were counted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_of_version_1_are_brought_up_to_date() {
    let Some(server) = Postgres::start() else { return };
    let address = server.next_database();
    let store = PostgresStore::connect(&address).await.expect("opens");
    store.create(login(1), None).await.expect("stores");
    let mut connection = PgConnection::connect(&address).await.expect("connects");
    for sql in [
        "DROP TABLE jwt_auth_failures",
        "DROP TABLE jwt_auth_audit",
        "DROP TABLE jwt_auth_key_schedule",
        "UPDATE jwt_auth_meta SET value = 1 WHERE name = 'version'",
    ] {
        connection.execute(sql).await.expect(sql);
    }
    // A node of before the new table: it counts nothing in the store, and its sessions go on.
    store.count_failure(&[failed(1)], START).await.expect_err("no table");
    let next = PostgresStore::connect(&address).await.expect("opens");
    assert!(next.find(session_id(1)).await.expect("reads").is_some());
    for store in [&store, &next] {
        store.count_failure(&[failed(1)], START).await.expect("counts");
    }
    assert_eq!(next.failures(&[failed(1).bucket], START).await.expect("reads")[0].count, 2);
}
