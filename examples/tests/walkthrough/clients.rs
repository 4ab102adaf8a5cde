//! The client module against the contract and against the running service: starts `tests/clients` under Node.

use super::token_service::{folder, seed};
use std::path::Path;
use std::process::Command;

/// The first with all that the suite uses, and the one of Debian 12.
const NODE: u32 = 18;

#[test]
fn the_client_module_keeps_its_contract() {
    if node().is_none_or(|version| version < NODE) {
        let wanted = format!("Node {NODE} or newer is not installed");
        assert!(std::env::var_os("CI").is_none_or(|value| value != "true"), "{wanted}");
        eprintln!("NOT TESTED: {wanted}; the client module is not driven");
        return;
    }
    let folder = folder("clients");
    let database = format!("sqlite://{}", folder.join("service.db").display());
    seed(&database);
    let status = Command::new("node")
        .arg("--test")
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/clients"))
        .env("TOKEN_SERVICE", env!("CARGO_BIN_EXE_token_service"))
        .env("DATABASE_URL", database)
        .status()
        .expect("Node runs");
    assert!(
        status.success(),
        "the client module does something else than its contract says; what it is is printed above"
    );
    let _ = std::fs::remove_dir_all(&folder);
}

/// The version of Node, where there is one: `v20.11.1`.
fn node() -> Option<u32> {
    let output = Command::new("node").arg("--version").output().ok()?;
    let version = String::from_utf8(output.stdout).ok()?;
    version.trim_start_matches('v').split('.').next()?.parse().ok()
}
