//! The SQLite store under `kill -9`, and shared by several processes.

use jwt_auth::store::{Move, SqliteStore, TokenStore};
use jwt_auth_tests::long;
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::sessions::{START, login, open, present, session_id};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
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
    let mut tasks = Vec::new();
    for task in 0..8 {
        let store = Arc::clone(&store);
        tasks.push(match role.as_str() {
            "load" => tokio::spawn(async move { move_for_ever(&store, task).await }),
            role => {
                if task == 0 {
                    say("ready".to_owned());
                    std::io::stdin().read_line(&mut String::new()).expect("a word to start");
                }
                match role {
                    "spend" => tokio::spawn(async move { spend_all(&store).await }),
                    _ => tokio::spawn(async move { race(&store, task).await }),
                }
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
        let Move::Rotated(session) = outcome else { panic!("alone with its token: {outcome:?}") };
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

async fn spend_all(store: &SqliteStore) {
    for number in 0..RACE {
        let first = store.spend(&format!("ticket {number}"), START.after(Duration::from_secs(60)), START).await;
        if first.expect("spends") {
            say(format!("spent {number}"));
        }
        // As above.
        tokio::time::sleep(Duration::from_millis((number * 7 + u64::from(std::process::id())) % 4)).await;
    }
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
        let reading = std::thread::spawn(move || {
            let mut last = HashMap::new();
            for words in lines {
                let [_, sid, generation] = words.as_slice() else { panic!("{words:?}") };
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
    each_happens_in_one_of_three_processes("race", &address);
    let found = runtime.block_on(async { open(&address).await.find(session_id(0)).await });
    assert_eq!(found.expect("reads").expect("exists").generation, RACE);
}

#[test]
fn three_processes_spend_each_id_once() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let scratch = Scratch::new("spending");
    let address = scratch.next_database();
    runtime.block_on(async { drop(open(&address).await) });
    each_happens_in_one_of_three_processes("spend", &address);
}

/// Lets three processes play this role at once; each number must be reported by exactly one of them.
fn each_happens_in_one_of_three_processes(role: &str, address: &str) {
    let mut children: Vec<Child> = (0..3).map(|_| spawn(role, address)).collect();
    let mut outputs: Vec<_> = children.iter_mut().map(lines).collect();
    for output in &mut outputs {
        assert_eq!(output.next().expect("a line"), ["ready"]);
    }
    for child in &mut children {
        let mut stdin = child.stdin.take().expect("piped");
        stdin.write_all(b"go\n").expect("it listens");
    }
    let readers = outputs.map_into_threads();
    let mut done: HashMap<u64, u32> = HashMap::new();
    let mut busy = 0;
    for reader in readers {
        let numbers = reader.join().expect("reads to the end");
        busy += u32::from(!numbers.is_empty());
        for number in numbers {
            *done.entry(number).or_default() += 1;
        }
    }
    for mut child in children {
        assert!(child.wait().expect("ends").success(), "a child failed");
    }
    assert_eq!(done.len() as u64, RACE);
    assert!(done.values().all(|count| *count == 1), "{done:?}");
    assert!(busy >= 2, "one process did everything: no race took place");
}

trait MapIntoThreads {
    fn map_into_threads(self) -> Vec<std::thread::JoinHandle<Vec<u64>>>;
}

impl<I: Iterator<Item = Vec<String>> + Send + 'static> MapIntoThreads for Vec<I> {
    fn map_into_threads(self) -> Vec<std::thread::JoinHandle<Vec<u64>>> {
        self.into_iter()
            .map(|output| std::thread::spawn(move || output.map(|words| number(&words[1])).collect()))
            .collect()
    }
}

fn number(text: &str) -> u64 {
    text.parse().expect("a number")
}
