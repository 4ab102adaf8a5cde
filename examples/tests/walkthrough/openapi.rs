//! The example `permissions` against its own OpenAPI document: starts `tests/openapi`.

use std::path::Path;
use std::process::Command;

#[test]
fn the_server_does_what_its_document_says() {
    let Some(python) = ["python3", "python"].into_iter().find(|name| runs(name)) else {
        let wanted = "Python 3 is not installed";
        assert!(std::env::var_os("CI").is_none_or(|value| value != "true"), "{wanted}");
        eprintln!("NOT TESTED: {wanted}; the OpenAPI document is not checked");
        return;
    };
    let long = std::env::var_os("LONG_TESTS").is_some_and(|value| value == "1");
    let status = Command::new(python)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/openapi/run.py"))
        .arg(env!("CARGO_BIN_EXE_permissions"))
        .args(if long { &["--examples", "1000", "--random"][..] } else { &[] })
        .status()
        .expect("Python runs");
    assert!(status.success(), "the server does not do what its document says; what it found is printed above");
}

fn runs(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}
