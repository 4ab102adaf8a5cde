//! The `jwt-auth` command as a shell runs it.

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
    let long = folder.run(&["token", "7", "--lifetime", "1h"], "");
    assert!(text(&long.stderr).contains("access_token_lifetime"), "{}", text(&long.stderr));
    let cut = text(&made.stdout).trim().trim_end_matches(|c| c != '.').to_owned();
    assert_ok(&folder.run(&["inspect", &format!("{cut}AAAA")], ""), "BadSignature");
    let junk = folder.run(&["inspect", "junk"], "");
    assert!(!junk.status.success());
    assert!(text(&junk.stderr).contains("this is no token"), "{}", text(&junk.stderr));
}

#[test]
fn check_reports_every_fault_and_no_key() {
    let folder = Folder::new("check");
    assert_ok(&folder.run(&["check"], ""), "settings are valid");
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
    let lines = |said: &str, cost: &str| said.lines().filter(|line| line.contains(cost)).count();
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
