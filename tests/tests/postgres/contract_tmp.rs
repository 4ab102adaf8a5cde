use jwt_auth::store::PostgresStore;
use jwt_auth::testing::store_contract;
use jwt_auth_tests::postgres::Postgres;
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn postgres() {
    let Some(server) = Postgres::start() else { return };
    store_contract(async || PostgresStore::connect(&server.next_database()).await.expect("an empty database opens"))
        .await;
}
