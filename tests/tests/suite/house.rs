//! The house rules that a machine can check.

use std::fs;
use std::path::{Path, PathBuf};

/// Floors of the runtime crate by the first folder or file of a path below `src`.
const FLOORS: [(&str, u8); 37] = [
    ("error", 0),
    ("settings", 0),
    ("clock", 0),
    ("claims", 0),
    ("secret", 0),
    ("revocation_claim", 0),
    ("naive_utc", 1),
    ("sqlite_place", 1),
    ("python", 1),
    ("pyjwt", 1),
    ("base64url", 1),
    ("compact", 1),
    ("char_field", 1),
    ("json", 1),
    ("keys", 1),
    ("sign", 1),
    ("sqlite_file", 1),
    ("verify", 1),
    ("password", 1),
    ("tokens", 2),
    ("user", 2),
    ("store", 2),
    ("revocation", 2),
    ("permissions", 3),
    ("audit", 3),
    ("grants", 3),
    ("auth", 3),
    ("authentication", 3),
    ("builder", 3),
    ("current_session", 3),
    ("flows", 3),
    ("long_lived", 3),
    ("http", 4),
    ("testing", 5),
    ("openapi", 5),
    ("jsonwebtoken", 5),
    ("bin", 5),
];

/// Words that a lower floor may take from above: plain enums that settings and errors are written in.
const WORDS: [&str; 3] = ["keys::Algorithm", "password::HashFormat", "tokens::TokenClass"];

#[test]
fn imports_go_down_the_floors() {
    let mut faults = Vec::new();
    for (path, text) in sources("../jwt-auth/src") {
        let Some(own) = floor(&path) else { continue };
        for line in code(&text).filter(|line| line.starts_with("use crate::") || line.starts_with("pub use crate::")) {
            let target = line.trim_start_matches("pub ").trim_start_matches("use crate::");
            if WORDS.iter().any(|word| target.starts_with(word)) {
                continue;
            }
            let room = target.split([':', ';']).next().unwrap_or_default();
            let known = FLOORS.iter().find(|(name, _)| *name == room);
            if let Some((_, floor)) = known
                && *floor > own
            {
                faults.push(format!("{}: {line}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "imports that go up:\n{}", faults.join("\n"));
}

#[test]
fn libraries_are_named_in_their_rooms_only() {
    let rooms: [(&str, &[&str]); 7] = [
        ("axum::", &["http", "lib.rs", "__private.rs", "openapi", "testing"]),
        ("axum_extra::", &["http"]),
        ("sqlx::", &["store/django", "store/postgres", "store/sqlite", "user/", "sqlite_file.rs"]),
        ("jsonwebtoken::", &["jsonwebtoken/"]),
        ("argon2::", &["password"]),
        ("clap::", &["bin"]),
        ("utoipa::", &["http", "openapi"]),
    ];
    let mut faults = Vec::new();
    for (path, text) in sources("../jwt-auth/src") {
        for (library, allowed) in rooms {
            let here = path.to_string_lossy().replace('\\', "/");
            if allowed.iter().any(|room| here.contains(&format!("src/{room}"))) {
                continue;
            }
            for line in code(&text).filter(|line| line.contains(library)) {
                faults.push(format!("{here}: {line}"));
            }
        }
    }
    assert!(faults.is_empty(), "libraries outside their rooms:\n{}", faults.join("\n"));
}

/// sqlx is before its version 1, so each of its minor releases is another crate to the compiler.
#[test]
fn what_takes_a_pool_of_the_application_says_of_which_sqlx() {
    let version =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml")).expect("the manifest");
    let version = version.lines().find_map(|line| line.strip_prefix("sqlx = { version = \"")).expect("sqlx");
    let said = format!("sqlx {}", version.split('"').next().expect("a version"));
    let mut found = Vec::new();
    for (path, text) in sources("../jwt-auth/src") {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for (at, line) in lines.iter().enumerate() {
            let public = line.starts_with("pub fn ") || line.starts_with("pub async fn ");
            if !(public && (line.contains("Pool") || line.contains("sqlx::"))) {
                continue;
            }
            let above = lines[..at].iter().rev().take_while(|line| line.starts_with("///") || line.starts_with("#["));
            let docs: Vec<&str> = above.copied().collect();
            let docs = docs.join(" ");
            assert!(docs.contains(&said) && docs.contains("`connect`"), "{}: {line}", path.display());
            found.push(line.split('(').next().unwrap_or_default().to_owned());
        }
    }
    found.sort();
    assert_eq!(found, ["pub async fn from_pool", "pub async fn from_pool", "pub fn from_pg_pool", "pub fn from_pool"]);
}

/// The macros compute the name from their version (`paths.rs`), and the runtime has to write it down.
#[test]
fn the_module_of_the_macros_has_the_version() {
    let version = env!("CARGO_PKG_VERSION").replace(|letter: char| !letter.is_ascii_alphanumeric(), "_");
    let lib = fs::read_to_string("../jwt-auth/src/lib.rs").expect("lib.rs");
    assert!(lib.contains(&format!("pub mod __private_{version};")), "lib.rs has no `__private_{version}`");
    let workspace = fs::read_to_string("../Cargo.toml").expect("the workspace");
    let exact =
        format!("jwt-auth-macros = {{ path = \"jwt-auth-macros\", version = \"={}\" }}", env!("CARGO_PKG_VERSION"));
    assert!(workspace.contains(&exact), "the runtime takes macros of another version");
}

#[test]
fn verify_is_small_and_plain() {
    let mut lines = 0;
    for (path, text) in sources("../jwt-auth/src/verify") {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        lines += code.lines().count();
        for word in ["axum", "sqlx", "async ", ".await"] {
            assert!(!code.contains(word), "{} says {word}", path.display());
        }
    }
    assert!(lines > 0 && lines < 800, "verify/ has {lines} lines");
}

#[test]
fn files_stay_readable() {
    let roots = [
        ("../jwt-auth/src", 420),
        ("../jwt-auth-macros/src", 420),
        ("../examples/src", 200),
        ("src", 420),
        ("tests", 520),
    ];
    for (root, most) in roots {
        for (path, text) in sources(root) {
            let lines = text.lines().count();
            assert!(lines <= most, "{} has {lines} lines", path.display());
        }
    }
}

#[test]
fn nothing_is_left_undone() {
    for root in ["../jwt-auth/src", "../jwt-auth-macros/src", "../examples/src"] {
        for (path, text) in sources(root) {
            let own = text.split("#[cfg(test)]").next().unwrap_or_default();
            for word in ["todo!", "unimplemented!", "FIXME", "XXX", "unwrap_or(false)", "dbg!"] {
                assert!(!code(own).any(|line| line.contains(word)), "{} says {word}", path.display());
            }
        }
    }
}

fn floor(path: &Path) -> Option<u8> {
    let below = path.iter().skip_while(|part| *part != "src").nth(1)?.to_str()?;
    let room = below.trim_end_matches(".rs");
    FLOORS.iter().find(|(name, _)| *name == room).map(|(_, floor)| *floor)
}

/// Lines that are not comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.starts_with("//"))
}

fn sources(root: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(root);
    let mut found = Vec::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&entry).expect("source text");
                found.push((entry, text));
            }
        }
    }
    assert!(!found.is_empty());
    found
}
