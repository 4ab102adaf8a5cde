//! `sslmode=verify-full`: with the right authority and under its own name the server is talked to, and else it is not.

use jwt_auth::StoreError;
use jwt_auth::store::{PostgresStore, TokenStore};
use jwt_auth_tests::certificates::Certificates;
use jwt_auth_tests::postgres::Postgres;
use jwt_auth_tests::scratch::Scratch;
use std::path::Path;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_server_itself_is_talked_to() {
    let Some(server) = Postgres::start() else { return };
    let scratch = Scratch::new("tls");
    let made = Certificates::make(scratch.path());
    let Some(Certificates { certificate, key, authority: right, another_authority: wrong }) = made else { return };

    let address = |host: &str, authority: &Path| {
        let port = server.port();
        format!("postgres://jwt_auth@{host}:{port}/postgres?sslmode=verify-full&sslrootcert={}", authority.display())
    };
    let refused = async |host: &str, authority: &Path, what: &str| {
        let outcome = PostgresStore::connect(&address(host, authority)).await;
        assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{what}: {outcome:?}");
    };
    refused("localhost", &right, "a server without TLS").await;
    server.use_tls(&certificate, &key);
    let store = PostgresStore::connect(&address("localhost", &right)).await.expect("the server itself");
    store.health().await.expect("works");
    refused("localhost", &wrong, "a server of another authority").await;
    refused("127.0.0.1", &right, "a server of another name").await;
}
