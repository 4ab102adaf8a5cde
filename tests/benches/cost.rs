//! What a request costs: CPU time of the service per request over loopback, against a bare route that gets the same request, in
//! interleaved turns (9; `COST_TURNS` sets another number), as the median with the smallest and the greatest. Within a turn the routes are
//! asked in slices one after the other, since how often threads sleep and wake changes from second to second, for all of them. Prints:
//!
//! - `GET`: a bare route, a guarded one, and one that loads its user by `SqlUserStore` from SQLite;
//! - `POST`: a bare route, and the refresh view over SQLite, durable, with 4 clients; where PostgreSQL is installed over that as well,
//!   with the number of its transactions.

use axum::Router;
use http::header::CONTENT_TYPE;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::store::{PostgresStore, SqliteStore};
use jwt_auth::{AuthUser, CurrentUser, JwtAuth, Secret, Settings, SqlUserStore, TokenUser, protected, token_routes};
use jwt_auth_tests::postgres::Postgres;
use jwt_auth_tests::scratch::Scratch;
use serde_json::{Value, json};
use std::error::Error;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread;

/// Clients at once.
const CLIENTS: usize = 4;

/// Requests of a client in one slice.
const GETS: usize = 500;
const POSTS: usize = 50;

/// Slices of each route in one turn.
const SLICES: usize = 20;

/// Tells a child which database it is the service of.
const SERVICE: &str = "COST_SERVICE";

#[protected]
async fn stateless(user: TokenUser) -> String {
    user.id().to_owned()
}

#[protected(user)]
async fn loaded(CurrentUser(user): CurrentUser<AuthUser>) -> String {
    user.id.to_string()
}

#[token_routes("/api/token")]
fn urls() -> GuardedRouter<JwtAuth<AuthUser>> {
    GuardedRouter::new().route("/stateless", get(stateless)).route("/loaded", get(loaded))
}

/// What the guarded routes answer, and what the refresh view does with the body before it knows it.
fn bare() -> Router {
    Router::new()
        .route("/bare", axum::routing::get(async || "1".to_owned()))
        .route("/bare-post", axum::routing::post(async |axum::Json(body): axum::Json<Value>| axum::Json(body)))
}

fn main() {
    if let Ok(database) = std::env::var(SERVICE) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(serve(&database)).expect("the service runs");
        return;
    }
    let turns = std::env::var("COST_TURNS").map_or(9, |number| number.parse().expect("a number"));
    let scratch = Scratch::new("cost");
    let service = Service::start(&scratch.next_database());
    let paths = ["/bare", "/stateless", "/loaded"];
    let mut clients: Vec<Client> = (0..CLIENTS).map(|_| Client::log_in(service.port)).collect();
    let spent = measure(&service, &mut clients, turns, paths.len(), GETS, |client, kind| client.get(paths[kind]));
    report("GET, bare", &spent[0], &spent[0], None);
    report("GET, guarded", &spent[1], &spent[0], Some(1.08));
    report("GET, guarded, user from SQLite, against the guarded one", &spent[2], &spent[1], Some(2.5));
    refreshes("SQLite", &service, &mut clients, turns, Some(12.0));
    drop(service);
    if let Some(server) = Postgres::start() {
        let service = Service::start(&server.url());
        let mut clients: Vec<Client> = (0..CLIENTS).map(|_| Client::log_in(service.port)).collect();
        refreshes("PostgreSQL", &service, &mut clients, turns, None);
        let before = transactions(&server);
        on_all(&mut clients, |client| (0..POSTS * SLICES).for_each(|_| client.refresh()));
        let each = (transactions(&server) - before) as f64 / (CLIENTS * POSTS * SLICES) as f64;
        println!("POST, refresh on PostgreSQL: {each:.2} transactions each");
    }
}

fn refreshes(store: &str, service: &Service, clients: &mut [Client], turns: usize, goal: Option<f64>) {
    let spent = measure(service, clients, turns, 2, POSTS, |client, kind| match kind {
        0 => client.post_bare(),
        _ => client.refresh(),
    });
    report("POST, bare", &spent[0], &spent[0], None);
    report(&format!("POST, refresh on {store}"), &spent[1], &spent[0], goal);
}

/// The CPU time of a request of each kind in each turn, in seconds.
fn measure(
    service: &Service,
    clients: &mut [Client],
    turns: usize,
    kinds: usize,
    requests: usize,
    ask: impl Fn(&mut Client, usize) + Sync,
) -> Vec<Vec<f64>> {
    let mut spent = vec![Vec::new(); kinds];
    for turn in 0..=turns {
        let mut times = vec![0.0; kinds];
        for slice in 0..SLICES {
            for place in 0..kinds {
                let kind = (turn + slice + place) % kinds;
                let before = service.cpu();
                on_all(clients, |client| (0..requests).for_each(|_| ask(client, kind)));
                times[kind] += service.cpu() - before;
            }
        }
        // The first turn fills caches and pools.
        if turn > 0 {
            let count = (clients.len() * requests * SLICES) as f64;
            spent.iter_mut().zip(times).for_each(|(spent, time)| spent.push(time / count));
        }
    }
    spent
}

/// Prints the median of the turns, and the median of the ratios turn by turn.
fn report(what: &str, spent: &[f64], base: &[f64], goal: Option<f64>) {
    let ratios: Vec<f64> = spent.iter().zip(base).map(|(spent, base)| spent / base).collect();
    let (micros, ratio) = (sorted(spent), sorted(&ratios));
    let middle = micros.len() / 2;
    let mut line = format!("{what}: {:.1} us of CPU", micros[middle] * 1e6);
    if spent != base {
        let last = ratio.len() - 1;
        write!(line, ", {:.2} x ({:.2} to {:.2})", ratio[middle], ratio[0], ratio[last]).expect("a String takes it");
    }
    if let Some(goal) = goal {
        write!(line, " (goal: {goal} at most)").expect("a String takes it");
    }
    println!("{line}");
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values
}

fn on_all(clients: &mut [Client], work: impl Fn(&mut Client) + Sync) {
    thread::scope(|scope| clients.iter_mut().for_each(|client| drop(scope.spawn(|| work(client)))));
}

fn transactions(server: &Postgres) -> i64 {
    // What a backend did is counted when it is idle for a moment.
    thread::sleep(std::time::Duration::from_secs(2));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let pool = sqlx::PgPool::connect(&server.url()).await.expect("the server answers");
        sqlx::query_scalar("SELECT xact_commit FROM pg_stat_database WHERE datname = 'postgres'")
            .fetch_one(&pool)
            .await
            .expect("a number")
    })
}

async fn serve(database: &str) -> Result<(), Box<dyn Error>> {
    let users = SqlUserStore::connect(database).await?;
    users.migrate().await?.get_or_create("test", "test").await?;
    // Each client is one, behind one address.
    let settings = Settings { login_throttle: false, ..Settings::new(Secret::generate()?) };
    let builder = JwtAuth::builder(settings).users(users);
    let auth = match database.starts_with("sqlite") {
        true => builder.store(SqliteStore::connect(database).await?).start().await?,
        false => builder.store(PostgresStore::connect(database).await?).start().await?,
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    axum::serve(listener, urls().with_state(auth).merge(bare())).await?;
    Ok(())
}

struct Service {
    child: Child,
    port: u16,
}

impl Service {
    fn start(database: &str) -> Self {
        let program = std::env::current_exe().expect("this program");
        let mut child =
            Command::new(program).env(SERVICE, database).stdout(Stdio::piped()).spawn().expect("the service starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
        Self { child, port: line.trim().parse().expect("a port") }
    }

    /// User and system time of its threads so far, in seconds.
    fn cpu(&self) -> f64 {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("Linux");
        let nanos = |thread: std::io::Result<std::fs::DirEntry>| {
            // A thread may end meanwhile.
            let text = std::fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
            text.split_whitespace().next()?.parse::<u64>().ok()
        };
        threads.filter_map(nanos).sum::<u64>() as f64 / 1e9
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.child.kill().expect("it ran");
        self.child.wait().expect("it is over");
    }
}

/// One connection that is kept, and one login.
struct Client {
    connection: BufReader<TcpStream>,
    access: String,
    refresh: String,
}

impl Client {
    fn log_in(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("the service listens");
        stream.set_nodelay(true).expect("a socket");
        let mut client = Self { connection: BufReader::new(stream), access: String::new(), refresh: String::new() };
        let answer = client.post("/api/token/", &json!({ "username": "test", "password": "test" }));
        client.take(&answer);
        client
    }

    fn get(&mut self, path: &str) {
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n\r\n", self.access);
        let body = self.ask(&request);
        assert_eq!(body, b"1");
    }

    fn post_bare(&mut self) {
        let body = json!({ "refresh": self.refresh });
        self.post("/bare-post", &body);
    }

    fn refresh(&mut self) {
        let answer = self.post("/api/token/refresh/", &json!({ "refresh": self.refresh }));
        self.take(&answer);
    }

    fn take(&mut self, answer: &Value) {
        let text = |name: &str| answer[name].as_str().unwrap_or_else(|| panic!("{name} is missing")).to_owned();
        (self.access, self.refresh) = (text("access"), text("refresh"));
    }

    fn post(&mut self, path: &str, body: &Value) -> Value {
        let body = body.to_string();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\n{CONTENT_TYPE}: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        serde_json::from_slice(&self.ask(&request)).expect("JSON")
    }

    fn ask(&mut self, request: &str) -> Vec<u8> {
        self.connection.get_mut().write_all(request.as_bytes()).expect("sent");
        let (mut line, mut length) = (String::new(), 0);
        self.connection.read_line(&mut line).expect("an answer");
        assert!(line.contains(" 200 "), "{line}");
        loop {
            line.clear();
            self.connection.read_line(&mut line).expect("a header");
            if line == "\r\n" {
                break;
            }
            if let Some(("content-length", value)) = line.split_once(": ") {
                length = value.trim().parse().expect("a number");
            }
        }
        let mut body = vec![0; length];
        self.connection.read_exact(&mut body).expect("a body");
        body
    }
}
