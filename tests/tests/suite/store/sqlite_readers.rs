//! Somebody reads from the file for long, a report say, and users log in.

use jwt_auth::routing::GuardedRouter;
use jwt_auth::store::SqliteStore;
use jwt_auth::testing::TestApp;
use jwt_auth::user::MemoryUsers;
use jwt_auth::{JwtAuth, SqlUserStore, token_routes};
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::{Account, hasher, logged, settings};
use serde_json::json;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{Connection, Executor, SqliteConnection, SqlitePool};
use std::time::Duration;

#[token_routes("/api/token")]
fn urls() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new()
}

async fn app(store: SqliteStore) -> TestApp<Account> {
    let users = MemoryUsers::new(|user: &Account| &user.username);
    let password_hash = hasher().hash("lovelace").expect("a hash");
    let (username, permissions) = ("ada".to_owned(), Vec::new());
    users.put(Account { id: 1, username, password_hash, is_active: true, is_staff: false, permissions });
    TestApp::start(JwtAuth::builder(settings()).users(users).store(store), |auth| urls().with_state(auth)).await
}

async fn login(app: &TestApp<Account>) -> u16 {
    app.post("/api/token/", &json!({"username": "ada", "password": "lovelace"})).send().await.status.into()
}

/// A file in SQLite's own default mode, with a table of the application's.
async fn old_file(scratch: &Scratch) -> (String, SqliteConnection) {
    let address = scratch.next_database();
    let mut connection = SqliteConnection::connect(&format!("{address}?mode=rwc")).await.expect("opens");
    connection.execute("CREATE TABLE notes (text)").await.expect("a table");
    assert_eq!(mode(&mut connection).await, "delete");
    (address, connection)
}

async fn mode(connection: &mut SqliteConnection) -> String {
    // A connection hears of another mode when it reads.
    connection.execute("SELECT count(*) FROM sqlite_schema").await.expect("reads");
    sqlx::query_scalar("PRAGMA journal_mode").fetch_one(connection).await.expect("a mode")
}

async fn read(reader: &mut SqliteConnection) {
    reader.execute("BEGIN").await.expect("begins");
    reader.execute("SELECT text FROM notes").await.expect("reads");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_applications_file_goes_over_to_wal_and_a_report_of_any_length_stops_nobody() {
    let scratch = Scratch::new("readers");
    let (address, mut reader) = old_file(&scratch).await;
    let pool = SqlitePool::connect(&address).await.expect("opens");
    let app = app(SqliteStore::from_pool(&pool).await.expect("opens")).await;
    assert_eq!(mode(&mut reader).await, "wal");
    read(&mut reader).await;
    for _ in 0..20 {
        assert_eq!(login(&app).await, 200);
    }
    reader.execute("COMMIT").await.expect("ends");
    let fresh: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&pool).await.expect("a mode");
    assert_eq!(fresh, "wal", "the pool goes along");
}

/// Tables of before are there: the start has nothing to write, and the mode is changed when the reader has gone.
#[tokio::test(flavor = "multi_thread")]
async fn a_start_beside_a_reader_works() {
    let scratch = Scratch::new("readers-start");
    let (address, mut reader) = old_file(&scratch).await;
    drop(SqliteStore::connect(&address).await.expect("opens"));
    SqlUserStore::connect(&address).await.expect("opens").migrate().await.expect("a table");
    while reader.execute("PRAGMA journal_mode = DELETE").await.is_err() {
        tokio::task::yield_now().await;
    }
    read(&mut reader).await;
    let pool = SqlitePool::connect(&address).await.expect("opens");
    let (by_pool, by_url) = (SqliteStore::from_pool(&pool).await, SqliteStore::connect(&address).await);
    let users = SqlUserStore::connect(&address).await.expect("the users open");
    users.find("ada").await.expect("and answer");
    let (app, beside) = (app(by_pool.expect("opens")).await, by_url.expect("opens"));
    reader.execute("COMMIT").await.expect("ends");
    assert_eq!(login(&app).await, 200);
    drop(beside);
}

/// The application insists on another mode: a login waits for the report.
#[tokio::test(flavor = "multi_thread")]
async fn outside_wal_a_login_waits_for_the_reader() {
    let scratch = Scratch::new("readers-delete");
    let (address, mut reader) = old_file(&scratch).await;
    let options: SqliteConnectOptions = address.parse().expect("an address");
    let pool = SqlitePool::connect_with(options.journal_mode(SqliteJournalMode::Delete)).await.expect("opens");
    let app = app(SqliteStore::from_pool(&pool).await.expect("opens")).await;
    assert_eq!(mode(&mut reader).await, "delete", "it is the application's to say");
    read(&mut reader).await;
    let report = tokio::spawn(async move {
        // SQLite tells the time of its locks by itself: longer than it waits by one try.
        tokio::time::sleep(Duration::from_millis(2_500)).await;
        reader.execute("COMMIT").await.expect("ends");
    });
    let (one, two) = tokio::join!(login(&app), login(&app));
    assert_eq!((one, two), (200, 200));
    report.await.expect("no panic");
}

#[test]
fn the_start_says_what_is_lost_outside_wal() {
    let log = logged(async {
        let scratch = Scratch::new("readers-said");
        let (address, _) = old_file(&scratch).await;
        let options: SqliteConnectOptions = address.parse().expect("an address");
        let pool = SqlitePool::connect_with(options.journal_mode(SqliteJournalMode::Truncate)).await.expect("opens");
        SqliteStore::from_pool(&pool).await.expect("opens");
    });
    for word in ["WARN jwt_auth", "not in WAL mode", "answered 503", "leave `journal_mode` out of the options"] {
        assert!(log.contains(word), "{word} is not in {log}");
    }
    let quiet = logged(async {
        let scratch = Scratch::new("readers-quiet");
        let (address, _) = old_file(&scratch).await;
        SqliteStore::from_pool(&SqlitePool::connect(&address).await.expect("opens")).await.expect("opens");
        SqliteStore::connect("sqlite::memory:").await.expect("opens");
        SqliteStore::connect(&scratch.next_database()).await.expect("opens");
    });
    assert!(!quiet.contains("WAL"), "{quiet}");
}
