//! What SQLite alone can get wrong: a file that is locked, damaged, full or gone. Crashes and several processes are in
//! `store_sqlite_processes.rs`.

use jwt_auth::SqlUserStore;
use jwt_auth::error::StoreError;
use jwt_auth::store::{EndReason, Ending, KEPT_LONGER, Move, NewSession, SqliteStore, TokenStore};
use jwt_auth::user::UserStore;
use jwt_auth_tests::long;
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::sessions::{START, login, open, present, session_id};
use sqlx::{Connection, Executor, SqliteConnection};
use std::sync::Arc;
use std::time::{Duration, Instant};

fn file_of(address: &str) -> &str {
    address.strip_prefix("sqlite://").expect("an address")
}

async fn raw(address: &str) -> SqliteConnection {
    SqliteConnection::connect(address).await.expect("opens")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_sessions_stay_a_thousand_rows() {
    let scratch = Scratch::new("rows");
    let address = scratch.next_database();
    let store = Arc::new(open(&address).await);
    let rounds = if long() { 1000 } else { 5 };
    let mut tasks = Vec::new();
    for task in 0..50 {
        let store = Arc::clone(&store);
        tasks.push(tokio::spawn(async move {
            for sid in (0..1000).filter(|sid| sid % 50 == task) {
                store.create(login(sid), None).await.expect("stores");
                for generation in 0..rounds {
                    let moved = present(&*store, sid, generation, START).await;
                    assert!(matches!(moved, Ok(Move::Rotated(_))), "{moved:?}");
                }
            }
        }));
    }
    for task in tasks {
        task.await.expect("a task finishes");
    }
    let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM jwt_auth_sessions")
        .fetch_one(&mut raw(&address).await)
        .await
        .expect("counts");
    assert_eq!(rows, 1000);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_failing_request_does_not_fail_its_neighbours() {
    let scratch = Scratch::new("neighbours");
    let store = Arc::new(open(&scratch.next_database()).await);
    store.create(login(0), None).await.expect("stores");
    let mut tasks = Vec::new();
    for task in 0..60 {
        let store = Arc::clone(&store);
        // Every third one takes a name that is taken.
        let sid = if task % 3 == 0 { 0 } else { task };
        tasks.push((sid, tokio::spawn(async move { store.create(login(sid), None).await })));
    }
    for (sid, task) in tasks {
        let outcome = task.await.expect("a task finishes");
        match sid {
            0 => assert!(matches!(outcome, Err(StoreError::Corrupt(_))), "{outcome:?}"),
            _ => assert_eq!(outcome.expect("stores").sid, session_id(sid)),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_file_is_an_error_until_it_is_back() {
    let scratch = Scratch::new("removed");
    let address = scratch.next_database();
    let store = open(&address).await;
    store.create(login(0), None).await.expect("stores");
    let file = file_of(&address);
    let away = format!("{file}.away");
    move_database(file, &away);
    let begun = Instant::now();
    assert!(unavailable(present(&store, 0, 0, START).await));
    assert!(unavailable(store.find(session_id(0)).await));
    assert!(unavailable(store.health().await));
    assert!(unavailable(store.create(login(1), None).await));
    assert!(begun.elapsed() < Duration::from_secs(5), "at once");
    assert!(!std::path::Path::new(file).exists(), "not made anew");

    move_database(&away, file);
    store.health().await.expect("back");
    let moved = present(&store, 0, 0, START).await;
    assert!(matches!(moved, Ok(Move::Rotated(_))), "{moved:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_file_stays_an_error_beside_busy_users() {
    let scratch = Scratch::new("removed-users");
    let address = scratch.next_database();
    let store = Arc::new(open(&address).await);
    let users = SqlUserStore::connect(&address).await.expect("opens");
    users.migrate().await.expect("a table");
    users.create("ann", "!").await.expect("a user");
    for sid in 0..32 {
        store.create(login(sid), None).await.expect("stores");
    }
    let file = file_of(&address);
    let away = format!("{file}.away");
    move_database(file, &away);
    let tasks: Vec<_> = (0..32)
        .map(|sid| {
            let (store, users) = (Arc::clone(&store), users.clone());
            tokio::spawn(async move {
                let found = users.find_by_id("1").await;
                assert!(matches!(found, Err(StoreError::Unavailable(_))), "{found:?}");
                let moved = present(&*store, sid, 0, START).await;
                assert!(matches!(moved, Err(StoreError::Unavailable(_))), "{moved:?}");
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("errors, and neither strangers nor ended sessions");
    }
    assert!(!std::path::Path::new(file).exists(), "not made anew");

    // Somebody else makes an empty one.
    std::fs::write(file, "").expect("writes");
    for _ in 0..2 {
        let moved = present(&*store, 0, 0, START).await;
        assert!(matches!(moved, Err(StoreError::Corrupt(_))), "{moved:?}");
        let found = users.find_by_id("1").await;
        assert!(matches!(found, Err(StoreError::Corrupt(_))), "{found:?}");
    }
    std::fs::remove_file(file).expect("was written here");
    for suffix in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{file}{suffix}"));
    }
    move_database(&away, file);
    assert!(users.find_by_id("1").await.expect("reads").is_some());
    let moved = present(&*store, 0, 0, START).await;
    assert!(matches!(moved, Ok(Move::Rotated(_))), "{moved:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_is_an_error_and_never_a_logout() {
    let scratch = Scratch::new("damaged");
    let address = scratch.next_database();
    let store = open(&address).await;
    store.create(login(0), None).await.expect("stores");
    let file = file_of(&address);
    let good = format!("{file}.good");
    move_database(file, &good);
    std::fs::write(file, [b'?'; 8192]).expect("writes");
    for _ in 0..2 {
        let outcome = present(&store, 0, 0, START).await;
        assert!(matches!(outcome, Err(StoreError::Corrupt(_))), "{outcome:?}");
        let found = store.find(session_id(0)).await;
        assert!(matches!(found, Err(StoreError::Corrupt(_))), "{found:?}");
    }
    std::fs::remove_file(file).expect("was written here");
    move_database(&good, file);
    let moved = present(&store, 0, 0, START).await;
    assert!(matches!(moved, Ok(Move::Rotated(_))), "{moved:?}");

    // A row that somebody scribbled into: an error for that session, and for no other.
    store.create(login(1), None).await.expect("stores");
    raw(&address)
        .await
        .execute("UPDATE jwt_auth_sessions SET claims = '{' WHERE user_id = '0'")
        .await
        .expect("scribbles");
    let outcome = present(&store, 0, 1, START).await;
    assert!(matches!(outcome, Err(StoreError::Corrupt(_))), "{outcome:?}");
    let moved = present(&store, 1, 0, START).await;
    assert!(matches!(moved, Ok(Move::Rotated(_))), "{moved:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_file_is_an_error_and_not_a_hang() {
    let scratch = Scratch::new("locked");
    let address = scratch.next_database();
    let store = open(&address).await;
    store.create(login(0), None).await.expect("stores");
    let mut other = raw(&address).await;
    other.execute("BEGIN IMMEDIATE").await.expect("locks");
    let begun = Instant::now();
    assert!(unavailable(present(&store, 0, 0, START).await));
    assert!(begun.elapsed() < Duration::from_secs(11));
    assert!(store.find(session_id(0)).await.expect("reads").is_some(), "reading goes on");
    other.execute("ROLLBACK").await.expect("lets go");
    let moved = present(&store, 0, 0, START).await;
    assert!(matches!(moved, Ok(Move::Rotated(_))), "{moved:?}");
}

/// Whoever reads for long keeps others from changing the journal mode, and nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn it_starts_beside_somebody_who_reads_for_long() {
    let scratch = Scratch::new("reader");
    for mode in ["wal", "delete"] {
        let address = scratch.next_database();
        open(&address).await.create(login(0), None).await.expect("stores");
        gone(&format!("{}-wal", file_of(&address))).await;
        let mut reader = raw(&address).await;
        let pragma = sqlx::AssertSqlSafe(format!("PRAGMA journal_mode = {mode}"));
        let is: String = sqlx::query_scalar(pragma).fetch_one(&mut reader).await.expect("a mode");
        assert_eq!(is, mode);
        reader.execute("BEGIN").await.expect("begins");
        let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM jwt_auth_sessions")
            .fetch_one(&mut reader)
            .await
            .expect("reads, and goes on reading");
        assert_eq!(rows, 1);
        let store = SqliteStore::connect(&address).await.expect(mode);
        assert!(store.find(session_id(0)).await.expect("reads").is_some(), "{mode}");
        let moved = present(&store, 0, 0, START).await;
        assert_eq!(moved.is_ok(), mode == "wal", "in the old mode writers wait for readers: {moved:?}");
        reader.execute("ROLLBACK").await.expect("it has read");
        let moved = present(&store, 0, 0, START).await;
        assert!(matches!(moved, Ok(Move::Rotated(_) | Move::Replayed(_))), "{mode}: {moved:?}");
    }
}

/// Tables that have to be brought up to date are, beside a reader of the old ones.
#[tokio::test(flavor = "multi_thread")]
async fn tables_are_brought_up_to_date_beside_somebody_who_reads_for_long() {
    let scratch = Scratch::new("reader-upgrade");
    let address = scratch.next_database();
    let old = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/last_release/sessions.sqlite");
    std::fs::copy(old, file_of(&address)).expect("a copy");
    let mut reader = raw(&address).await;
    let _: String = sqlx::query_scalar("PRAGMA journal_mode = wal").fetch_one(&mut reader).await.expect("a mode");
    reader.execute("BEGIN").await.expect("begins");
    let before: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM jwt_auth_sessions").fetch_one(&mut reader).await.expect("reads");
    let store = SqliteStore::connect(&address).await.expect("starts");
    store.create(login(0), None).await.expect("stores");
    let after: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM jwt_auth_sessions").fetch_one(&mut reader).await.expect("reads on");
    assert_eq!(before, after);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_an_error_and_passes() {
    let scratch = Scratch::new("full");
    let options = scratch
        .next_database()
        .parse::<sqlx::sqlite::SqliteConnectOptions>()
        .expect("an address")
        .create_if_missing(true)
        // A disk of 60 pages.
        .pragma("max_page_count", "60");
    let pool = sqlx::SqlitePool::connect_with(options).await.expect("opens");
    let store = SqliteStore::from_pool(&pool).await.expect("opens");
    // So large that those which leave with one write free whole pages.
    let large = |sid| NewSession { user_agent: Some("x".repeat(1000)), ..login(sid) };
    let mut stored = 0;
    let failure = loop {
        match store.create(large(stored), None).await {
            Ok(_) => stored += 1,
            Err(error) => break error,
        }
        assert!(stored < 10_000, "it never got full");
    };
    assert!(matches!(failure, StoreError::Unavailable(_)), "{failure:?}");
    for sid in 0..stored {
        let found = store.find(session_id(sid)).await.expect("reads");
        assert!(found.is_some(), "session {sid} was acknowledged");
    }
    // Expired rows make room.
    let mut late = login(stored);
    late.created_at = START.after(Duration::from_secs(90_000) + KEPT_LONGER);
    late.idle_expires_at = START.after(Duration::from_secs(180_000) + KEPT_LONGER);
    store.create(late, None).await.expect("there is room again");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_keeps_to_its_own_tables_and_knows_their_version() {
    let scratch = Scratch::new("schema");
    let address = scratch.next_database();
    let path = format!("{address}?mode=rwc");
    let mut other = raw(&path).await;
    other
        .execute("CREATE TABLE users (id INTEGER); INSERT INTO users VALUES (7)")
        .await
        .expect("an application's table");
    drop(open(&address).await);
    let store = open(&address).await;
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )
    .fetch_all(&mut other)
    .await
    .expect("lists");
    let ours = [
        "jwt_auth_audit",
        "jwt_auth_epochs",
        "jwt_auth_failures",
        "jwt_auth_key_schedule",
        "jwt_auth_keys",
        "jwt_auth_meta",
        "jwt_auth_revocations",
        "jwt_auth_sessions",
        "jwt_auth_spent",
        "users",
    ];
    assert_eq!(tables, ours);
    drop(store);

    other
        .execute("UPDATE jwt_auth_meta SET value = 99 WHERE name = 'version'")
        .await
        .expect("as a newer release would");
    let refused = SqliteStore::connect(&address).await;
    assert!(matches!(refused, Err(StoreError::Corrupt(_))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_of_all_kinds_open() {
    let scratch = Scratch::new("addresses");
    open(&scratch.next_database()).await;
    // Relative to the directory of the tests.
    let name = format!("relative-{}.db", std::process::id());
    let store = open(&format!("sqlite:{name}")).await;
    store.health().await.expect("works");
    drop(store);
    assert!(std::path::Path::new(&name).exists());
    gone(&format!("{name}-wal")).await;
    std::fs::remove_file(&name).expect("was made here");

    let (one, two) = (open("sqlite::memory:").await, open("sqlite::memory:").await);
    one.create(login(1), None).await.expect("stores");
    assert!(one.find(session_id(1)).await.expect("reads").is_some());
    assert!(two.find(session_id(1)).await.expect("reads").is_none());

    for wrong in ["postgres://localhost/x", "sqlite:///no/such/directory/x.db"] {
        assert!(unavailable(SqliteStore::connect(wrong).await), "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dropping_the_store_finishes_what_was_asked_and_closes_the_file() {
    let scratch = Scratch::new("dropped");
    let address = scratch.next_database();
    let store = open(&address).await;
    store.create(login(0), None).await.expect("stores");
    let ending = Ending { reason: EndReason::SessionRevoked, now: START, drop_after: START };
    {
        // Polled once, so it is queued; then the caller goes away.
        let mut call = std::pin::pin!(store.end(session_id(0), ending));
        let waker = std::task::Waker::noop();
        let mut context = std::task::Context::from_waker(waker);
        assert!(call.as_mut().poll(&mut context).is_pending());
    }
    drop(store);
    gone(&format!("{}-wal", file_of(&address))).await;
    let session = open(&address).await.find(session_id(0)).await;
    let ended = session.expect("reads").expect("exists").ended;
    assert_eq!(ended, Some(EndReason::SessionRevoked));
}

/// The file and its log: without the second, what was written last is missing.
fn move_database(from: &str, to: &str) {
    std::fs::rename(from, to).expect("the file moves");
    for suffix in ["-wal", "-shm"] {
        // They exist only while there is something to put into the file.
        let _ = std::fs::rename(format!("{from}{suffix}"), format!("{to}{suffix}"));
    }
}

/// SQLite removes its log when the last connection closes; two that close at once may each take the other for the last one,
/// so now and then another connection comes and goes. While the store has one, the log stays all the same.
async fn gone(path: &str) {
    for round in 1..=500 {
        if !std::path::Path::new(path).exists() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        if round % 50 == 0 {
            let url = format!("sqlite:{}", path.trim_end_matches("-wal"));
            let visitor = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url).await;
            if let Ok(mut visitor) = visitor {
                // A read makes it open the log, which it then clears away as the last one.
                let _ = sqlx::query("SELECT count(*) FROM sqlite_schema").execute(&mut visitor).await;
                let _ = sqlx::Connection::close(visitor).await;
            }
        }
    }
    panic!("{path} is still there: the store's task goes on");
}

fn unavailable<T>(outcome: Result<T, StoreError>) -> bool {
    matches!(outcome, Err(StoreError::Unavailable(_)))
}
