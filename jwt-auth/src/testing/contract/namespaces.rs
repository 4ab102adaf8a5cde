//! Services that share a database and not their users.

use super::{START, created, login, logout, must, present, seconds, session_id};
use crate::store::{EndReason, Move, Revoked, TokenStore};

/// Of a store that knows namespaces.
pub(super) async fn what_is_done_in_one_is_seen_in_no_other(store: &impl TokenStore) {
    let Some(other) = store.in_namespace("other") else { return };
    let end = START.after(seconds(60));
    // The same names everywhere.
    created(store, login(1, "7")).await;
    assert_eq!(must(other.find(session_id(1))).await, None);
    assert_eq!(present(&other, 1, 0, START).await, Move::Ended(EndReason::Unknown));
    assert!(!must(other.end(session_id(1), logout(START))).await);
    assert_eq!(must(other.list("7", START)).await, vec![]);
    let theirs = created(&other, login(1, "7")).await;
    assert!(matches!(present(store, 1, 0, START).await, Move::Rotated(_)));
    assert_eq!(must(other.find(session_id(1))).await, Some(theirs), "moved in one, as it was in the other");

    assert!(must(store.spend("ticket", end, START)).await);
    assert!(must(other.spend("ticket", end, START)).await, "spent in one");
    assert!(!must(other.spend("ticket", end, START)).await);

    assert_eq!(must(store.end_all("7", None, logout(START))).await, 1);
    assert_eq!(must(other.epoch("7")).await, 0);
    assert_eq!(must(other.list("7", START)).await.len(), 1);
    assert!(must(other.end(session_id(1), logout(START))).await);
    let own = must(store.revocations(0, START)).await.entries;
    let theirs = must(other.revocations(0, START)).await.entries;
    assert_eq!((own.len(), theirs.len()), (1, 1));
    assert_eq!(own[0].subject, Revoked::User { user_id: "7".to_owned(), epoch: 1, raised_at: START });
    assert_eq!(theirs[0].subject, Revoked::Session(session_id(1)));

    let short = must(store.remember_lifetime(seconds(60), START)).await;
    let day = must(other.remember_lifetime(seconds(86_400), START)).await;
    assert_eq!(day.len(), short.len(), "lifetimes are of one namespace");
    assert_eq!(must(store.remember_lifetime(seconds(60), START)).await, short);

    // A name is a namespace, whoever opens it and by whichever way.
    let again = other.in_namespace("other").expect("it knows namespaces");
    let ended = must(again.find(session_id(1))).await.and_then(|session| session.ended);
    assert_eq!(ended, Some(EndReason::SessionRevoked));
    let back = other.in_namespace("").expect("it knows namespaces");
    assert_eq!(must(back.epoch("7")).await, 1, "the empty one is where a store begins");
}
