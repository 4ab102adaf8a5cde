//! The house rules that a machine can check.

use std::fs;
use std::path::{Path, PathBuf};

/// Floors of the runtime crate by the first folder or file of a path below `src`.
const FLOORS: [(&str, u8); 27] = [
    ("error", 0),
    ("settings", 0),
    ("clock", 0),
    ("claims", 0),
    ("secret", 0),
    ("base64url", 1),
    ("compact", 1),
    ("char_field", 1),
    ("json", 1),
    ("keys", 1),
    ("sql", 1),
    ("verify", 1),
    ("password", 1),
    ("tokens", 2),
    ("user", 2),
    ("store", 2),
    ("revocation", 2),
    ("jwks", 2),
    ("permissions", 3),
    ("audit", 3),
    ("auth", 3),
    ("flows", 3),
    ("http", 4),
    ("testing", 5),
    ("openapi", 5),
    ("jsonwebtoken", 5),
    ("bin", 5),
];

/// What stands beside the floors: the crate's own file, what the macros name, the guides; and the wing, which has doors.
const BESIDE: [&str; 4] = ["lib", "__private", "guides", "django"];

/// Words that a lower floor may take from above: plain enums that settings and errors are written in.
const WORDS: [&str; 3] = ["keys::Algorithm", "password::HashFormat", "tokens::TokenClass"];

/// The doors of the wing: who on the floors names something of Django's, and what. The wing itself names whom it likes; nothing else may
/// go in a circle.
const DOORS: [(&str, &[&str]); 14] = [
    ("auth/authenticate.rs", &["Ledger"]),
    ("auth/builder.rs", &["Ledger", "Tables"]),
    ("auth/mod.rs", &["Ledger"]),
    ("http/routes.rs", &["sliding_view"]),
    ("http/routing/mod.rs", &["drf_negotiation"]),
    ("http/view_protocol.rs", &["PROTOCOL"]),
    ("http/views/mod.rs", &["TokenRefreshSlidingRequest", "TokenSlidingResponse"]),
    ("http/views/operations.rs", &["sliding_operation"]),
    ("password/scheme.rs", &["SCHEMES"]),
    ("settings/check.rs", &["without_deed"]),
    ("settings/profile.rs", &["RULES", "RULES_6"]),
    ("store/mod.rs", &["DjangoStore", "Flush", "Flushed", "OutstandingToken", "TokenBlacklist"]),
    ("user/any.rs", &["password_mark"]),
    ("verify/policy.rs", &["POLICY"]),
];

#[test]
fn imports_go_down_the_floors() {
    let mut faults = Vec::new();
    for (path, text) in sources("../jwt-auth/src") {
        let room = room(&path);
        let own = floor(&room);
        if own.is_none() {
            if !BESIDE.contains(&room.as_str()) {
                faults.push(format!("{}: a room without a floor", path.display()));
            }
            continue;
        }
        for line in code(&text) {
            for target in line.split("crate::").skip(1).flat_map(targets) {
                if WORDS.iter().any(|word| target.starts_with(word)) {
                    continue;
                }
                let named = target.split("::").next().unwrap_or_default();
                match floor(named) {
                    Some(floor) if Some(floor) > own => faults.push(format!("{}: {line}", path.display())),
                    None if !BESIDE.contains(&named) && Path::new("../jwt-auth/src").join(named).exists() => {
                        faults.push(format!("{}: `{named}` has no floor", path.display()));
                    }
                    _ => {}
                }
            }
        }
    }
    assert!(faults.is_empty(), "imports that go up:\n{}", faults.join("\n"));
}

#[test]
fn the_wing_is_entered_by_its_doors() {
    let mut found = Vec::new();
    for (path, text) in sources("../jwt-auth/src") {
        let here = below_src(&path);
        if here.starts_with("django/") {
            continue;
        }
        let text: String = code(&text).collect::<Vec<_>>().join(" ");
        let mut names: Vec<String> = text.split("crate::django::").skip(1).flat_map(names).collect();
        names.sort();
        names.dedup();
        assert!(!names.is_empty() || !text.contains("crate::django"), "{here} names the wing as a whole");
        if !names.is_empty() {
            found.push((here, names));
        }
    }
    found.sort();
    let doors: Vec<(String, Vec<String>)> = DOORS
        .iter()
        .map(|(file, names)| ((*file).to_owned(), names.iter().map(|name| (*name).to_owned()).collect()))
        .collect();
    assert_eq!(found, doors);
    assert!(doors.len() <= 15, "the wing has {} doors", doors.len());
}

/// `django` is asked for in the wing, and outside of it only where a name is handed on or a stand-in chosen.
#[test]
fn the_core_reads_as_if_django_did_not_exist() {
    let mut attributes = Vec::new();
    for (path, text) in sources("../jwt-auth/src") {
        let here = below_src(&path);
        assert!(!text.contains("is_simple_jwt"), "{here} asks for the profile");
        if !here.starts_with("django/") {
            let lines = code(&text).filter(|line| line.contains("feature = \"django\""));
            attributes.extend(lines.map(|line| format!("{here}: {line}")));
        }
    }
    assert!(attributes.len() <= 15, "{} attributes outside the wing:\n{}", attributes.len(), attributes.join("\n"));
}

#[test]
fn few_files_stand_at_the_root() {
    let files = sources("../jwt-auth/src").into_iter().map(|(path, _)| below_src(&path));
    let files: Vec<String> = files.filter(|path| !path.contains('/')).collect();
    assert!(files.len() <= 8, "{files:?}");
}

#[test]
fn libraries_are_named_in_their_rooms_only() {
    let rooms: [(&str, &[&str]); 8] = [
        (
            "axum::",
            &[
                "http",
                "django/metadata.rs",
                "django/negotiation.rs",
                "django/protocol.rs",
                "django/sliding/views.rs",
                "lib.rs",
                "__private.rs",
                "openapi",
                "testing",
            ],
        ),
        ("axum_extra::", &["http"]),
        ("sqlx::", &["django/store", "store/postgres", "store/sqlite", "user/", "sql/"]),
        ("jsonwebtoken::", &["jsonwebtoken/"]),
        ("reqwest::", &["jwks/http_client.rs"]),
        ("argon2::", &["password", "django/password"]),
        ("clap::", &["bin"]),
        ("utoipa::", &["http", "openapi", "django/sliding/views.rs"]),
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
        ("../jwt-auth/src", 400),
        ("../jwt-auth-macros/src", 400),
        ("../examples/src", 200),
        ("../examples/tests", 400),
        ("src", 400),
        ("tests", 400),
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

/// The first folder or file below `src`.
fn room(path: &Path) -> String {
    below_src(path).split('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned()
}

fn below_src(path: &Path) -> String {
    let path = path.to_string_lossy().replace('\\', "/");
    path.rsplit_once("/jwt-auth/src/").map_or(path.clone(), |(_, below)| below.to_owned())
}

fn floor(room: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == room).map(|(_, floor)| *floor)
}

/// The name at the end of a path, or those of the list that it ends with.
fn names(path: &str) -> Vec<String> {
    let end = path.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(path.len());
    let (path, behind) = path.split_at(end);
    let list = match behind.strip_prefix('{') {
        Some(list) => list.split('}').next().unwrap_or_default(),
        None => path.rsplit("::").next().unwrap_or_default(),
    };
    list.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

/// The paths behind a `crate::`: one, or those of a list.
fn targets(rest: &str) -> Vec<&str> {
    match rest.strip_prefix('{') {
        Some(list) => list.split('}').next().unwrap_or_default().split(',').map(str::trim).collect(),
        None => vec![rest.split([' ', ';', ',', ')', '<', '(']).next().unwrap_or_default()],
    }
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
