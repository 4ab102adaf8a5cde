//! The SQLite store under `kill -9`.

use crate::crew::{Child, number, say};
use crate::moves::eight;
use jwt_auth::store::{AnyTokenStore, Move, TokenStore};
use jwt_auth_tests::long;
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::sessions::{START, login, open_any as open, present, session_id};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// What the child does: moves for ever.
pub(crate) async fn child(address: &str) {
    let store = Arc::new(open(address).await);
    eight(|task| {
        let store = Arc::clone(&store);
        async move { move_for_ever(&store, task).await }
    })
    .await;
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
        let mut child = Child::start("load", &address);
        let lines = child.lines();
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
        child.kill();
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
