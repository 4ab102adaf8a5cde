//! The `jwt-auth` command on a PostgreSQL database.
#![cfg(feature = "cli")]

#[allow(dead_code, unreachable_pub)]
#[path = "../../tests/src/postgres.rs"]
mod postgres;
#[allow(dead_code, unreachable_pub)]
#[path = "../../tests/src/scratch.rs"]
mod scratch;

use jwt_auth::store::PostgresStore;
use jwt_auth::{Claims, Client, JwtAuth, Settings};
use postgres::Postgres;
use sqlx::{Connection, PgConnection};
use std::io::Write;
use std::process::{Command, Output, Stdio};

const KEY: &str = "a signing key of the command's tests, long enough for HS256";

#[test]
fn the_command_does_on_postgresql_what_it_does_on_sqlite() {
    let Some(server) = Postgres::start() else { return };
    let database = server.next_database();
    let run = |arguments: &[&str], input: &str| run(&database, arguments, input);
    let refused = run(&["sessions", "list", "7"], "");
    assert!(said(&refused).contains("has none of our tables"), "{}", said(&refused));
    for _ in 0..2 {
        ok(&run(&["migrate"], ""), "tables are up to date");
    }
    ok(&run(&["createuser", "ann", "--password-stdin"], "a long enough one\n"), "created user ann with id 1");
    ok(&run(&["check"], ""), "settings are valid");

    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let log_in = |user: &str| {
        runtime.block_on(async {
            let store = PostgresStore::connect(&database).await.expect("opens");
            let auth: JwtAuth = JwtAuth::builder(Settings::new(KEY)).store(store).start().await.expect("starts");
            let token = auth.refresh_token_for(user, &Claims::new()).expect("a token");
            auth.refresh(token.expose(), Client::default()).await.expect("a session");
        });
    };
    let sessions = |user: &str| {
        let listed = run(&["sessions", "list", user], "");
        ok(&listed, "");
        String::from_utf8_lossy(&listed.stdout).lines().map(str::to_owned).collect::<Vec<_>>()
    };
    for _ in 0..3 {
        log_in("1");
    }
    let listed = sessions("1");
    assert_eq!(listed.len(), 3);
    let name = listed[0].split(' ').next().expect("a name");
    ok(&run(&["sessions", "revoke", name], ""), "ended");
    assert!(said(&run(&["sessions", "revoke", name], "")).contains("no such session lives"));
    assert_eq!(sessions("1").len(), 2);
    ok(&run(&["changepassword", "ann", "--password-stdin"], "another long one\n"), "the user's sessions are over");
    assert_eq!(sessions("1").len(), 0);
    ok(&run(&["createuser", "bob", "--password-stdin"], "a long enough one\n"), "created user bob with id 2");
    log_in("2");
    ok(&run(&["disableuser", "bob"], ""), "disabled; the user's sessions are over");
    assert_eq!(sessions("2").len(), 0);
    assert!(said(&run(&["disableuser", "eve"], "")).contains("no user `eve`"));
    log_in("3");
    ok(&run(&["namespace", "reset"], ""), "ended 1 session(s) of the namespace \"\" and forgot 1 key(s)");
    ok(&run(&["namespace", "reset"], ""), "ended 0 session(s)");
    log_in("4");
    let made = run(&["keys", "generate"], "");
    let (key, kid) = (String::from_utf8_lossy(&made.stdout).into_owned(), said(&made).trim().replace("kid ", ""));
    runtime.block_on(async {
        let store = PostgresStore::connect(&database).await.expect("opens");
        let settings = Settings { key_ring: vec![key.into()], ..Settings::new(KEY) };
        let _: JwtAuth = JwtAuth::builder(settings).store(store).start().await.expect("starts");
    });
    // A public key is known by the node that had it; the command need not hold it.
    ok(&run(&["keys", "status"], ""), "(no kid) HS256 signs, not staged");
    ok(&run(&["keys", "stage", &kid], ""), "staged");
    ok(&run(&["keys", "activate", &kid], ""), "the secret in `signing_key` has no `key_id`");
    ok(&run(&["keys", "status"], ""), &format!("{kid} - staged, signs from "));
    ok(&run(&["keys", "compromise", &kid], ""), "ended 1 session(s)");
    ok(&run(&["keys", "status"], ""), &format!("{kid} - removed, compromised at "));
    let told = runtime.block_on(async {
        let sql = "SELECT event || ' ' || COALESCE(code, '-') || ' ' || user_id FROM jwt_auth_audit ORDER BY id";
        let mut connection = PgConnection::connect(&database).await.expect("connects");
        sqlx::query_scalar::<_, String>(sql).fetch_all(&mut connection).await.expect("reads")
    });
    let expected = [
        "session.revoked - 1",
        "sessions.revoked_all password_changed 1",
        "sessions.revoked_all user_disabled 2",
        "session.revoked namespace_reset 3",
        "key.compromised - ",
        "session.revoked key_compromised 4",
    ];
    assert_eq!(told, expected);
}

fn run(database: &str, arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jwt-auth"));
    command.args(arguments).env("DATABASE_URL", database).env("JWT_AUTH_SIGNING_KEY", KEY);
    command.env("JWT_AUTH_AUDIT_TABLE", "true");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn().expect("the command");
    // A command that does not read its input may have closed it.
    let _ = process.stdin.take().expect("its input").write_all(input.as_bytes());
    process.wait_with_output().expect("its end")
}

fn ok(output: &Output, expected: &str) {
    assert!(output.status.success(), "{}", said(output));
    assert!(String::from_utf8_lossy(&output.stdout).contains(expected), "{output:?}");
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
