//! Every store through the one contract: a line each.

use jwt_auth::store::{AnyTokenStore, MemoryStore, PostgresStore, SqliteStore};
use jwt_auth::testing::store_contract;
use jwt_auth_tests::postgres::Postgres;
use jwt_auth_tests::scratch::Scratch;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn memory() {
    store_contract(async || MemoryStore::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn memory_with_its_type_forgotten() {
    store_contract(async || AnyTokenStore::new(MemoryStore::new())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_file() {
    let scratch = Scratch::new("contract");
    store_contract(async || SqliteStore::connect(&scratch.next_database()).await.expect("a new file opens")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_in_memory() {
    store_contract(async || SqliteStore::connect("sqlite::memory:").await.expect("memory opens")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_beside_a_pool() {
    let scratch = Scratch::new("contract-pool");
    store_contract(async || {
        let options = scratch
            .next_database()
            .parse::<sqlx::sqlite::SqliteConnectOptions>()
            .expect("an address")
            .create_if_missing(true);
        let pool = sqlx::SqlitePool::connect_with(options).await.expect("a pool opens");
        SqliteStore::from_pool(&pool).await.expect("opens beside it")
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn postgres() {
    let Some(server) = Postgres::start() else { return };
    store_contract(async || PostgresStore::connect(&server.next_database()).await.expect("an empty database opens"))
        .await;
}
