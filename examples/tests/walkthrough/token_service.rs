//! The token service as an operator runs it: tables by the command, settings from the environment, real sockets.

use jwt_auth::Secret;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

static KEY: LazyLock<Secret> = LazyLock::new(|| Secret::generate().expect("random numbers"));

#[test]
fn log_in_call_refresh_log_out() {
    let service = Service::start("flow");
    let (status, body) = service.post("/api/token/", r#"{"username":"test","password":"test"}"#);
    assert_eq!(status, 200, "{body}");
    let (access, refresh) = (member(&body, "access"), member(&body, "refresh"));
    for path in ["/api/some-protected-route/", "/api/some-protected-route", "/api/public-route/"] {
        let (status, body) = service.get(path, Some(&access));
        assert_eq!(status, 200, "{path} {body}");
        assert!(
            body.starts_with(r#"{"user_id":1,"username":"test","is_staff":false,"is_superuser":false,"kind":"User","#),
            "{body}"
        );
    }
    let (status, body) = service.get("/api/stateless-protected-route/", Some(&access));
    assert_eq!(status, 200);
    assert!(body.starts_with(r#"{"user_id":"1","username":"","is_staff":false,"#), "{body}");
    assert!(body.contains(r#""claims":{"token_type":"access","exp":"#), "{body}");
    for path in ["/api/staff-route/", "/api/stateless-staff-route/"] {
        assert_eq!(service.get(path, Some(&access)).0, 403);
        assert_eq!(service.get(path, None).0, 401);
    }
    assert!(service.get("/api/public-route/", None).1.starts_with(r#"{"user_id":null,"username":"","is_staff":false"#));

    let (status, body) = service.post("/api/token/refresh/", &format!(r#"{{"refresh":"{refresh}"}}"#));
    assert_eq!(status, 200, "{body}");
    let next = member(&body, "refresh");
    assert_eq!(service.post("/api/token/blacklist/", &format!(r#"{{"refresh":"{next}"}}"#)), (200, "{}".to_owned()));
    assert_eq!(service.post("/api/token/refresh/", &format!(r#"{{"refresh":"{next}"}}"#)).0, 401);
    assert_eq!(service.get("/api/stateless-protected-route/", Some(&access)).0, 401, "logged out is logged out");
}

#[test]
fn a_user_sees_and_ends_logins() {
    let service = Service::start("sessions");
    let login = || service.post("/api/token/", r#"{"username":"test","password":"test"}"#).1;
    let (first, second) = (member(&login(), "access"), member(&login(), "access"));
    let (status, list) = service.get("/api/sessions/", Some(&second));
    assert_eq!(
        (status, list.matches(r#""current":true"#).count(), list.matches(r#""sid""#).count()),
        (200, 1, 2),
        "{list}"
    );
    assert_eq!(service.call("POST", "/api/logout/all/", Some(&second)), (200, "{}".to_owned()));
    for access in [&first, &second] {
        assert_eq!(service.get("/api/sessions/", Some(access)).0, 401);
    }
    assert_eq!(service.get("/.well-known/jwks.json", None), (200, r#"{"keys":[]}"#.to_owned()), "the key is a secret");
}

#[test]
fn sessions_survive_a_restart() {
    let mut service = Service::start("restart");
    let (_, body) = service.post("/api/token/", r#"{"username":"test","password":"test"}"#);
    let (access, refresh) = (member(&body, "access"), member(&body, "refresh"));
    let (_, other) = service.post("/api/token/", r#"{"username":"test","password":"test"}"#);
    let ended = member(&other, "refresh");
    assert_eq!(service.post("/api/token/blacklist/", &format!(r#"{{"refresh":"{ended}"}}"#)).0, 200);
    let revoked = member(&other, "access");
    service.process.kill().expect("killed");
    service.process.wait().expect("its end");
    service.run();
    assert_eq!(service.get("/api/stateless-protected-route/", Some(&access)).0, 200);
    assert_eq!(service.get("/api/stateless-protected-route/", Some(&revoked)).0, 401, "revocations are loaded first");
    assert_eq!(service.post("/api/token/refresh/", &format!(r#"{{"refresh":"{refresh}"}}"#)).0, 200);
    assert_eq!(service.post("/api/token/refresh/", &format!(r#"{{"refresh":"{ended}"}}"#)).0, 401);
}

#[test]
fn another_process_hears_of_a_logout() {
    let first = Service::start("two");
    let second = Service {
        process: spawn(&first.folder, FILE),
        folder: first.folder.clone(),
        address: String::new(),
        owner: false,
    };
    let second = second.listening();
    let (_, body) = first.post("/api/token/", r#"{"username":"test","password":"test"}"#);
    let (access, refresh) = (member(&body, "access"), member(&body, "refresh"));
    assert_eq!(second.get("/api/stateless-protected-route/", Some(&access)).0, 200);
    assert_eq!(first.post("/api/token/blacklist/", &format!(r#"{{"refresh":"{refresh}"}}"#)).0, 200);
    let begin = Instant::now();
    while second.get("/api/stateless-protected-route/", Some(&access)).0 != 401 {
        assert!(begin.elapsed() < Duration::from_secs(20), "the other process never heard of it");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[cfg(unix)]
#[test]
fn a_store_that_is_gone_is_503_and_comes_back() {
    let service = Service::start("gone");
    assert_eq!(service.get("/healthz", None).0, 200);
    let (_, body) = service.post("/api/token/", r#"{"username":"test","password":"test"}"#);
    let refresh = format!(r#"{{"refresh":"{}"}}"#, member(&body, "refresh"));
    let database = service.folder.join("service.db");
    let away = service.folder.join("away.db");
    std::fs::rename(&database, &away).expect("moved away");
    let answer = service.raw(&Service::posted("/api/token/refresh/", &refresh));
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("\r\nretry-after: 1\r\n"), "{answer}");
    assert_eq!(service.get("/healthz", None).0, 503);
    std::fs::rename(&away, &database).expect("moved back");
    assert_eq!(service.post("/api/token/refresh/", &refresh).0, 200, "nobody was logged out");
}

#[cfg(unix)]
#[test]
fn it_stops_when_asked_to() {
    let mut service = Service::start("stop");
    let id = service.process.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill").success());
    let begin = Instant::now();
    let status = loop {
        if let Some(status) = service.process.try_wait().expect("its state") {
            break status;
        }
        assert!(begin.elapsed() < Duration::from_secs(20), "it does not stop");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(status.success());
}

#[test]
fn faults_stop_the_start_with_all_their_reasons() {
    let folder = folder("faults");
    let output = Command::new(env!("CARGO_BIN_EXE_token_service"))
        .current_dir(&folder)
        .env_clear()
        .env("JWT_AUTH_LEEWAY", "soon")
        .env("JWT_AUTH_ACESS_TOKEN_LIFETIME", "5m")
        .output()
        .expect("the service");
    let _ = std::fs::remove_dir_all(&folder);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success());
    for word in ["JWT_AUTH_LEEWAY", "did you mean", "access_token_lifetime", "signing_key"] {
        assert!(said.contains(word), "{word} is not in:\n{said}");
    }
}

#[test]
fn a_mistyped_address_of_djangos_database_makes_no_file() {
    let folder = folder("mistyped");
    let said = refusal(&folder, &[("DATABASE_URL", "sqlite:no-such.db"), ("JWT_AUTH_STORE", "django")]);
    assert!(said.contains("no-such.db"), "{said}");
    assert!(!folder.join("no-such.db").exists());
    let _ = std::fs::remove_dir_all(&folder);
}

#[test]
fn a_user_table_that_is_not_there_is_named() {
    let folder = folder("tables");
    seed(&format!("sqlite://{}", folder.join("service.db").display()));
    for (variable, name) in [("JWT_AUTH_USER_TABLE", "shop_customer"), ("JWT_AUTH_USERNAME_FIELD", "e_mail")] {
        let said = refusal(&folder, &[("DATABASE_URL", "sqlite:service.db"), (variable, name)]);
        assert!(said.contains(name) && said.contains(&variable["JWT_AUTH_".len()..].to_lowercase()), "{said}");
    }
    let _ = std::fs::remove_dir_all(&folder);
}

/// Tokens in cookies without TLS are for this machine.
#[test]
fn cookies_in_clear_are_served_on_a_loopback_address_only() {
    let folder = folder("cookies");
    for bind in ["0.0.0.0:0", "[::]:0", "shop.example:8000"] {
        let said =
            refusal(&folder, &[("BIND", bind), ("JWT_AUTH_COOKIES", "true"), ("JWT_AUTH_COOKIE_SECURE", "false")]);
        assert!(said.contains("`cookie_secure`") && said.contains("BIND"), "{bind}: {said}");
    }
    let _ = std::fs::remove_dir_all(&folder);
}

pub(super) struct Service {
    process: Child,
    folder: PathBuf,
    address: String,
    owner: bool,
}

impl Service {
    fn start(name: &str) -> Self {
        let folder = folder(name);
        seed(&format!("sqlite://{}", folder.join("service.db").display()));
        Self { process: spawn(&folder, FILE), folder, address: String::new(), owner: true }.listening()
    }

    /// On this database, which has the user.
    pub(super) fn on(name: &str, database: &str) -> Self {
        let folder = folder(name);
        Self { process: spawn(&folder, database), folder, address: String::new(), owner: true }.listening()
    }

    fn run(&mut self) {
        self.process = spawn(&self.folder, FILE);
        self.address = address_of(&mut self.process);
    }

    fn listening(mut self) -> Self {
        self.address = address_of(&mut self.process);
        self
    }

    pub(super) fn post(&self, path: &str, body: &str) -> (u16, String) {
        self.send(&Self::posted(path, body))
    }

    pub(super) fn posted(path: &str, body: &str) -> String {
        let length = body.len();
        format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )
    }

    pub(super) fn get(&self, path: &str, token: Option<&str>) -> (u16, String) {
        self.call("GET", path, token)
    }

    fn call(&self, method: &str, path: &str, token: Option<&str>) -> (u16, String) {
        let authorization = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        self.send(&format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{authorization}\r\n"))
    }

    pub(super) fn raw(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    fn send(&self, request: &str) -> (u16, String) {
        let answer = self.raw(request);
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        (status, body.to_owned())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if self.owner {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

/// In the folder of a service.
const FILE: &str = "sqlite:service.db";

fn spawn(folder: &Path, database: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_token_service"))
        .current_dir(folder)
        .env("BIND", "127.0.0.1:0")
        .env("DATABASE_URL", database)
        .env("JWT_AUTH_SIGNING_KEY", KEY.expose())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the service")
}

/// What the service says when it does not start.
fn refusal(folder: &Path, environment: &[(&str, &str)]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_token_service"))
        .current_dir(folder)
        .env("JWT_AUTH_SIGNING_KEY", KEY.expose())
        .envs(environment.iter().copied())
        .output()
        .expect("the service");
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn address_of(process: &mut Child) -> String {
    let mut line = String::new();
    let output = process.stdout.take().expect("its output");
    BufReader::new(output).read_line(&mut line).expect("text");
    line.trim().strip_prefix("listening on http://").unwrap_or_else(|| panic!("it said {line:?}")).to_owned()
}

/// A user table with `test`/`test` in it.
pub(super) fn seed(url: &str) {
    use jwt_auth::{SqlUserStore, password::PasswordHasher};
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let users = SqlUserStore::connect(url).await.expect("a database");
        users.migrate().await.expect("a table");
        let hasher = PasswordHasher::argon2id(8, 1, 1).expect("parameters");
        users.create("test", &hasher.hash("test").expect("a hash")).await.expect("a user");
    });
}

pub(super) fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("service-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&path).expect("a folder");
    path
}

pub(super) fn member(body: &str, name: &str) -> String {
    let (_, rest) = body.split_once(&format!("\"{name}\":\"")).unwrap_or_else(|| panic!("no {name} in {body}"));
    rest.split('"').next().unwrap_or_default().to_owned()
}
