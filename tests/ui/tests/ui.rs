//! What the compiler says to somebody who misuses the macros and the guarded router, word for word.
//!
//! One rustc owns the `.stderr` files, because compilers differ in how they frame a message. Another one checks the sentences
//! that are this project's own. `TRYBUILD=overwrite cargo test -p jwt-auth-ui` writes the files anew;
//! `JWT_AUTH_UI=sentences` makes the owner check as the others do.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The compiler that wrote the `.stderr` files.
const OWNER: &str = "rustc 1.95.";

#[test]
fn misuses_are_explained() {
    let sentences_only = std::env::var("JWT_AUTH_UI").is_ok_and(|mode| mode == "sentences");
    if compiler().starts_with(OWNER) && !sentences_only {
        // trybuild checks misuses all at once, unless something among them is to be built: that is done one by one.
        let (built, checked): (Vec<_>, Vec<_>) = cases("fail").into_iter().partition(|case| found_when_built(case));
        let at_once = trybuild::TestCases::new();
        checked.iter().for_each(|case| at_once.compile_fail(case));
        drop(at_once);
        let one_by_one = trybuild::TestCases::new();
        one_by_one.pass("tests/ui/*/pass/*.rs");
        built.iter().for_each(|case| one_by_one.compile_fail(case));
    } else {
        check_sentences();
    }
}

#[test]
fn every_misuse_has_an_expectation_that_blames_one_thing() {
    for case in cases("fail") {
        let expected = expectation(&case);
        assert!(expected.starts_with("error"), "{} expects no error", case.display());
    }
}

/// Whether a check passes, because the mistake is in what is instantiated.
fn found_when_built(case: &Path) -> bool {
    fs::read_to_string(case.with_extension("stderr")).is_ok_and(|expected| expected.starts_with("error[E0080]"))
}

/// Compiles every case in a package beside this one, and looks for our own sentences in what the compiler says.
fn check_sentences() {
    let package = package("ui-sentences", r#"["password", "django", "typed-routing", "openapi"]"#);
    for case in cases("pass") {
        let (passed, said) = compile(&package, &case);
        assert!(passed, "{} does not compile:\n{said}", case.display());
    }
    for case in cases("fail") {
        let (passed, said) = compile(&package, &case);
        assert!(!passed, "{} compiles", case.display());
        for sentence in own_sentences(&expectation(&case)) {
            assert!(
                said.contains(&sentence),
                "{}: the compiler does not say\n  {sentence}\nbut\n{said}",
                case.display()
            );
        }
    }
}

/// The messages of our macros, and those of our traits in place of rustc's "the trait bound .. is not satisfied".
fn own_sentences(expected: &str) -> Vec<String> {
    expected
        .lines()
        .filter_map(|line| {
            line.strip_prefix("error: ")
                .or_else(|| line.strip_prefix("error[E0277]: "))
                .or_else(|| line.strip_prefix("error[E0080]: "))
        })
        .filter(|message| !message.starts_with("the trait bound"))
        .map(str::to_owned)
        .collect()
}

/// What each case in `ui-without-features` says, in a build with none of the features.
#[test]
fn a_missing_feature_is_named() {
    let package = package("ui-without-features", "[]");
    let mut count = 0;
    for case in fs::read_dir("tests/ui-without-features").expect("cases") {
        let case = case.expect("a case").path();
        let text = fs::read_to_string(&case).expect("a case");
        let sentence = text.lines().next().and_then(|line| line.strip_prefix("// says: ")).expect("a sentence");
        let (passed, said) = compile(&package, &case);
        assert!(!passed && said.contains(sentence), "{}: not\n  {sentence}\nbut\n{said}", case.display());
        count += 1;
    }
    assert!(count > 5, "the cases have moved");
}

fn compile(package: &Path, case: &Path) -> (bool, String) {
    let source = fs::read(case).expect("a case");
    fs::write(package.join("src/main.rs"), source).expect("a place for the case");
    let output = Command::new(env!("CARGO"))
        // A `check` does not come to the assertions that wait for a handler to be routed.
        .args(["build", "--offline", "--quiet", "--color=never", "--manifest-path"])
        .arg(package.join("Cargo.toml"))
        // That of trybuild, for the dependencies that are the same.
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("../tests/trybuild"))
        .output()
        .expect("cargo");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.success(), said)
}

/// A package with the few dependencies of the cases, and this workspace's lock file.
fn package(name: &str, features: &str) -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(package.join("src")).expect("a directory");
    let runtime = tests.join("../../jwt-auth");
    let manifest = format!(
        "[package]\nname = \"ui\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         jwt-auth = {{ path = {runtime:?}, features = {features} }}\n\
         axum = {{ version = \"0.8.9\", default-features = false, features = [\"http1\", \"macros\", \"multipart\", \"query\", \"tokio\"] }}\n\
         axum-extra = {{ version = \"0.12.6\", default-features = false, features = [\"typed-routing\"] }}\n\
         serde = {{ version = \"1\", features = [\"derive\"] }}\n\
         utoipa = {{ version = \"6.0\", default-features = false, features = [\"macros\"] }}\n\
         tracing = {{ version = \"0.1.44\", features = [\"attributes\"] }}\n\n[workspace]\n"
    );
    fs::write(package.join("Cargo.toml"), manifest).expect("a manifest");
    fs::copy(tests.join("../../Cargo.lock"), package.join("Cargo.lock")).expect("a lock file");
    package
}

fn cases(kind: &str) -> Vec<PathBuf> {
    let ui = Path::new("tests/ui");
    let mut cases = Vec::new();
    for part in fs::read_dir(ui).expect("tests/ui") {
        let Ok(files) = fs::read_dir(part.expect("a folder").path().join(kind)) else {
            continue;
        };
        let files = files.map(|file| file.expect("a file").path());
        cases.extend(files.filter(|file| file.extension().is_some_and(|end| end == "rs")));
    }
    cases.sort();
    assert!(cases.len() > 4, "the cases have moved");
    cases
}

fn expectation(case: &Path) -> String {
    fs::read_to_string(case.with_extension("stderr")).expect("a .stderr beside each failing case")
}

fn compiler() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().expect("rustc");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
