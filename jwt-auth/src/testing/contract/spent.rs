//! What may be used once.

use super::races::all_at_once;
use super::{START, must, seconds};
use crate::store::{CLEARED_PER_WRITE, KEPT_LONGER, TokenStore};
use std::sync::Arc;

pub(super) async fn an_id_is_spent_once(store: &impl TokenStore) {
    let end = START.after(seconds(60));
    assert!(must(store.spend("a", end, START)).await);
    assert!(!must(store.spend("a", end, START)).await, "used up");
    assert!(!must(store.spend("a", end.after(seconds(60)), START)).await, "whatever its end is said to be");
    for other in ["b", "A", "a ", "", "käthe's \"a\""] {
        assert!(must(store.spend(other, end, START)).await, "{other:?} is another id");
        assert!(!must(store.spend(other, end, START)).await, "{other:?}");
    }
}

pub(super) async fn spent_ids_are_kept_while_they_count(store: &impl TokenStore) {
    let (end, late) = (START.after(seconds(60)), START.after(2 * KEPT_LONGER));
    for number in 0..3 * CLEARED_PER_WRITE {
        assert!(must(store.spend(&format!("short {number}"), end, START)).await);
    }
    assert!(must(store.spend("long", late, START)).await);
    let forgotten = end.after(KEPT_LONGER);
    let last_moment = forgotten.before(seconds(1));
    for number in 0..3 * CLEARED_PER_WRITE {
        assert!(
            !must(store.spend(&format!("short {number}"), end, last_moment)).await,
            "kept a day longer than it counts"
        );
    }
    // Each of these clears a batch away.
    for number in 0..10 {
        assert!(must(store.spend(&format!("new {number}"), late, forgotten)).await);
    }
    for number in 0..3 * CLEARED_PER_WRITE {
        assert!(must(store.spend(&format!("short {number}"), late, forgotten)).await, "short {number} never left");
    }
    assert!(!must(store.spend("long", late, forgotten)).await, "another one's end is not its end");
}

/// 64 tasks with one id, 50 rounds: one of them each time.
pub(super) async fn one_of_many_spends(store: Arc<impl TokenStore>) {
    for round in 0..50 {
        let outcomes = all_at_once(64, {
            let store = Arc::clone(&store);
            move |_| {
                let store = Arc::clone(&store);
                async move { must(store.spend(&format!("id {round}"), START.after(seconds(60)), START)).await }
            }
        })
        .await;
        assert_eq!(outcomes.iter().filter(|first| **first).count(), 1, "round {round}");
    }
}
