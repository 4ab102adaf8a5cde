//! Moves and single uses, each once, whoever tries.

use crate::crew::{Crew, number, on_each_database, say, told};
use jwt_auth::store::{AnyTokenStore, Move, TokenStore};
use jwt_auth_tests::sessions::{START, login, open_any as open, present, session_id};
use std::sync::Arc;
use std::time::Duration;

/// Generations, and ids to be spent.
const RACE: u64 = 300;

/// What a child does: eight tasks try each number that it is told.
pub(crate) async fn child(role: &str, address: &str) {
    let store = Arc::new(open(address).await);
    for words in told() {
        let number = number(&words[0]);
        eight(|_| {
            let (store, spends) = (Arc::clone(&store), role == "spend");
            async move { if spends { spend(&store, number).await } else { rotate(&store, number).await } }
        })
        .await;
        say(format!("tried {number}"));
    }
}

pub(crate) async fn eight<F: Future<Output = ()> + Send + 'static>(task: impl Fn(u64) -> F) {
    let tasks: Vec<_> = (0..8).map(|number| tokio::spawn(task(number))).collect();
    for task in tasks {
        task.await.expect("a task finishes");
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

#[test]
fn three_processes_rotate_each_generation_once() {
    on_each_database("processes", |runtime, _, address| {
        runtime.block_on(async {
            let store = open(address).await;
            store.create(login(0), None).await.expect("stores");
        });
        each_happens_in_one_of_three_processes("rotate", address);
        let found = runtime.block_on(async { open(address).await.find(session_id(0)).await });
        assert_eq!(found.expect("reads").expect("exists").generation, RACE);
    });
}

#[test]
fn three_processes_spend_each_id_once() {
    on_each_database("spending", |runtime, _, address| {
        runtime.block_on(async { drop(open(address).await) });
        each_happens_in_one_of_three_processes("spend", address);
    });
}

/// Lets eight tasks in each of three processes try each number at once; exactly one of them must report it.
fn each_happens_in_one_of_three_processes(role: &str, address: &str) {
    let mut crew = Crew::start(role, address);
    let mut done = [0; 3];
    for number in 0..RACE {
        crew.tell(&number.to_string());
        let mut by = Vec::new();
        for (place, child) in crew.children.iter_mut().enumerate() {
            while child.hear()[0] == "did" {
                by.push(place);
            }
        }
        assert_eq!(by.len(), 1, "{number} was done by {by:?}");
        done[by[0]] += 1;
    }
    assert!(done.iter().filter(|count| **count > 0).count() >= 2, "no race took place: {done:?}");
}
