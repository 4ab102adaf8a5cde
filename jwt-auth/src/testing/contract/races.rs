//! Many at once.

use super::{START, created, login, logout, must, present, presentation, seconds, session_id};
use crate::store::{EndReason, Move, TokenStore};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Barrier;

/// 64 tasks with one token, 200 rounds: one rotation and one successor generation each.
pub(super) async fn one_rotation_of_many_presentations(store: Arc<impl TokenStore>) {
    const TASKS: usize = 64;
    const ROUNDS: u64 = 200;
    created(&*store, login(1, "7")).await;
    for round in 0..ROUNDS {
        let now = START.after(seconds(round));
        let outcomes = all_at_once(TASKS, {
            let store = Arc::clone(&store);
            move |_| {
                let store = Arc::clone(&store);
                async move { present(&*store, 1, round, now).await }
            }
        })
        .await;
        let mut rotations = 0;
        for outcome in outcomes {
            let successor = match outcome {
                Move::Rotated(session) => {
                    rotations += 1;
                    session.generation
                }
                Move::Replayed(session) => session.generation,
                other => panic!("round {round}: {other:?}"),
            };
            assert_eq!(successor, round + 1, "one successor");
        }
        assert_eq!(rotations, 1, "round {round}: of one generation exactly one presentation moves the session");
    }
    let session = must(store.find(session_id(1))).await.expect("it lives");
    assert_eq!(session.generation, ROUNDS, "no generation was made unseen");
    assert_eq!(session.replays as usize, TASKS - 1);
}

/// Logout and refresh at once: whoever is first, afterwards nothing moves.
pub(super) async fn nothing_moves_after_the_end(store: Arc<impl TokenStore>) {
    for round in 0..50 {
        created(&*store, login(round, "7")).await;
        let outcomes = all_at_once(8, {
            let store = Arc::clone(&store);
            move |task| {
                let store = Arc::clone(&store);
                async move {
                    if task % 4 == 3 {
                        let ended = must(store.end(session_id(round), logout(START))).await;
                        let after = present(&*store, round, 0, START).await;
                        assert_eq!(after, Move::Ended(EndReason::SessionRevoked));
                        return usize::from(ended);
                    }
                    let moved = present(&*store, round, 0, START).await;
                    assert!(moved.granted().is_some() || moved == Move::Ended(EndReason::SessionRevoked), "{moved:?}");
                    0
                }
            }
        })
        .await;
        assert_eq!(outcomes.iter().sum::<usize>(), 1, "one call ended it");
        let session = must(store.find(session_id(round))).await.expect("kept");
        assert!(session.generation <= 1, "at most one rotation before");
    }
}

/// 16 tasks adopt and present one foreign token: one rotation.
pub(super) async fn one_rotation_of_an_adopted_token(store: Arc<impl TokenStore>) {
    for round in 0..25 {
        let outcomes = all_at_once(16, {
            let store = Arc::clone(&store);
            move |_| {
                let store = Arc::clone(&store);
                async move {
                    must(store.adopt(login(round, "7"), START)).await;
                    present(&*store, round, 0, START).await
                }
            }
        })
        .await;
        let rotations = outcomes.iter().filter(|outcome| matches!(outcome, Move::Rotated(_))).count();
        assert_eq!(rotations, 1);
        for outcome in &outcomes {
            assert_eq!(outcome.granted().map(|s| s.generation), Some(1));
        }
    }
}

/// Callers who hang up: what they asked for happens or does not, and the store goes on.
pub(super) async fn dropped_calls_are_done_or_not_done(store: Arc<impl TokenStore>) {
    created(&*store, login(1, "7")).await;
    let mut generation = 0;
    for round in 0..100_u64 {
        let now = START.after(seconds(100 * round));
        let call = store.advance(presentation(session_id(1), generation, now));
        let patience = Duration::from_micros(20 * (round % 10));
        let _ = tokio::time::timeout(patience, call).await;
        let session = present(&*store, 1, generation, now).await;
        let session = session.granted().expect("a lost answer logs nobody out");
        assert_eq!(session.generation, generation + 1);
        generation = session.generation;
    }
}

/// Starts so many tasks behind a barrier and collects what they return.
pub(super) async fn all_at_once<T, F>(tasks: usize, work: impl Fn(usize) -> F) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let barrier = Arc::new(Barrier::new(tasks));
    let handles: Vec<_> = (0..tasks)
        .map(|task| {
            let (barrier, work) = (Arc::clone(&barrier), work(task));
            tokio::spawn(async move {
                barrier.wait().await;
                work.await
            })
        })
        .collect();
    let mut outcomes = Vec::with_capacity(tasks);
    for handle in handles {
        outcomes.push(handle.await.expect("a task finishes"));
    }
    outcomes
}
