//! `sslmode=verify-full`: with the right authority and under its own name the server is talked to, and else it is not.

use jwt_auth::StoreError;
use jwt_auth::store::{PostgresStore, TokenStore};
use jwt_auth_tests::postgres::Postgres;
use jwt_auth_tests::scratch::Scratch;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs openssl in a folder.
fn openssl(folder: &Path, arguments: &str) {
    let output = Command::new("openssl").current_dir(folder).args(arguments.split(' ')).output();
    let output = output.expect("openssl, which Debian's PostgreSQL brings along");
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

const KEY: &str = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";

fn authority(folder: &Path, name: &str) -> PathBuf {
    openssl(folder, &format!("req -x509 {KEY} -keyout {name}.key -out {name}.pem -days 2 -subj /CN={name}"));
    folder.join(format!("{name}.pem"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_server_itself_is_talked_to() {
    let Some(server) = Postgres::start() else { return };
    let scratch = Scratch::new("tls");
    let folder = scratch.path();
    let (right, wrong) = (authority(folder, "right"), authority(folder, "wrong"));
    openssl(folder, &format!("req {KEY} -keyout server.key -out server.csr -subj /CN=localhost"));
    std::fs::write(folder.join("names"), "subjectAltName=DNS:localhost\n").expect("a file");
    openssl(
        folder,
        "x509 -req -in server.csr -CA right.pem -CAkey right.key -CAcreateserial -days 2 -extfile names -out server.crt",
    );

    let address = |host: &str, authority: &Path| {
        let port = server.port();
        format!("postgres://jwt_auth@{host}:{port}/postgres?sslmode=verify-full&sslrootcert={}", authority.display())
    };
    let refused = async |host: &str, authority: &Path, what: &str| {
        let outcome = PostgresStore::connect(&address(host, authority)).await;
        assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{what}: {outcome:?}");
    };
    refused("localhost", &right, "a server without TLS").await;
    server.use_tls(&folder.join("server.crt"), &folder.join("server.key"));
    let store = PostgresStore::connect(&address("localhost", &right)).await.expect("the server itself");
    store.health().await.expect("works");
    refused("localhost", &wrong, "a server of another authority").await;
    refused("127.0.0.1", &right, "a server of another name").await;
}
