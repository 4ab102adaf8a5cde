//! The SQLite store under `kill -9`, and both SQL stores shared by several processes.

use jwt_auth::settings::ReusePolicy;
use jwt_auth::store::{AnyTokenStore, Move, TokenStore};
use jwt_auth::{AuthError, Claims, Client, JwtAuth, Settings};
use jwt_auth_tests::KEY;
use jwt_auth_tests::long;
use jwt_auth_tests::postgres::Postgres;
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::sessions::{START, login, open_any as open, present, session_id};
use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

/// Tells a child process what to do; unset in the test run itself.
const ROLE: &str = "JWT_AUTH_TEST_ROLE";
const DATABASE: &str = "JWT_AUTH_TEST_DATABASE";

/// Generations, and ids to be spent, in the races of three processes.
const RACE: u64 = 300;

/// Not a test of its own: what the child processes of the others run.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let (Ok(role), Ok(address)) = (std::env::var(ROLE), std::env::var(DATABASE)) else {
        return;
    };
    let store = Arc::new(open(&address).await);
    match role.as_str() {
        "recover" | "revoke" => refresh_as_told(&role, AnyTokenStore::clone(&store)).await,
        "load" => {
            eight(|task| {
                let store = Arc::clone(&store);
                async move { move_for_ever(&store, task).await }
            })
            .await;
        }
        role => {
            say("ready".to_owned());
            for line in std::io::stdin().lines() {
                let number = number(&line.expect("a word to start"));
                eight(|_| {
                    let (store, spends) = (Arc::clone(&store), role == "spend");
                    async move { if spends { spend(&store, number).await } else { rotate(&store, number).await } }
                })
                .await;
                say(format!("tried {number}"));
            }
        }
    }
}

async fn eight<F: Future<Output = ()> + Send + 'static>(task: impl Fn(u64) -> F) {
    let tasks: Vec<_> = (0..8).map(|number| tokio::spawn(task(number))).collect();
    for task in tasks {
        task.await.expect("a task finishes");
    }
}

/// Reports every move after it was acknowledged.
async fn move_for_ever(store: &AnyTokenStore, sid: u64) {
    let found = store.find(session_id(sid)).await.expect("reads");
    let mut generation = found.expect("the session exists").generation;
    loop {
        let outcome = present(store, sid, generation, START).await.expect("moves");
        let Move::Rotated(session) = outcome else { panic!("alone with its token: {outcome:?}") };
        generation = session.generation;
        say(format!("moved {sid} {generation}"));
    }
}

async fn rotate(store: &AnyTokenStore, generation: u64) {
    match present(store, 0, generation, START).await.expect("moves") {
        Move::Rotated(session) => {
            assert_eq!(session.generation, generation + 1);
            say(format!("did {generation}"));
        }
        Move::Replayed(session) => assert_eq!(session.generation, generation + 1),
        Move::Conflict => (),
        other => panic!("{other:?}"),
    }
}

async fn spend(store: &AnyTokenStore, number: u64) {
    let first = store.spend(&format!("ticket {number}"), START.after(Duration::from_secs(60)), START).await;
    if first.expect("spends") {
        say(format!("did {number}"));
    }
}

/// Refreshes a token so many times at once, for each line; says how many were answered, were to wait, and were refused, and with what.
async fn refresh_as_told(policy: &str, store: AnyTokenStore) {
    let auth = service(policy, store).await;
    say("ready".to_owned());
    for line in std::io::stdin().lines() {
        let line = line.expect("a token");
        let (count, token) = line.split_once(' ').expect("how often and what");
        let tasks: Vec<_> = (0..number(count))
            .map(|_| {
                let (auth, token) = (auth.clone(), token.to_owned());
                tokio::spawn(async move { auth.refresh(&token, client()).await })
            })
            .collect();
        let (mut good, mut conflicts, mut ended, mut successors) = (0, 0, 0, HashSet::new());
        for task in tasks {
            match task.await.expect("a task finishes") {
                Ok(tokens) => {
                    good += 1;
                    successors.insert(tokens.refresh.expect("rotation is on").expose().to_owned());
                }
                Err(AuthError::RefreshConflict) => conflicts += 1,
                Err(AuthError::SessionEnded(_)) => ended += 1,
                Err(other) => panic!("{other:?}"),
            }
        }
        let successors: Vec<_> = successors.into_iter().collect();
        say(format!("got {good} {conflicts} {ended} {}", successors.join(",")));
    }
}

async fn service(policy: &str, store: AnyTokenStore) -> JwtAuth {
    let mut settings = Settings::new(KEY);
    if policy == "revoke" {
        (settings.refresh_reuse_policy, settings.refresh_reuse_grace) = (ReusePolicy::Revoke, Duration::ZERO);
    }
    JwtAuth::builder(settings).store(store).start().await.expect("starts")
}

fn client() -> Client {
    Client { ip: Some("192.0.2.7".to_owned()), user_agent: Some("one browser".to_owned()) }
}

fn say(line: String) {
    // One write, so that lines of several tasks do not mix; libtest captures `println!`, not this.
    std::io::stdout().write_all(format!("\n@ {line}\n").as_bytes()).expect("the parent reads");
}

fn spawn(role: &str, address: &str) -> Child {
    Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "child", "--nocapture", "--test-threads=1"])
        .env(ROLE, role)
        .env(DATABASE, address)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts")
}

fn lines(child: &mut Child) -> impl Iterator<Item = Vec<String>> + use<> {
    let stdout = child.stdout.take().expect("piped");
    BufReader::new(stdout).lines().filter_map(|line| {
        let line = line.ok()?;
        let words = line.strip_prefix("@ ")?.split(' ');
        Some(words.map(str::to_owned).collect())
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_under_load_loses_no_acknowledged_move() {
    let scratch = Scratch::new("kill");
    let address = scratch.next_database();
    {
        let store = open(&address).await;
        for sid in 0..8 {
            store.create(login(sid), None).await.expect("stores");
        }
    }
    let mut acknowledged: HashMap<u64, u64> = HashMap::new();
    for round in 0..if long() { 30 } else { 4 } {
        let mut child = spawn("load", &address);
        let lines = lines(&mut child);
        let (all_got_on, wait_for_all) = tokio::sync::oneshot::channel();
        let reading = std::thread::spawn(move || {
            let mut last = HashMap::new();
            let mut all_got_on = Some(all_got_on);
            for words in lines {
                let [_, sid, generation] = words.as_slice() else { panic!("{words:?}") };
                last.insert(number(sid), number(generation));
                if let Some(tell) = all_got_on.take_if(|_| last.len() == 8) {
                    let _ = tell.send(());
                }
            }
            last
        });
        wait_for_all.await.expect("every task gets on");
        tokio::time::sleep(Duration::from_millis(300 + 37 * round)).await;
        child.kill().expect("SIGKILL");
        child.wait().expect("it is gone");
        acknowledged.extend(reading.join().expect("reads to the end"));

        let store = open(&address).await;
        for (&sid, &generation) in &acknowledged {
            let found = store.find(session_id(sid)).await.expect("reads");
            let stored = found.expect("it exists").generation;
            assert!(
                stored == generation || stored == generation + 1,
                "session {sid}: acknowledged {generation}, stored {stored}"
            );
        }
    }
    // No spent generation came back to life.
    let store = open(&address).await;
    let later = START.after(Duration::from_secs(3600));
    for (sid, generation) in acknowledged {
        let outcome = present(&store, sid, generation - 2, later).await;
        assert!(matches!(outcome, Ok(Move::Theft(_))), "{outcome:?}");
    }
}

#[test]
fn three_processes_rotate_each_generation_once() {
    on_each_database("processes", |runtime, address| {
        runtime.block_on(async {
            let store = open(address).await;
            store.create(login(0), None).await.expect("stores");
        });
        each_happens_in_one_of_three_processes("race", address);
        let found = runtime.block_on(async { open(address).await.find(session_id(0)).await });
        assert_eq!(found.expect("reads").expect("exists").generation, RACE);
    });
}

#[test]
fn three_processes_spend_each_id_once() {
    on_each_database("spending", |runtime, address| {
        runtime.block_on(async { drop(open(address).await) });
        each_happens_in_one_of_three_processes("spend", address);
    });
}

/// 63 requests of one client in three processes, as many as there are replays and one: all are answered, with one successor.
#[test]
fn three_processes_refresh_one_token_21_times_each() {
    on_each_database("refreshes", |runtime, address| {
        let mut processes = Processes::start("recover", address);
        let first = runtime.block_on(first_token("recover", address));
        let mut token = first;
        for round in 0..if long() { 1000 } else { 50 } {
            let told = processes.refresh(21, &token);
            assert_eq!((told.good, told.conflicts, told.ended), (63, 0, 0), "round {round}");
            let [successor] = told.successors.as_slice() else {
                panic!("{round}: {} successors", told.successors.len())
            };
            token = successor.clone();
        }
    });
}

/// 192 at once are more than the table answers: one move and 64 replays, and whoever waits loses nothing by it.
#[test]
fn three_processes_refresh_one_token_64_times_each() {
    on_each_database("storm", |runtime, address| {
        let mut processes = Processes::start("recover", address);
        for round in 0..if long() { 100 } else { 5 } {
            let told = processes.refresh(64, &runtime.block_on(first_token("recover", address)));
            assert_eq!((told.good, told.conflicts, told.ended), (65, 127, 0), "round {round}");
            let [successor] = told.successors.as_slice() else {
                panic!("{round}: {} successors", told.successors.len())
            };
            let next = processes.refresh(1, successor);
            assert_eq!((next.good, next.successors.len()), (3, 1), "the session refreshes on");
        }
    });
}

/// Without a grace and without a second chance one is answered, and the others are the proof that the token is in other hands.
#[test]
fn three_processes_refresh_one_token_once_where_reuse_is_theft() {
    on_each_database("theft", |runtime, address| {
        let mut processes = Processes::start("revoke", address);
        for round in 0..if long() { 200 } else { 10 } {
            let told = processes.refresh(8, &runtime.block_on(first_token("revoke", address)));
            assert_eq!((told.good, told.conflicts, told.ended), (1, 0, 23), "round {round}");
            let next = processes.refresh(1, &told.successors[0]);
            assert_eq!((next.good, next.ended), (0, 3), "the session is over");
        }
    });
}

/// A file of SQLite, and where PostgreSQL is installed a database of it.
fn on_each_database(name: &str, test: impl Fn(&tokio::runtime::Runtime, &str)) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let scratch = Scratch::new(name);
    test(&runtime, &scratch.next_database());
    if let Some(server) = Postgres::start() {
        test(&runtime, &server.next_database());
    }
}

/// The refresh token of a new login.
async fn first_token(policy: &str, address: &str) -> String {
    let auth = service(policy, open(address).await).await;
    let token = auth.refresh_token_for("7", &Claims::new()).expect("a token");
    let tokens = auth.refresh(token.expose(), client()).await.expect("a session");
    tokens.refresh.expect("rotation is on").expose().to_owned()
}

/// Three processes that refresh as they are told.
struct Processes {
    children: Vec<Child>,
    inputs: Vec<ChildStdin>,
    outputs: Vec<Box<dyn Iterator<Item = Vec<String>>>>,
    round: usize,
}

/// What they got.
struct Told {
    good: u64,
    conflicts: u64,
    ended: u64,
    successors: Vec<String>,
}

impl Processes {
    fn start(policy: &str, address: &str) -> Self {
        let mut children: Vec<Child> = (0..3).map(|_| spawn(policy, address)).collect();
        let mut outputs: Vec<_> = children.iter_mut().map(|child| Box::new(lines(child)) as _).collect();
        let inputs = children.iter_mut().map(|child| child.stdin.take().expect("piped")).collect();
        for output in &mut outputs {
            let output: &mut Box<dyn Iterator<Item = Vec<String>>> = output;
            assert_eq!(output.next().expect("a line"), ["ready"]);
        }
        Self { children, inputs, outputs, round: 0 }
    }

    fn refresh(&mut self, count: u64, token: &str) -> Told {
        // Another one hears of it first each time.
        self.round += 1;
        for turn in 0..3 {
            let input = &mut self.inputs[(self.round + turn) % 3];
            input.write_all(format!("{count} {token}\n").as_bytes()).expect("it listens");
        }
        let mut told = Told { good: 0, conflicts: 0, ended: 0, successors: Vec::new() };
        let mut successors = HashSet::new();
        for output in &mut self.outputs {
            let words = output.next().expect("a process failed");
            let [_, good, conflicts, ended, tokens] = words.as_slice() else { panic!("{words:?}") };
            told.good += number(good);
            told.conflicts += number(conflicts);
            told.ended += number(ended);
            successors.extend(tokens.split(',').filter(|token| !token.is_empty()).map(str::to_owned));
        }
        told.successors = successors.into_iter().collect();
        told
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        self.inputs.clear();
        for child in &mut self.children {
            let ended = child.wait();
            if !std::thread::panicking() {
                assert!(ended.expect("ends").success(), "a child failed");
            }
        }
    }
}

/// Lets eight tasks in each of three processes try each number at once; exactly one of them must report it.
fn each_happens_in_one_of_three_processes(role: &str, address: &str) {
    let mut children: Vec<Child> = (0..3).map(|_| spawn(role, address)).collect();
    let mut outputs: Vec<_> = children.iter_mut().map(lines).collect();
    let mut inputs: Vec<_> = children.iter_mut().map(|child| child.stdin.take().expect("piped")).collect();
    for output in &mut outputs {
        assert_eq!(output.next().expect("a line"), ["ready"]);
    }
    let mut done = [0; 3];
    for number in 0..RACE {
        // Another one hears of it first each time, else the first child would win them all.
        for turn in 0..3 {
            let input = &mut inputs[(number as usize + turn) % 3];
            input.write_all(format!("{number}\n").as_bytes()).expect("it listens");
        }
        let mut by = Vec::new();
        for (child, output) in outputs.iter_mut().enumerate() {
            by.extend(output.take_while(|words| words[0] == "did").map(|_| child));
        }
        assert_eq!(by.len(), 1, "{number} was done by {by:?}");
        done[by[0]] += 1;
    }
    drop(inputs);
    for mut child in children {
        assert!(child.wait().expect("ends").success(), "a child failed");
    }
    assert!(done.iter().filter(|count| **count > 0).count() >= 2, "no race took place: {done:?}");
}

fn number(text: &str) -> u64 {
    text.parse().expect("a number")
}
