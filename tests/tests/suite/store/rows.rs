//! How many rows there are, and what it costs others when those that are over leave.

use jwt_auth::clock::{Clock, SystemClock};
use jwt_auth::settings::days;
use jwt_auth::store::{DjangoStore, Flush, Move, NewSession, SessionId, TokenStore};
use jwt_auth::{Claims, Client, JwtAuth, Settings, SqlUserStore};
use jwt_auth_tests::django::{self, number, run};
use jwt_auth_tests::postgres::Postgres;
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::sessions::{START, login, open_any, presentation, session_id};
use jwt_auth_tests::{KEY, long};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn refreshes_leave_one_row_a_session() {
    let (sessions, moves) = if long() { (1000, 1000) } else { (10, 50) };
    let scratch = Scratch::new("rows");
    let server = Postgres::start();
    for address in [Some(scratch.next_database()), server.as_ref().map(Postgres::next_database)].into_iter().flatten() {
        let store = open_any(&address).await;
        let begun = Instant::now();
        let clients: Vec<_> = (0..sessions)
            .map(|sid| {
                let store = store.clone();
                tokio::spawn(async move {
                    store.create(login(sid), None).await.expect("stores");
                    for generation in 0..moves {
                        let moved = store.advance(presentation(sid, generation, START)).await;
                        assert!(matches!(moved, Ok(Move::Rotated(_))), "{moved:?}");
                    }
                })
            })
            .collect();
        for client in clients {
            client.await.expect("a client finishes");
        }
        let rows = number(&address, "SELECT COUNT(*) FROM jwt_auth_sessions").await;
        let others = "SELECT (SELECT COUNT(*) FROM jwt_auth_revocations) + (SELECT COUNT(*) FROM jwt_auth_spent)";
        assert_eq!(number(&address, others).await, 0, "and none beside them");
        println!(
            "{} refreshes over {sessions} sessions leave {rows} rows ({}, {:.0} s)",
            sessions * moves,
            kind(&address),
            begun.elapsed().as_secs_f64()
        );
        assert_eq!(rows, i64::try_from(sessions).expect("small"));
    }
}

/// Of sessions they leave with the logins, twenty at a time.
#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_are_over_leave_beside_refreshes() {
    let over = if long() { 1_000_000 } else { 400 };
    let scratch = Scratch::new("over");
    let server = Postgres::start();
    for address in [Some(scratch.next_database()), server.as_ref().map(Postgres::next_database)].into_iter().flatten() {
        let store = open_any(&address).await;
        // Long ago by the clock of those who refresh.
        store.create(login(0), None).await.expect("stores");
        run(&address, &copies(&address, over).await).await;
        let count = "SELECT COUNT(*) FROM jwt_auth_sessions WHERE created_at = 1700000000000";
        assert_eq!(number(&address, count).await, over + 1);

        let service = JwtAuth::builder(Settings::new(KEY)).store(store.clone()).start().await.expect("starts");
        let flush = async || {
            let mut batches = 0;
            while number(&address, count).await > 0 {
                for _ in 0..500.min(over / 20 + 1) {
                    let now = SystemClock.now();
                    let expires_at = now.after(days(1));
                    let sid = SessionId::random().expect("random numbers");
                    let new = NewSession { sid, created_at: now, idle_expires_at: expires_at, expires_at, ..login(1) };
                    store.create(new, None).await.expect("stores");
                    batches += 1;
                }
            }
            batches
        };
        compare(&format!("{over} sessions, {}", kind(&address)), service, flush).await;
    }
}

/// Of Django's tables by `flushexpiredtokens`, a thousand at a time.
#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_are_over_are_flushed_beside_refreshes() {
    let over = if long() { 1_000_000 } else { 2500 };
    let scratch = Scratch::new("flush");
    let server = Postgres::start();
    let mut addresses = vec![django::sqlite(&scratch).await];
    if let Some(server) = &server {
        let address = server.next_database();
        django::postgres(&address).await;
        addresses.push(address);
    }
    for address in addresses {
        let numbers = numbers(&address, over);
        run(
            &address,
            &format!(
                "{numbers} INSERT INTO token_blacklist_outstandingtoken (token, created_at, expires_at, jti, user_id)
                 SELECT 'a.b.c', '2020-01-01 00:00:00', '2020-01-02 00:00:00', 'over ' || n, 1 FROM numbers"
            ),
        )
        .await;
        let settings =
            Settings { rotate_refresh_tokens: true, blacklist_after_rotation: true, ..Settings::simple_jwt(KEY) };
        let users = SqlUserStore::connect(&address).await.expect("a database");
        let store = DjangoStore::connect(&address).await.expect("a database");
        let service =
            JwtAuth::builder(settings).users(users).token_blacklist(store.clone()).start().await.expect("starts");
        let flush = async || {
            let (mut batches, mut deleted, mut after) = (0, 0, Some(0));
            while let Some(last) = after {
                let batch = store.flush_expired(&Flush::new(SystemClock.now()), last).await.expect("flushes");
                assert!(batch.deleted <= 250, "{} in one batch", batch.deleted);
                (batches, deleted, after) = (batches + 1, deleted + batch.deleted, batch.next);
            }
            assert_eq!(i64::try_from(deleted).expect("small"), over);
            batches
        };
        compare(&format!("{over} of Django's tokens, {}", kind(&address)), service, flush).await;
    }
}

fn kind(address: &str) -> &'static str {
    if address.starts_with("sqlite") { "SQLite" } else { "PostgreSQL" }
}

/// How long refreshes take while nothing else is done, and while it is flushed.
async fn compare<U: Send + Sync + 'static>(name: &str, service: JwtAuth<U>, flush: impl AsyncFnOnce() -> u32) {
    let idle = Refreshes::begin(&service);
    tokio::time::sleep(Duration::from_millis(if long() { 20_000 } else { 200 })).await;
    let (idle, of_idle) = idle.end().await;
    let (meanwhile, begun) = (Refreshes::begin(&service), Instant::now());
    let batches = flush().await;
    let took = begun.elapsed();
    let (meanwhile, of_meanwhile) = meanwhile.end().await;
    println!(
        "{name}: gone in {batches} batches and {:.1} s; refreshes at p99 {meanwhile:.1?} meanwhile ({of_meanwhile}), {idle:.1?} when idle \
         ({of_idle}): {:.2} x",
        took.as_secs_f64(),
        meanwhile.as_secs_f64() / idle.as_secs_f64()
    );
    assert!(!long() || meanwhile <= idle * 3, "{meanwhile:?} at p99, {idle:?} when idle");
}

/// Four clients that refresh again and again.
struct Refreshes {
    is_over: Arc<AtomicBool>,
    clients: Vec<tokio::task::JoinHandle<Vec<Duration>>>,
}

impl Refreshes {
    fn begin<U: Send + Sync + 'static>(service: &JwtAuth<U>) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let client = |_| {
            let (service, is_over) = (service.clone(), Arc::clone(&is_over));
            tokio::spawn(async move {
                let token = service.refresh_token_for("1", &Claims::new()).expect("a token");
                let (mut token, mut took) = (token, Vec::new());
                while !is_over.load(Ordering::Relaxed) {
                    let begun = Instant::now();
                    let got = service.refresh(token.expose(), Client::default()).await.expect("tokens");
                    took.push(begun.elapsed());
                    token = got.refresh.expect("rotation is on");
                }
                took
            })
        };
        Self { clients: (0..4).map(client).collect(), is_over }
    }

    /// The 99th of a hundred, and how many there were.
    async fn end(self) -> (Duration, usize) {
        self.is_over.store(true, Ordering::Relaxed);
        let mut took = Vec::new();
        for client in self.clients {
            took.extend(client.await.expect("a client finishes"));
        }
        took.sort();
        (took[took.len() * 99 / 100], took.len())
    }
}

/// So many more sessions like the one that there is.
async fn copies(address: &str, count: i64) -> String {
    let (columns, sid) = if address.starts_with("sqlite") {
        ("SELECT name FROM pragma_table_info('jwt_auth_sessions') WHERE name <> 'sid'", "printf('9%031x', n)")
    } else {
        (
            "SELECT column_name FROM information_schema.columns
             WHERE table_name = 'jwt_auth_sessions' AND is_generated = 'NEVER' AND column_name <> 'sid'",
            "'9' || lpad(to_hex(n), 31, '0')",
        )
    };
    let columns = django::texts(address, columns).await.join(", ");
    format!(
        "{} INSERT INTO jwt_auth_sessions (sid, {columns}) SELECT {sid}, {columns} FROM jwt_auth_sessions, numbers WHERE sid = '{}'",
        numbers(address, count),
        session_id(0)
    )
}

fn numbers(address: &str, count: i64) -> String {
    if address.starts_with("sqlite") {
        return format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count})"
        );
    }
    format!("WITH numbers (n) AS (SELECT generate_series(1, {count}))")
}
