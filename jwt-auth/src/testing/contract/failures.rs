//! Failed logins.

use super::{START, must, seconds};
use crate::clock::Timestamp;
use crate::store::{FailureBucket, FailureToCount, Failures, TokenStore};
use std::sync::Arc;

fn bucket(number: u8) -> FailureBucket {
    FailureBucket::from_bytes([number; 16])
}

fn failed(number: u8) -> FailureToCount {
    FailureToCount { bucket: bucket(number), over_at: Timestamp::default(), keep: seconds(900) }
}

fn moment(count: u64) -> Timestamp {
    START.after(seconds(count))
}

pub(super) async fn they_are_counted_and_forgotten(store: &impl TokenStore) {
    let none = Failures::default();
    let of = |count, at| Failures { count, last: moment(at) };
    assert_eq!(must(store.failures(&[bucket(1), bucket(2)], START)).await, [none, none]);
    assert_eq!(must(store.count_failure(&[failed(2), failed(1)], moment(1))).await, [of(1, 1), of(1, 1)]);
    assert_eq!(must(store.count_failure(&[failed(1)], moment(3))).await, [of(2, 3)]);
    let read = [bucket(3), bucket(1), bucket(2)];
    assert_eq!(
        must(store.failures(&read, moment(4))).await,
        [none, of(2, 3), of(1, 1)],
        "in the order of the question"
    );
    must(store.forget_failures(&[bucket(1), bucket(3)])).await;
    assert_eq!(must(store.failures(&read, moment(4))).await, [none, none, of(1, 1)]);
    assert_eq!(must(store.count_failure(&[failed(1)], moment(5))).await, [of(1, 5)]);
}

pub(super) async fn counts_begin_anew(store: &impl TokenStore) {
    let count = async |over_at: u64, now: u64| {
        let one = FailureToCount { over_at: moment(over_at), ..failed(1) };
        must(store.count_failure(&[one, failed(2)], moment(now))).await.iter().map(|is| is.count).collect::<Vec<_>>()
    };
    assert_eq!(count(0, 10).await, [1, 1]);
    assert_eq!(count(9, 20).await, [2, 2], "what was counted after that moment goes on");
    assert_eq!(count(20, 21).await, [1, 3], "and nothing else");
    // The time of a row is over on the very moment, and each count begins it anew.
    assert_eq!(must(store.failures(&[bucket(2)], moment(920))).await[0].count, 3);
    assert_eq!(must(store.failures(&[bucket(2)], moment(921))).await[0].count, 0);
    assert_eq!(count(0, 921).await, [1, 1]);
    assert_eq!(must(store.failures(&[bucket(2)], moment(1820))).await[0].count, 1);
}

pub(super) async fn each_of_many_is_counted(store: Arc<impl TokenStore>) {
    let tasks: Vec<_> = (0..40)
        .map(|number| {
            let store = Arc::clone(&store);
            // In whichever order they are named.
            let both = if number % 2 == 0 { [failed(1), failed(2)] } else { [failed(2), failed(1)] };
            tokio::spawn(async move { must(store.count_failure(&both, START)).await })
        })
        .collect();
    let mut seen = Vec::new();
    for task in tasks {
        seen.push(task.await.expect("no panic")[0].count);
    }
    seen.sort_unstable();
    assert!(seen.last() == Some(&40), "forty failures at once are forty: {seen:?}");
    let counts = must(store.failures(&[bucket(1), bucket(2)], START)).await;
    assert!(counts.iter().all(|counted| counted.count == 40), "forty failures at once are forty: {counts:?}");
}
