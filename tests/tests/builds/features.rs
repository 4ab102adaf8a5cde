//! Features add, and change nothing: one program is built with three sets of them, and its lines are compared.

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// The settings that a feature brings; everything else is the same in every build.
const BROUGHT: [&str; 2] = ["password_hashers", "upgrade_password_hash"];

#[test]
fn no_line_changes_because_a_feature_is_on() {
    let mut few = lines_with("");
    few.retain(|line| !line.starts_with("word "));
    assert!(few.iter().filter(|line| line.starts_with("answer ")).count() > 150, "the program says too little");
    assert!(few.iter().any(|line| line.starts_with("answer GET /mine [good]: 200 ")), "nobody gets in");
    for features in ["readme", "all"] {
        let more = lines_with(features);
        let mut common = more.clone();
        common.retain(|line| {
            let setting = line.strip_prefix("setting ").and_then(|rest| rest.split([' ', ':']).nth(1));
            !setting.is_some_and(|name| BROUGHT.contains(&name)) && !line.starts_with("word ")
        });
        for (one, other) in few.iter().zip(&common) {
            assert_eq!(one, other, "with the features `{features}`");
        }
        assert_eq!(few.len(), common.len(), "with the features `{features}`");
        assert!(more.len() > few.len(), "the features `{features}` are not on");
        let of_format = |name: &str| {
            let begin = format!("setting with password_hashers {name}: ");
            more.iter().find_map(|line| line.strip_prefix(&begin)).expect("a line for each format")
        };
        for (format, feature) in [
            ("argon2id", ""),
            ("argon2", "django"),
            ("pbkdf2_sha256", "django"),
            ("pbkdf2_sha1", "django"),
            ("bcrypt_sha256", "django"),
            ("bcrypt", "django"),
            ("scrypt", "django"),
            ("mcf_bcrypt", "imported-hashes"),
            ("phc_scrypt", "imported-hashes"),
            ("phc_pbkdf2", "imported-hashes"),
        ] {
            let said = of_format(format);
            let wanted = format!("`{format}` needs the feature `{feature}`");
            let is_there = features == "all" || feature.is_empty();
            assert!(if is_there { said == "starts" } else { said.contains(&wanted) }, "{format}: {said}");
        }
    }
}

/// Every build knows the words of Django and of fetched keys, in code and in variables; one without the feature says what they need, and of which
/// setting it speaks.
#[test]
fn words_without_their_deed_are_refused_by_the_name_of_the_feature() {
    let (few, all) = (words(""), words("all"));
    assert!(few.len() > 17, "the program knows few words");
    assert_eq!(
        few.iter().map(|(name, _)| name).collect::<Vec<_>>(),
        all.iter().map(|(name, _)| name).collect::<Vec<_>>()
    );
    for (name, said) in few {
        let feature = if ["code jwk_url", "code issuer"].contains(&name.as_str()) { "jwks-client" } else { "django" };
        assert!(said.contains(&format!("feature `{feature}`")), "{name}: {said}");
        let setting = name.split(' ').nth(1).expect("a setting");
        assert!(name.starts_with("view") || said.contains(&format!("`{setting}`")), "{name}: {said}");
    }
    for (name, said) in all {
        assert_eq!(said, "starts", "{name}");
    }
}

/// What is said of each word.
fn words(features: &str) -> Vec<(String, String)> {
    let split = |line: &String| {
        let (name, said) = line.strip_prefix("word ")?.split_once(": ")?;
        Some((name.to_owned(), said.to_owned()))
    };
    lines_with(features).iter().filter_map(split).collect()
}

#[test]
fn all_features_are_all() {
    let manifest = fs::read_to_string(package().join("Cargo.toml")).expect("a manifest");
    let runtime = manifest_of("../jwt-auth");
    for feature in runtime["features"].as_object().expect("features").keys() {
        let is_on =
            ["default", "macros"].contains(&feature.as_str()) || manifest.contains(&format!("jwt-auth/{feature}\""));
        assert!(is_on, "tests/features/Cargo.toml does not turn `{feature}` on");
    }
}

fn lines_with(features: &str) -> Vec<String> {
    // One program for all features: between its build and its start nobody else may build it.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    // The versions of this workspace.
    fs::copy(place("../Cargo.lock"), package().join("Cargo.lock")).expect("a lock file");
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--features", features, "--manifest-path"])
        .arg(package().join("Cargo.toml"))
        .arg("--target-dir")
        .arg(place("../target"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "with `{features}`:\n{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    let lines: Vec<_> = text.lines().map(str::to_owned).collect();
    assert_eq!(lines.iter().collect::<BTreeSet<_>>().len(), lines.len(), "each line is about one thing");
    lines
}

fn manifest_of(package: &str) -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version=1", "--manifest-path"])
        .arg(place(package).join("Cargo.toml"))
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    packages.iter().find(|package| package["name"] == "jwt-auth").expect("the package").clone()
}

fn package() -> PathBuf {
    place("features")
}

fn place(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
