//! A backup that is put back: what is newer than it is refused, and what was over since is not over any more, until somebody ends it.

use jwt_auth::clock::Timestamp;
use jwt_auth::error::EndReason;
use jwt_auth::settings::minutes;
use jwt_auth::store::{AnyTokenStore, Ending, PostgresStore, SqliteStore, TokenStore};
use jwt_auth::testing::ManualClock;
use jwt_auth::{AuthError, Claims, Client, JwtAuth, Settings};
use jwt_auth_tests::postgres::Postgres;
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::{BEGIN, KEY};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};

async fn node(store: AnyTokenStore, clock: &ManualClock) -> JwtAuth {
    JwtAuth::builder(Settings::new(KEY)).store(store).clock(clock.clone()).start().await.expect("starts")
}

async fn refresh(auth: &JwtAuth, token: &str) -> Result<String, AuthError> {
    let got = auth.refresh(token, Client::default()).await?;
    Ok(got.refresh.expect("rotates").expose().to_owned())
}

async fn log_in(auth: &JwtAuth, user: &str) -> String {
    let token = auth.refresh_token_for(user, &Claims::new()).expect("a token");
    refresh(auth, token.expose()).await.expect("a session")
}

/// `store` before and after `back_up` and what follows it.
async fn what_a_backup_means(
    store: AnyTokenStore,
    restored: impl AsyncFnOnce() -> AnyTokenStore,
    back_up: impl AsyncFnOnce(),
) {
    let clock = ManualClock::new(Timestamp::from_seconds(BEGIN));
    let auth = node(store, &clock).await;
    let (unmoved, moved, ended) = (log_in(&auth, "1").await, log_in(&auth, "2").await, log_in(&auth, "3").await);
    back_up().await;
    // Who copies a server sends everybody away.
    let next = loop {
        match refresh(&auth, &moved).await {
            Err(AuthError::Unavailable(_)) => {}
            outcome => break outcome.expect("moves"),
        }
    };
    auth.blacklist(&ended).await.expect("logs out");
    let late = log_in(&auth, "4").await;
    auth.shutdown();
    drop(auth);
    clock.pass(minutes(30));

    let store = restored().await;
    let auth = node(store.clone(), &clock).await;
    let over = |outcome: Result<String, AuthError>, what: &str| {
        assert!(matches!(outcome, Err(AuthError::SessionEnded(_))), "{what}: {outcome:?}");
    };
    refresh(&auth, &unmoved).await.expect("who has not moved since goes on");
    over(refresh(&auth, &next).await, "a token that is newer than the backup");
    over(refresh(&auth, &late).await, "a session that is newer than the backup");
    refresh(&auth, &moved).await.expect("what was spent since is the newest again");
    refresh(&auth, &ended).await.expect("a logout of since is forgotten");
    // `jwt-auth namespace reset`.
    let now = auth.now();
    let ending = Ending { reason: EndReason::SessionRevoked, now, drop_after: now };
    while store.reset(ending).await.expect("ends") > 0 {}
    for token in [&unmoved, &moved, &ended] {
        over(refresh(&auth, token).await, "after the reset");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_file() {
    let scratch = Scratch::new("backup");
    let (address, copy) = (scratch.next_database(), scratch.path().join("copy.db"));
    let store = AnyTokenStore::new(SqliteStore::connect(&address).await.expect("opens"));
    let restored = async || {
        let address = format!("sqlite://{}", copy.display());
        AnyTokenStore::new(SqliteStore::connect(&address).await.expect("opens"))
    };
    what_a_backup_means(store, restored, async || {
        let mut connection = SqliteConnection::connect(&address).await.expect("opens");
        let sql = format!("VACUUM INTO '{}'", copy.display());
        connection.execute(AssertSqlSafe(sql)).await.expect("a copy");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_server() {
    let Some(server) = Postgres::start() else { return };
    let address = server.next_database();
    let name = address.rsplit('/').next().expect("a name").to_owned();
    let store = AnyTokenStore::new(PostgresStore::connect(&address).await.expect("opens"));
    let copy = address.replace(&name, "restored");
    let restored = async || AnyTokenStore::new(PostgresStore::connect(&copy).await.expect("opens"));
    what_a_backup_means(store, restored, async || {
        let mut operator = PgConnection::connect(&server.url()).await.expect("connects");
        // Who is copied has no visitors; the store connects anew by itself.
        for _ in 0..50 {
            let leave = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
            operator.execute(AssertSqlSafe(leave)).await.expect("terminates");
            let sql = format!("CREATE DATABASE restored TEMPLATE {name}");
            if operator.execute(AssertSqlSafe(sql)).await.is_ok() {
                return;
            }
        }
        panic!("no copy can be made");
    })
    .await;
}
