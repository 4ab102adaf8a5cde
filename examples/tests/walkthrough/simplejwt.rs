//! `token_service` beside the real Django and SimpleJWT: starts the comparison of `tests/simplejwt`.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Each how manieth of the live requests is asked; all of them with `LONG_TESTS=1`.
const SAMPLE: &str = "8";

#[test]
fn token_service_answers_as_the_real_simplejwt() {
    let Some(python) = ["python3", "python"].into_iter().find(|name| runs(name)) else {
        let wanted = "Python 3 is not installed";
        assert!(std::env::var_os("CI").is_none_or(|value| value != "true"), "{wanted}");
        eprintln!("NOT TESTED: {wanted}; the comparison with SimpleJWT is skipped");
        return;
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/simplejwt");
    let long = std::env::var_os("LONG_TESTS").is_some_and(|value| value == "1");
    let status = Command::new(python)
        .arg(folder.join("run.py"))
        .args([Path::new(env!("CARGO_BIN_EXE_token_service")), &command()])
        .args(["--sample", if long { "1" } else { SAMPLE }])
        .status()
        .expect("Python runs");
    assert!(status.success(), "the comparison failed; what differs is printed above");
}

fn runs(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// The `jwt-auth` command of another package: beside the service when the workspace is tested, else built here.
pub(super) fn command() -> PathBuf {
    let service = Path::new(env!("CARGO_BIN_EXE_token_service"));
    let command = service.with_file_name(format!("jwt-auth{}", std::env::consts::EXE_SUFFIX));
    if !command.exists() {
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--package", "jwt-auth", "--all-features", "--bin", "jwt-auth", "--target-dir"])
            .arg(service.ancestors().nth(2).expect("below the target directory"))
            .args(if cfg!(debug_assertions) { &[][..] } else { &["--release"] })
            .status()
            .expect("cargo runs");
        assert!(built.success(), "the command `jwt-auth` does not build");
    }
    command
}
