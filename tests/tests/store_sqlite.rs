//! What SQLite alone can get wrong: crashes, several processes, and a file that is not there.

use jwt_auth::Claims;
use jwt_auth::clock::Timestamp;
use jwt_auth::error::StoreError;
use jwt_auth::settings::ReusePolicy;
use jwt_auth::store::{
    EndReason, Ending, Move, NewSession, Presentation, SessionId, SessionRules, SqliteStore,
    TokenStore,
};
use jwt_auth_tests::scratch::Scratch;
use sqlx::{Connection, Executor, SqliteConnection};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

const START: Timestamp = Timestamp::from_seconds(1_700_000_000);

/// Tells a child process what to do; unset in the test run itself.
const ROLE: &str = "JWT_AUTH_TEST_ROLE";
const DATABASE: &str = "JWT_AUTH_TEST_DATABASE";

/// Generations in the race of three processes.
const RACE: u64 = 300;

fn long() -> bool {
    std::env::var_os("JWT_AUTH_LONG").is_some()
}

fn login(sid: u64) -> NewSession {
    NewSession {
        sid: session_id(sid),
        user_id: (sid % 100).to_string(),
        created_at: START,
        idle_expires_at: START.after(Duration::from_secs(86_400)),
        expires_at: START.after(Duration::from_secs(30 * 86_400)),
        keep_until: Timestamp::default(),
        auth_time: START,
        claims: Claims::new(),
        ip: None,
        user_agent: None,
    }
}

fn session_id(number: u64) -> SessionId {
    SessionId::from_bytes(u128::from(number).to_be_bytes())
}

async fn present(
    store: &SqliteStore,
    sid: u64,
    generation: u64,
    now: Timestamp,
) -> Result<Move, StoreError> {
    let presentation = Presentation {
        sid: session_id(sid),
        generation,
        now,
        rules: SessionRules {
            grace: Duration::from_secs(30),
            recovery_window: Duration::from_secs(3600),
            policy: ReusePolicy::Recover,
            max_replays: SessionRules::MAX_REPLAYS,
            idle_lifetime: Duration::from_secs(86_400),
        },
        drop_after: now.after(Duration::from_secs(300)),
        ip: None,
        user_agent: None,
    };
    store.advance(presentation).await
}

async fn open(address: &str) -> SqliteStore {
    SqliteStore::connect(address).await.expect("the file opens")
}

fn file_of(address: &str) -> &str {
    address.strip_prefix("sqlite://").expect("an address")
}

async fn raw(address: &str) -> SqliteConnection {
    SqliteConnection::connect(address).await.expect("opens")
}

/// Not a test of its own: what the child processes of the others run.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let (Ok(role), Ok(address)) = (std::env::var(ROLE), std::env::var(DATABASE)) else {
        return;
    };
    let store = Arc::new(open(&address).await);
    let mut tasks = Vec::new();
    for task in 0..8 {
        let store = Arc::clone(&store);
        tasks.push(match role.as_str() {
            "load" => tokio::spawn(async move { move_for_ever(&store, task).await }),
            _ => {
                if task == 0 {
                    say("ready".to_owned());
                    std::io::stdin()
                        .read_line(&mut String::new())
                        .expect("a word to start");
                }
                tokio::spawn(async move { race(&store, task).await })
            }
        });
    }
    for task in tasks {
        task.await.expect("a task finishes");
    }
}

/// Reports every move after it was acknowledged.
async fn move_for_ever(store: &SqliteStore, sid: u64) {
    let found = store.find(session_id(sid)).await.expect("reads");
    let mut generation = found.expect("the session exists").generation;
    loop {
        let outcome = present(store, sid, generation, START).await.expect("moves");
        let Move::Rotated(session) = outcome else {
            panic!("alone with its token: {outcome:?}")
        };
        generation = session.generation;
        say(format!("moved {sid} {generation}"));
    }
}

async fn race(store: &SqliteStore, task: u64) {
    let mut generation = 0;
    while generation < RACE {
        // Whoever holds the file's lock gets it again at once; a pause gives the other processes their chance.
        let pause = (generation * 7 + task + u64::from(std::process::id())) % 5;
        tokio::time::sleep(Duration::from_millis(pause)).await;
        match present(store, 0, generation, START).await.expect("moves") {
            Move::Rotated(session) => {
                assert_eq!(session.generation, generation + 1);
                say(format!("rotated {generation}"));
                generation = session.generation;
            }
            Move::Replayed(session) => generation = session.generation,
            Move::Conflict => {
                let session = store.find(session_id(0)).await.expect("reads");
                generation = session.expect("it exists").generation;
            }
            other => panic!("{other:?}"),
        }
    }
}

fn say(line: String) {
    // One write, so that lines of several tasks do not mix; libtest captures `println!`, not this.
    std::io::stdout()
        .write_all(format!("\n@ {line}\n").as_bytes())
        .expect("the parent reads");
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
        let reading = std::thread::spawn(move || {
            let mut last = HashMap::new();
            for words in lines {
                let [_, sid, generation] = words.as_slice() else {
                    panic!("{words:?}")
                };
                last.insert(number(sid), number(generation));
            }
            last
        });
        tokio::time::sleep(Duration::from_millis(700 + 37 * round)).await;
        child.kill().expect("SIGKILL");
        child.wait().expect("it is gone");
        acknowledged.extend(reading.join().expect("reads to the end"));
        assert_eq!(acknowledged.len(), 8, "every task got on");

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
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let scratch = Scratch::new("processes");
    let address = scratch.next_database();
    runtime.block_on(async {
        let store = open(&address).await;
        store.create(login(0), None).await.expect("stores");
    });
    let mut children: Vec<Child> = (0..3).map(|_| spawn("race", &address)).collect();
    let mut outputs: Vec<_> = children.iter_mut().map(lines).collect();
    for output in &mut outputs {
        assert_eq!(output.next().expect("a line"), ["ready"]);
    }
    for child in &mut children {
        let mut stdin = child.stdin.take().expect("piped");
        stdin.write_all(b"go\n").expect("it listens");
    }
    let readers = outputs.map_into_threads();
    let mut rotations: HashMap<u64, u32> = HashMap::new();
    let mut busy = 0;
    for reader in readers {
        let rotated = reader.join().expect("reads to the end");
        busy += u32::from(!rotated.is_empty());
        for generation in rotated {
            *rotations.entry(generation).or_default() += 1;
        }
    }
    for mut child in children {
        assert!(child.wait().expect("ends").success(), "a child failed");
    }
    assert_eq!(rotations.len() as u64, RACE);
    assert!(rotations.values().all(|count| *count == 1), "{rotations:?}");
    assert!(busy >= 2, "one process did everything: no race took place");
    let found = runtime.block_on(async { open(&address).await.find(session_id(0)).await });
    assert_eq!(found.expect("reads").expect("exists").generation, RACE);
}

trait MapIntoThreads {
    fn map_into_threads(self) -> Vec<std::thread::JoinHandle<Vec<u64>>>;
}

impl<I: Iterator<Item = Vec<String>> + Send + 'static> MapIntoThreads for Vec<I> {
    fn map_into_threads(self) -> Vec<std::thread::JoinHandle<Vec<u64>>> {
        self.into_iter()
            .map(|output| {
                std::thread::spawn(move || output.map(|words| number(&words[1])).collect())
            })
            .collect()
    }
}

fn number(text: &str) -> u64 {
    text.parse().expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_sessions_stay_a_thousand_rows() {
    let scratch = Scratch::new("rows");
    let address = scratch.next_database();
    let store = Arc::new(open(&address).await);
    let rounds = if long() { 1000 } else { 5 };
    let mut tasks = Vec::new();
    for task in 0..50 {
        let store = Arc::clone(&store);
        tasks.push(tokio::spawn(async move {
            for sid in (0..1000).filter(|sid| sid % 50 == task) {
                store.create(login(sid), None).await.expect("stores");
                for generation in 0..rounds {
                    let moved = present(&store, sid, generation, START).await;
                    assert!(matches!(moved, Ok(Move::Rotated(_))), "{moved:?}");
                }
            }
        }));
    }
    for task in tasks {
        task.await.expect("a task finishes");
    }
    let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM jwt_auth_sessions")
        .fetch_one(&mut raw(&address).await)
        .await
        .expect("counts");
    assert_eq!(rows, 1000);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_failing_request_does_not_fail_its_neighbours() {
    let scratch = Scratch::new("neighbours");
    let store = Arc::new(open(&scratch.next_database()).await);
    store.create(login(0), None).await.expect("stores");
    let mut tasks = Vec::new();
    for task in 0..60 {
        let store = Arc::clone(&store);
        // Every third one takes a name that is taken.
        let sid = if task % 3 == 0 { 0 } else { task };
        tasks.push((
            sid,
            tokio::spawn(async move { store.create(login(sid), None).await }),
        ));
    }
    for (sid, task) in tasks {
        let outcome = task.await.expect("a task finishes");
        match sid {
            0 => assert!(
                matches!(outcome, Err(StoreError::Corrupt(_))),
                "{outcome:?}"
            ),
            _ => assert_eq!(outcome.expect("stores").sid, session_id(sid)),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_file_is_an_error_until_it_is_back() {
    let scratch = Scratch::new("removed");
    let address = scratch.next_database();
    let store = open(&address).await;
    store.create(login(0), None).await.expect("stores");
    let file = file_of(&address);
    let away = format!("{file}.away");
    move_database(file, &away);
    let begun = Instant::now();
    assert!(unavailable(present(&store, 0, 0, START).await));
    assert!(unavailable(store.find(session_id(0)).await));
    assert!(unavailable(store.health().await));
    assert!(unavailable(store.create(login(1), None).await));
    assert!(begun.elapsed() < Duration::from_secs(5), "at once");
    assert!(!std::path::Path::new(file).exists(), "not made anew");

    move_database(&away, file);
    store.health().await.expect("back");
    let moved = present(&store, 0, 0, START).await;
    assert!(matches!(moved, Ok(Move::Rotated(_))), "{moved:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_is_an_error_and_never_a_logout() {
    let scratch = Scratch::new("damaged");
    let address = scratch.next_database();
    let store = open(&address).await;
    store.create(login(0), None).await.expect("stores");
    let file = file_of(&address);
    let good = format!("{file}.good");
    move_database(file, &good);
    std::fs::write(file, [b'?'; 8192]).expect("writes");
    for _ in 0..2 {
        let outcome = present(&store, 0, 0, START).await;
        assert!(
            matches!(outcome, Err(StoreError::Corrupt(_))),
            "{outcome:?}"
        );
        let found = store.find(session_id(0)).await;
        assert!(matches!(found, Err(StoreError::Corrupt(_))), "{found:?}");
    }
    std::fs::remove_file(file).expect("was written here");
    move_database(&good, file);
    let moved = present(&store, 0, 0, START).await;
    assert!(matches!(moved, Ok(Move::Rotated(_))), "{moved:?}");

    // A row that somebody scribbled into: an error for that session, and for no other.
    store.create(login(1), None).await.expect("stores");
    raw(&address)
        .await
        .execute("UPDATE jwt_auth_sessions SET claims = '{' WHERE user_id = '0'")
        .await
        .expect("scribbles");
    let outcome = present(&store, 0, 1, START).await;
    assert!(
        matches!(outcome, Err(StoreError::Corrupt(_))),
        "{outcome:?}"
    );
    let moved = present(&store, 1, 0, START).await;
    assert!(matches!(moved, Ok(Move::Rotated(_))), "{moved:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_file_is_an_error_and_not_a_hang() {
    let scratch = Scratch::new("locked");
    let address = scratch.next_database();
    let store = open(&address).await;
    store.create(login(0), None).await.expect("stores");
    let mut other = raw(&address).await;
    other.execute("BEGIN IMMEDIATE").await.expect("locks");
    let begun = Instant::now();
    assert!(unavailable(present(&store, 0, 0, START).await));
    assert!(begun.elapsed() < Duration::from_secs(11));
    assert!(
        store.find(session_id(0)).await.expect("reads").is_some(),
        "reading goes on"
    );
    other.execute("ROLLBACK").await.expect("lets go");
    let moved = present(&store, 0, 0, START).await;
    assert!(matches!(moved, Ok(Move::Rotated(_))), "{moved:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_an_error_and_passes() {
    let scratch = Scratch::new("full");
    let options = scratch
        .next_database()
        .parse::<sqlx::sqlite::SqliteConnectOptions>()
        .expect("an address")
        .create_if_missing(true)
        // A disk of 20 pages.
        .pragma("max_page_count", "20");
    let pool = sqlx::SqlitePool::connect_with(options)
        .await
        .expect("opens");
    let store = SqliteStore::from_pool(&pool).await.expect("opens");
    let mut stored = 0;
    let failure = loop {
        match store.create(login(stored), None).await {
            Ok(_) => stored += 1,
            Err(error) => break error,
        }
        assert!(stored < 10_000, "it never got full");
    };
    assert!(matches!(failure, StoreError::Unavailable(_)), "{failure:?}");
    for sid in 0..stored {
        let found = store.find(session_id(sid)).await.expect("reads");
        assert!(found.is_some(), "session {sid} was acknowledged");
    }
    // Expired rows make room.
    let mut late = login(stored);
    late.created_at = START.after(Duration::from_secs(90_000));
    late.idle_expires_at = START.after(Duration::from_secs(180_000));
    store.create(late, None).await.expect("there is room again");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_keeps_to_its_own_tables_and_knows_their_version() {
    let scratch = Scratch::new("schema");
    let address = scratch.next_database();
    let path = format!("{address}?mode=rwc");
    let mut other = raw(&path).await;
    other
        .execute("CREATE TABLE users (id INTEGER); INSERT INTO users VALUES (7)")
        .await
        .expect("an application's table");
    drop(open(&address).await);
    let store = open(&address).await;
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )
    .fetch_all(&mut other)
    .await
    .expect("lists");
    let ours = [
        "jwt_auth_epochs",
        "jwt_auth_meta",
        "jwt_auth_revocations",
        "jwt_auth_sessions",
        "users",
    ];
    assert_eq!(tables, ours);
    drop(store);

    other
        .execute("UPDATE jwt_auth_meta SET value = 99")
        .await
        .expect("as a newer release would");
    let refused = SqliteStore::connect(&address).await;
    assert!(
        matches!(refused, Err(StoreError::Corrupt(_))),
        "{refused:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_of_all_kinds_open() {
    let scratch = Scratch::new("addresses");
    open(&scratch.next_database()).await;
    // Relative to the directory of the tests.
    let name = format!("relative-{}.db", std::process::id());
    let store = open(&format!("sqlite:{name}")).await;
    store.health().await.expect("works");
    drop(store);
    assert!(std::path::Path::new(&name).exists());
    gone(&format!("{name}-wal")).await;
    std::fs::remove_file(&name).expect("was made here");

    let (one, two) = (open("sqlite::memory:").await, open("sqlite::memory:").await);
    one.create(login(1), None).await.expect("stores");
    assert!(one.find(session_id(1)).await.expect("reads").is_some());
    assert!(two.find(session_id(1)).await.expect("reads").is_none());

    for wrong in ["postgres://localhost/x", "sqlite:///no/such/directory/x.db"] {
        assert!(unavailable(SqliteStore::connect(wrong).await), "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dropping_the_store_finishes_what_was_asked_and_closes_the_file() {
    let scratch = Scratch::new("dropped");
    let address = scratch.next_database();
    let store = open(&address).await;
    store.create(login(0), None).await.expect("stores");
    let ending = Ending {
        reason: EndReason::SessionRevoked,
        now: START,
        drop_after: START,
    };
    {
        // Polled once, so it is queued; then the caller goes away.
        let mut call = std::pin::pin!(store.end(session_id(0), ending));
        let waker = std::task::Waker::noop();
        let mut context = std::task::Context::from_waker(waker);
        assert!(call.as_mut().poll(&mut context).is_pending());
    }
    drop(store);
    gone(&format!("{}-wal", file_of(&address))).await;
    let session = open(&address).await.find(session_id(0)).await;
    let ended = session.expect("reads").expect("exists").ended;
    assert_eq!(ended, Some(EndReason::SessionRevoked));
}

/// The file and its log: without the second, what was written last is missing.
fn move_database(from: &str, to: &str) {
    std::fs::rename(from, to).expect("the file moves");
    for suffix in ["-wal", "-shm"] {
        // They exist only while there is something to put into the file.
        let _ = std::fs::rename(format!("{from}{suffix}"), format!("{to}{suffix}"));
    }
}

/// SQLite removes its log when the last connection closes.
async fn gone(path: &str) {
    for _ in 0..500 {
        if !std::path::Path::new(path).exists() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{path} is still there: the store's task goes on");
}

fn unavailable<T>(outcome: Result<T, StoreError>) -> bool {
    matches!(outcome, Err(StoreError::Unavailable(_)))
}
