//! What a login tells by the time that it takes, and what a storm of logins does to other requests. Prints these figures:
//!
//! - the median of each kind of failure, of interleaved samples (2,000 of each; `LOGIN_SAMPLES` sets another number), and the greatest
//!   difference between two of them in parts of one password hash;
//! - the median of refusals (429) for a user with a hundred sessions and for a name that is nobody's, and their difference;
//! - the 99th percentile of guarded requests over loopback, idle and while 64 logins are under way.

use axum::Router;
use axum::body::Body;
use http::Request;
use http_body_util::BodyExt;
use hyper_util::rt::TokioIo;
use jwt_auth::password::PasswordHasher;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::store::MemoryStore;
use jwt_auth::user::{Identity, MemoryUsers, User};
use jwt_auth::{Claims, Client, JwtAuth, Secret, Settings, protected, token_routes};
use jwt_auth_tests::{Caller, post};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

#[derive(Clone)]
struct Account {
    name: &'static str,
    hash: String,
    is_active: bool,
    is_locked: bool,
}

impl User for Account {
    fn identity(&self) -> Identity<'_> {
        Identity { id: self.name.to_owned(), password_hash: &self.hash, is_active: self.is_active }
    }

    fn may_log_in(&self) -> bool {
        !self.is_locked
    }
}

#[protected]
async fn guarded() -> &'static str {
    "ok"
}

#[token_routes("/api/token")]
fn urls() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new().route("/guarded", get(guarded))
}

/// Names, and the password that is tried.
const KINDS: [(&str, &str, &str); 5] = [
    ("unknown", "nobody", "lovelace"),
    ("wrong", "ada", "not lovelace"),
    ("inactive", "inactive", "lovelace"),
    ("locked", "locked", "lovelace"),
    ("unusable", "unusable", "lovelace"),
];

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (router, auth) = runtime.block_on(service(false));
    runtime.block_on(times(&router));
    runtime.block_on(refusals());
    runtime.block_on(storm(router, &auth));
}

async fn service(login_throttle: bool) -> (Router, JwtAuth<Account>) {
    let users = MemoryUsers::new(|user: &Account| user.name);
    let hash = PasswordHasher::default().hash("lovelace").expect("a hash");
    for name in ["ada", "inactive", "locked", "unusable"] {
        let hash = if name == "unusable" { "!".to_owned() } else { hash.clone() };
        users.put(Account { name, hash, is_active: name != "inactive", is_locked: name == "locked" });
    }
    // What a try tells is the question, and the throttle lets nobody ask it so often.
    let settings = Settings { login_throttle, ..Settings::new(Secret::generate().expect("random bytes")) };
    let builder = JwtAuth::builder(settings).users(users).store(MemoryStore::new());
    let auth = builder.start().await.expect("good settings");
    (urls().with_state(auth.clone()), auth)
}

async fn times(router: &Router) {
    let samples = std::env::var("LOGIN_SAMPLES").map_or(2000, |number| number.parse().expect("a number"));
    let mut taken: [Vec<Duration>; KINDS.len()] = std::array::from_fn(|_| Vec::with_capacity(samples));
    let mut hash = Vec::new();
    let hasher = PasswordHasher::default();
    let stored = hasher.hash("lovelace").expect("a hash");
    for round in 0..samples {
        // Another one first each time: what a core does after another thing is no property of a kind.
        for place in 0..KINDS.len() {
            let kind = (round + place) % KINDS.len();
            let (_, username, password) = KINDS[kind];
            let begun = Instant::now();
            let answer = post(router, "/api/token/", json!({ "username": username, "password": password })).await;
            taken[kind].push(begun.elapsed());
            assert_eq!(answer.status, 401, "{}", answer.text);
        }
        if round % 10 == 0 {
            let begun = Instant::now();
            assert!(!hasher.verify(&"another".into(), Some(&stored)));
            hash.push(begun.elapsed());
        }
    }
    let hash = median(hash);
    let medians = taken.map(median);
    for ((kind, ..), median) in KINDS.iter().zip(medians) {
        println!("login that fails, {kind}: {:.3} ms (median of {samples})", median.as_secs_f64() * 1e3);
    }
    let most = *medians.iter().max().expect("kinds") - *medians.iter().min().expect("kinds");
    println!(
        "greatest difference of two medians: {:.3} ms, {:.2} % of a hash of {:.3} ms (goal: less than 3 %)",
        most.as_secs_f64() * 1e3,
        most.as_secs_f64() / hash.as_secs_f64() * 1e2,
        hash.as_secs_f64() * 1e3
    );
}

async fn refusals() {
    const SAMPLES: usize = 200;
    let (router, auth) = service(true).await;
    let owner = Client { ip: Some("192.0.2.1".to_owned()), user_agent: None };
    for _ in 0..100 {
        auth.obtain("ada", "lovelace".into(), owner.clone()).await.expect("a session");
    }
    let stranger = Caller::at(&router, "198.51.100.1");
    let kinds = ["ada", "nobody"];
    // Where a wait is over meanwhile, another failure begins the next one.
    let mut taken: [Vec<Duration>; 2] = std::array::from_fn(|_| Vec::with_capacity(SAMPLES));
    for round in 0..SAMPLES {
        for place in 0..kinds.len() {
            let kind = (round + place) % kinds.len();
            let elapsed = loop {
                let begun = Instant::now();
                match stranger.try_login(kinds[kind], "not lovelace").await {
                    429 => break begun.elapsed(),
                    status => assert_eq!(status, 401),
                }
            };
            taken[kind].push(elapsed);
        }
    }
    let [known, unknown] = taken.map(median).map(|time| time.as_secs_f64() * 1e3);
    println!(
        "refused login: {known:.3} ms for a user with a hundred sessions, {unknown:.3} ms for nobody: {:.3} ms apart",
        (known - unknown).abs()
    );
}

async fn storm(router: Router, auth: &JwtAuth<Account>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    let service = router.clone().into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    let token = auth.access_token_for("ada", &Claims::new()).expect("a token");
    let header = format!("Bearer {}", token.expose());
    measure(address, &header, 2000).await;
    let idle = measure(address, &header, 5000).await;
    let (is_over, logins) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let storm: Vec<_> = (0..64)
        .map(|_| {
            let (router, is_over, logins) = (router.clone(), Arc::clone(&is_over), Arc::clone(&logins));
            tokio::spawn(async move {
                while !is_over.load(Ordering::Relaxed) {
                    let answer =
                        post(&router, "/api/token/", json!({ "username": "ada", "password": "lovelace" })).await;
                    assert_eq!(answer.status, 200, "{}", answer.text);
                    logins.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let busy = measure(address, &header, 5000).await;
    is_over.store(true, Ordering::Relaxed);
    for login in storm {
        login.await.expect("a login");
    }
    println!(
        "guarded requests, 99th percentile: {:.3} ms idle, {:.3} ms during a storm of 64 logins ({} done): {:.2} x (goal: 3 at most)",
        idle.as_secs_f64() * 1e3,
        busy.as_secs_f64() * 1e3,
        logins.load(Ordering::Relaxed),
        busy.as_secs_f64() / idle.as_secs_f64()
    );
}

/// The 99th percentile of so many requests, one every half millisecond at the most.
async fn measure(address: SocketAddr, header: &str, requests: usize) -> Duration {
    let stream = tokio::net::TcpStream::connect(address).await.expect("a connection");
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("a handshake");
    tokio::spawn(connection);
    let mut taken = Vec::with_capacity(requests);
    for _ in 0..requests {
        let request = Request::builder().uri("/guarded").header("host", "localhost").header("authorization", header);
        let begun = Instant::now();
        let answer = sender.send_request(request.body(Body::empty()).expect("a request")).await.expect("an answer");
        assert!(answer.status().is_success());
        answer.into_body().collect().await.expect("a body");
        taken.push(begun.elapsed());
        tokio::time::sleep(Duration::from_micros(500)).await;
    }
    taken.sort_unstable();
    taken[taken.len() * 99 / 100]
}

fn median(mut taken: Vec<Duration>) -> Duration {
    taken.sort_unstable();
    taken[taken.len() / 2]
}
