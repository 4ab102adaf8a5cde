//! The `jwt-auth` command as a shell runs it.

use jwt_auth::store::SqliteStore;
use jwt_auth::{Claims, Client, JwtAuth, Settings};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const KEY: &str = "a signing key of the command's tests, long enough for HS256";

#[test]
fn a_user_is_made_once_and_changed() {
    let folder = Folder::new("users");
    assert_ok(&folder.run(&["migrate"], ""), "tables are up to date");
    assert_ok(&folder.run(&["migrate"], ""), "tables are up to date");
    assert_ok(
        &folder.run(&["createuser", "ann", "--password-stdin", "--staff"], "first\n"),
        "created user ann with id 1",
    );
    let again = folder.run(&["createuser", "ann", "--password-stdin"], "first\n");
    assert!(!again.status.success());
    assert!(text(&again.stderr).contains("there is already a user `ann`"), "{}", text(&again.stderr));
    assert_ok(&folder.run(&["changepassword", "ann", "--password-stdin"], "second\n"), "changed");
    assert_ok(&folder.run(&["disableuser", "ann"], ""), "disabled; the user's sessions are over");
    let unknown = folder.run(&["disableuser", "bob"], "");
    assert!(text(&unknown.stderr).contains("no user `bob`"), "{}", text(&unknown.stderr));
    let nobody = folder.run(&["changepassword", "bob", "--password-stdin"], "x\n");
    assert!(text(&nobody.stderr).contains("no user `bob`"), "{}", text(&nobody.stderr));
}

#[test]
fn a_password_comes_from_standard_input_only() {
    let folder = Folder::new("password");
    assert_ok(&folder.run(&["migrate"], ""), "");
    let silent = folder.run(&["createuser", "ann", "--password-stdin"], "");
    assert!(text(&silent.stderr).contains("no password on standard input"), "{}", text(&silent.stderr));
    let argument = folder.run(&["createuser", "ann", "secret"], "");
    assert!(!argument.status.success());
}

/// Users made by a script keep the passwords it chose, and whoever runs it is told; a shell of people asks for more.
#[test]
fn names_and_passwords_are_judged() {
    let folder = Folder::new("judged");
    assert_ok(&folder.run(&["migrate"], ""), "");
    for (name, reason) in [(" ann", "begins or ends with white space"), ("", "is empty"), ("ann\u{1f}", "white space")]
    {
        let refused = folder.run(&["createuser", name, "--password-stdin"], "a long enough one\n");
        assert!(!refused.status.success());
        assert!(text(&refused.stderr).contains(reason), "{name:?}: {}", text(&refused.stderr));
    }
    let weak = folder.run(&["createuser", "ann", "--password-stdin", "--refuse-weak"], "password1\n");
    assert!(!weak.status.success() && text(&weak.stderr).contains("too common"), "{}", text(&weak.stderr));
    let warned = folder.run(&["createuser", "ann", "--password-stdin"], "ann\n");
    assert_ok(&warned, "created user ann with id 1");
    for word in ["warning: This password is too short", "warning: The password is too similar to the username"] {
        assert!(text(&warned.stderr).contains(word), "{}", text(&warned.stderr));
    }
    let weak = folder.run(&["changepassword", "ann", "--password-stdin", "--refuse-weak"], "short\n");
    assert!(!weak.status.success(), "{}", text(&weak.stdout));
    let good = folder.run(&["changepassword", "ann", "--password-stdin", "--refuse-weak"], "a long enough one\n");
    assert_ok(&good, "changed");
    assert_eq!(text(&good.stderr), "");
}

#[test]
fn without_tables_the_command_says_what_to_run() {
    let folder = Folder::new("no-tables");
    let output = folder.run(&["createuser", "ann", "--password-stdin"], "x\n");
    assert!(!output.status.success());
    assert!(text(&output.stderr).contains("jwt-auth migrate"), "{}", text(&output.stderr));
}

#[test]
fn a_token_is_made_and_inspected() {
    let folder = Folder::new("token");
    let made =
        folder.run(&["token", "7", "--claim", "tenant=acme", "--claim", "roles=[\"a\"]", "--lifetime", "2m"], "");
    assert_ok(&made, "eyJ");
    let shown = folder.run(&["inspect"], &text(&made.stdout));
    assert_ok(&shown, "\"tenant\": \"acme\"");
    assert_ok(&shown, "\"user_id\": \"7\"");
    assert_ok(&shown, "verdict: good");
    // Longer than the settings say: what the key has signed is good to its end.
    let long = folder.run(&["token", "7", "--lifetime", "90d"], "");
    assert_ok(&folder.run(&["inspect", text(&long.stdout).trim()], ""), "verdict: good");
    let cut = text(&made.stdout).trim().trim_end_matches(|c| c != '.').to_owned();
    assert_ok(&folder.run(&["inspect", &format!("{cut}AAAA")], ""), "BadSignature");
    let junk = folder.run(&["inspect", "junk"], "");
    assert!(!junk.status.success());
    assert!(text(&junk.stderr).contains("this is no token"), "{}", text(&junk.stderr));
}

#[test]
fn check_reports_every_fault_and_no_key() {
    let folder = Folder::new("check");
    let sound = folder.run(&["check"], "");
    assert_ok(&sound, "settings are valid");
    assert_ok(&sound, "tokens that name an audience are refused");
    for (setting, what) in Settings::changes_that_end_sessions() {
        assert_ok(&sound, &format!("`{setting}`: {what}"));
    }
    let output =
        folder.command(&["check"]).env("JWT_AUTH_LEEWAY", "soon").env("JWT_AUTH_ACESS_TOKEN_LIFETIME", "5m").output();
    let output = output.expect("the command");
    let said = text(&output.stderr);
    assert!(!output.status.success());
    assert!(said.contains("JWT_AUTH_LEEWAY") && said.contains("access_token_lifetime"), "{said}");
    assert!(!said.contains(KEY));
    let short = folder.command(&["check"]).env("JWT_AUTH_SIGNING_KEY", "short").output().expect("the command");
    assert!(text(&short.stderr).contains("HS256 needs at least 32"), "{}", text(&short.stderr));
}

/// What a service that has issued tokens without them pays for an audience or an issuer.
#[test]
fn check_says_what_an_audience_or_an_issuer_costs() {
    let folder = Folder::new("costs");
    let said = |vars: &[(&str, &str)]| {
        let output = folder.command(&["check"]).envs(vars.iter().copied()).output().expect("the command");
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let lines = |said: &str, cost: &str| {
        said.lines().filter(|line| line.starts_with("warning: ") && line.contains(cost)).count()
    };
    let sessions = said(&[]);
    assert_eq!((lines(&sessions, "sessions go on"), lines(&sessions, "users log in again")), (2, 0), "{sessions}");
    let stateless = said(&[("JWT_AUTH_ROTATE_REFRESH_TOKENS", "false")]);
    assert_eq!((lines(&stateless, "sessions go on"), lines(&stateless, "users log in again")), (0, 2), "{stateless}");
    let named = said(&[("JWT_AUTH_AUDIENCE", "shop"), ("JWT_AUTH_ISSUER", "https://id.example")]);
    assert_eq!(lines(&named, "go on") + lines(&named, "again"), 0, "{named}");
}

#[test]
fn check_reads_a_file_and_the_environment_goes_over_it() {
    let folder = Folder::new("file");
    let file = folder.0.join("settings.toml");
    fs::write(&file, "leeway = \"soon\"\n").expect("a file");
    let output = folder.run(&["check", "--config", &file.to_string_lossy()], "");
    assert!(text(&output.stderr).contains("settings.toml"), "{}", text(&output.stderr));
    let output = folder.command(&["check", "--config"]).arg(&file).env("JWT_AUTH_LEEWAY", "10s").output();
    assert_ok(&output.expect("the command"), "settings are valid");
}

#[test]
fn a_namespace_is_reset_and_check_says_what_a_changed_key_takes() {
    let folder = Folder::new("namespace");
    let missing = folder.run(&["namespace", "reset"], "");
    assert!(!missing.status.success() && !folder.0.join("users.db").exists(), "a mistyped address is not made");
    assert_ok(&folder.run(&["check"], ""), "were not looked at");
    assert!(!folder.0.join("users.db").exists());

    folder.use_session(Settings::new(KEY));
    folder.use_session(Settings { namespace: "shop".to_owned(), ..Settings::new(KEY) });
    assert_ok(&folder.run(&["check"], ""), "settings are valid; 2 warning(s)");
    let with = |name: &str, value: &str, arguments: &[&str]| {
        folder.command(arguments).env(name, value).output().expect("the command")
    };
    let other = "another key of the command's tests, long enough for HS256";
    let strange = with("JWT_AUTH_SIGNING_KEY", other, &["check"]);
    assert!(!strange.status.success());
    for said in ["1 session(s) live", "`namespace`", "`fallback_keys`", "`jwt-auth namespace reset`"] {
        assert!(text(&strange.stderr).contains(said), "{said}: {}", text(&strange.stderr));
    }
    folder.use_session(Settings { fallback_keys: vec![KEY.into()], ..Settings::new(other) });
    let dropped = with("JWT_AUTH_SIGNING_KEY", other, &["check"]);
    assert_ok(&dropped, "1 key(s) that were accepted");
    assert_ok(&dropped, "3 warning(s)");

    assert_ok(&folder.run(&["namespace", "reset"], ""), "ended 2 session(s) of the namespace \"\" and forgot 2 key(s)");
    assert_ok(&folder.run(&["namespace", "reset"], ""), "ended 0 session(s) of the namespace \"\" and forgot 0 key(s)");
    assert_ok(&with("JWT_AUTH_SIGNING_KEY", other, &["check"]), "2 warning(s)");
    let shop = with("JWT_AUTH_NAMESPACE", "shop", &["namespace", "reset"]);
    assert_ok(&shop, "ended 1 session(s) of the namespace \"shop\" and forgot 1 key(s)");
}

#[test]
fn sessions_are_listed_page_by_page_and_ended_one_by_one() {
    let folder = Folder::new("sessions");
    assert!(!folder.run(&["sessions", "list", "7"], "").status.success());
    assert!(!folder.0.join("users.db").exists(), "a mistyped address is not made");
    folder.use_sessions(103, Settings { max_sessions_per_user: None, ..Settings::new(KEY) });
    let listed = folder.run(&["sessions", "list", "7"], "");
    assert_ok(&listed, "Z");
    let listed = text(&listed.stdout);
    let names: Vec<&str> = listed.lines().filter_map(|line| line.split(' ').next()).collect();
    let different: std::collections::HashSet<&&str> = names.iter().collect();
    assert_eq!((names.len(), different.len()), (103, 103), "more than a page, each once");
    assert_eq!(text(&folder.run(&["sessions", "list", "8"], "").stdout), "");

    assert_ok(&folder.run(&["sessions", "revoke", names[102]], ""), "ended");
    let again = folder.run(&["sessions", "revoke", names[102]], "");
    assert!(!again.status.success() && text(&again.stderr).contains("no such session lives"));
    let other = folder.run(&["sessions", "revoke", "7"], "");
    assert!(!other.status.success() && text(&other.stderr).contains("32 hex digits"));
    let left = folder.run(&["sessions", "list", "7"], "");
    assert_eq!(text(&left.stdout).lines().count(), 102);
}

/// The whole life of a key, from the first secret on.
#[test]
fn keys_are_made_staged_activated_and_given_up() {
    let folder = Folder::new("keys");
    let made = |algorithm: &str| {
        let made = folder.run(&["keys", "generate", "--algorithm", algorithm], "");
        assert!(made.status.success(), "{}", text(&made.stderr));
        let said = text(&made.stderr);
        (text(&made.stdout), said.trim().strip_prefix("kid ").expect("a name").to_owned())
    };
    let (first, one) = made("EdDSA");
    let (second, two) = made("ES256");
    let (secret, three) = made("HS256");
    for algorithm in ["ES384", "PS256", "HS512"] {
        made(algorithm);
    }
    assert!(first.starts_with("-----BEGIN PRIVATE KEY-----\n") && one.len() == 43, "{one}");
    let unknown = folder.run(&["keys", "generate", "--algorithm", "none"], "");
    assert!(!unknown.status.success() && text(&unknown.stderr).contains("EdDSA"), "{}", text(&unknown.stderr));

    let ring = [&first, &second, &secret];
    let settings = || Settings {
        key_id: Some("2026".to_owned()),
        key_ring: ring.iter().map(|key| key.as_str().into()).collect(),
        ..Settings::new(KEY)
    };
    let keys = |arguments: &[&str]| {
        let ring = serde_json::to_string(&ring).expect("JSON");
        let mut command = folder.command(&[&["keys"], arguments].concat());
        command.env("JWT_AUTH_KEY_RING", ring).env("JWT_AUTH_KEY_ID", "2026");
        command.env("JWT_AUTH_REVOCATION_SYNC_INTERVAL", "100ms").env("JWT_AUTH_AUDIT_TABLE", "true");
        command.output().expect("the command")
    };
    let refused = |output: &Output, why: &str| {
        assert!(!output.status.success(), "{}", text(&output.stdout));
        assert!(text(&output.stderr).contains(why), "{}", text(&output.stderr));
    };
    folder.use_session(Settings { key_id: Some("2026".to_owned()), ..Settings::new(KEY) });
    refused(&keys(&["stage", &one]), "no node of the namespace \"\" has started with the key");
    folder.use_session(settings());
    assert_ok(&keys(&["status"]), "2026 HS256 signs, not staged");
    assert_ok(&keys(&["status"]), &format!("{one} EdDSA accepted, not staged"));
    refused(&keys(&["stage", "nobody"]), "no key is called nobody");
    refused(&keys(&["activate", &one]), "it is not staged");
    for kid in [&one, &two, &three] {
        assert_ok(&keys(&["stage", kid]), "published, and signs nothing yet");
    }
    refused(&keys(&["stage", &one]), "it is staged already");
    refused(&keys(&["retire", "2026"]), "no other key could sign");
    let agreed = keys(&["activate", &one]);
    assert_ok(&agreed, &format!("active: {one} signs from "));
    assert_ok(&agreed, "retiring: 2026 signs until then, and what it signed is accepted until ");
    assert_ok(&keys(&["status"]), "2026 HS256 active, signs until ");
    let soon = keys(&["activate", &one, "--in", "300ms"]);
    assert_ok(&soon, "warning: services that fetched the published keys before ");
    std::thread::sleep(std::time::Duration::from_millis(400));
    assert_ok(&keys(&["status"]), &format!("{one} EdDSA active\n"));
    assert_ok(&keys(&["status"]), "2026 HS256 retiring, accepted until ");
    assert_ok(&keys(&["retire", &three]), "retiring: what ");
    assert_ok(&keys(&["status"]), &format!("{three} HS256 removed, at "));

    let stolen = keys(&["compromise", &one]);
    assert_ok(&stolen, &format!("compromised: every node refuses what {one} signed within 200ms; {two} signs"));
    assert_ok(&stolen, "ended 2 session(s) of the namespace \"\"");
    assert_ok(&keys(&["status"]), &format!("{one} EdDSA removed, compromised at "));
    assert_ok(&keys(&["status"]), &format!("{two} ES256 active\n"));
    // Once more, as after an interruption.
    assert_ok(&keys(&["compromise", &one]), "ended 0 session(s) of the namespace");
    refused(&keys(&["activate", &one]), "no key comes back from that");
    // A node that comes now signs with the next one, and the command knows keys that it does not hold.
    folder.use_session(settings());
    assert_ok(&folder.run(&["keys", "status"], ""), &format!("{one} - removed, compromised at "));
    assert_ok(&folder.run(&["keys", "compromise", &two], ""), "; 2026 signs");
    let alone = Settings { algorithm: jwt_auth::keys::Algorithm::EdDSA, ..Settings::new(first.as_str()) };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let start = runtime.block_on(async {
        let address = format!("sqlite://{}", folder.0.join("users.db").display());
        let store = SqliteStore::connect(&address).await.expect("opens");
        JwtAuth::builder(alone).store(store).start().await.map(drop)
    });
    assert!(start.expect_err("a stolen key").to_string().contains("removed from the schedule"));
}

/// A check beside a running service of another release changes nothing under it.
#[test]
fn check_leaves_tables_of_another_release_alone() {
    let folder = Folder::new("check-old");
    let old = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/tables_4/sessions.sqlite");
    fs::copy(old, folder.0.join("users.db")).expect("a copy");
    let before = fs::read(folder.0.join("users.db")).expect("a file");
    assert_ok(&folder.run(&["check"], ""), "the start of the service brings them up to date");
    assert_eq!(fs::read(folder.0.join("users.db")).expect("a file"), before);
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("cli-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jwt-auth"));
        command
            .args(arguments)
            .current_dir(&self.0)
            .env("DATABASE_URL", "sqlite:users.db")
            .env("JWT_AUTH_SIGNING_KEY", KEY);
        command
    }

    fn use_session(&self, settings: Settings) {
        self.use_sessions(1, settings);
    }

    /// A service with these settings starts, hands out sessions, and stops.
    fn use_sessions(&self, count: usize, settings: Settings) {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let address = format!("sqlite://{}", self.0.join("users.db").display());
            let store = SqliteStore::connect(&address).await.expect("opens");
            let auth = JwtAuth::builder(settings).store(store).start().await.expect("starts");
            for _ in 0..count {
                let token = auth.refresh_token_for("7", &Claims::new()).expect("a token");
                auth.refresh(token.expose(), Client::default()).await.expect("a session");
            }
        });
    }

    fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().expect("the command");
        // A command that does not read its input may have closed it.
        let _ = process.stdin.take().expect("its input").write_all(input.as_bytes());
        process.wait_with_output().expect("its end")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn assert_ok(output: &Output, expected: &str) {
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains(expected), "{}", text(&output.stdout));
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
