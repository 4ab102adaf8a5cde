//! An application beside us may use jsonwebtoken with either crypto provider, and with none or both when it installs ours.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};

const PANIC: &str = "Could not automatically determine the process-level CryptoProvider";

#[test]
fn an_application_with_aws_lc_rs() {
    goes_both_ways("aws_lc_rs", &[]);
    goes_both_ways("aws_lc_rs", &["install"]);
}

#[test]
fn an_application_with_rust_crypto() {
    goes_both_ways("rust_crypto", &[]);
    goes_both_ways("rust_crypto", &["install"]);
}

#[test]
fn an_application_with_neither_needs_ours() {
    panics("");
    goes_both_ways("", &["install"]);
}

#[test]
fn an_application_in_whose_build_somebody_turned_on_both_needs_ours() {
    panics("aws_lc_rs,rust_crypto");
    goes_both_ways("aws_lc_rs,rust_crypto", &["install"]);
}

fn goes_both_ways(features: &str, arguments: &[&str]) {
    let output = run(features, arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "with '{features}' {arguments:?}:\n{stderr}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "both ways\n");
}

fn panics(features: &str) {
    let output = run(features, &[]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && stderr.contains(PANIC), "with '{features}':\n{stderr}");
}

fn run(features: &str, arguments: &[&str]) -> Output {
    // One program for all features: between its build and its start nobody else may build it.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--locked", "--features", features, "--manifest-path"])
        .arg(here.join("providers/Cargo.toml"))
        .arg("--target-dir")
        .arg(here.join("../target"))
        .arg("--")
        .args(arguments)
        .output()
        .expect("cargo runs")
}
