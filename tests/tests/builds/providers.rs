//! An application beside us may use jsonwebtoken with either crypto provider.

use std::path::Path;
use std::process::Command;

#[test]
fn an_application_with_aws_lc_rs() {
    run_with("aws_lc_rs");
}

#[test]
fn an_application_with_rust_crypto() {
    run_with("rust_crypto");
}

fn run_with(provider: &str) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--features", provider, "--manifest-path"])
        .arg(here.join("providers/Cargo.toml"))
        .arg("--target-dir")
        .arg(here.join("../target/providers"))
        .output()
        .expect("cargo runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "with {provider}:\n{stderr}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "both ways\n");
}
