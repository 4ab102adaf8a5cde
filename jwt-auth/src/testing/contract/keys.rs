//! The marks of the keys that nodes accept.

use super::{START, created, login, logout, must, present, session_id};
use crate::keys::{KeyMark, KeySchedule, ScheduledKey};
use crate::store::{Admission, EndReason, KnownKeys, Move, Revoked, TokenStore};

/// Of a store that remembers keys.
pub(super) async fn keys_are_known_again(store: &impl TokenStore) {
    let [old, new, other, third] = ["old", "new", "other", "third"].map(KeyMark::from_text);
    let admit = async |keys: &[&KeyMark]| {
        let keys: Vec<KeyMark> = keys.iter().map(|key| (*key).clone()).collect();
        must(store.admit(keys, START)).await
    };
    let known = async || must(store.known_keys(START)).await;
    assert_eq!(admit(&[&old]).await, Admission::Granted, "the first node brings the keys");
    if known().await == KnownKeys::default() {
        return;
    }
    assert_eq!(admit(&[&other]).await, Admission::Granted, "nobody lives here yet");
    assert_eq!(known().await.marks, std::slice::from_ref(&other), "and nobody had the old key");
    assert_eq!(admit(&[&other, &old]).await, Admission::Granted);

    created(store, login(1, "7")).await;
    assert_eq!(admit(&[&new, &third]).await, Admission::Refused { living_sessions: 1 });
    assert_eq!(known().await.marks.len(), 2, "who is refused leaves nothing");
    assert_eq!(admit(&[]).await, Admission::Refused { living_sessions: 1 }, "who has no key at all shares none");
    assert_eq!(admit(&[&new, &old]).await, Admission::Granted, "one in common is enough");
    assert_eq!(admit(&[&new]).await, Admission::Granted, "and brings the others in: keys change one after the other");
    assert_eq!(admit(&[&new]).await, Admission::Granted);
    assert_eq!(known().await.marks.len(), 3, "each once");

    if let Some(elsewhere) = store.in_namespace("elsewhere") {
        assert_eq!(must(elsewhere.admit(vec![third.clone()], START)).await, Admission::Granted);
        assert_eq!(must(elsewhere.known_keys(START)).await.marks, std::slice::from_ref(&third));
    }
    let late = START.after(super::RULES.idle_lifetime);
    assert_eq!(must(store.admit(vec![third], late)).await, Admission::Granted, "the last session has expired");
}

/// Of a store that keeps a schedule.
pub(super) async fn a_schedule_is_exchanged_whole(store: &impl TokenStore) {
    let empty = KeySchedule::default();
    assert_eq!(must(store.key_schedule()).await, empty);
    let staged = |name: &str| ScheduledKey::staged(KeyMark::from_text(name), &format!("kid of {name}"), START);
    let one = KeySchedule::new(vec![staged("one")]);
    if store.reschedule(empty.clone(), one.clone(), START).await.is_err() {
        return;
    }
    assert_eq!(must(store.key_schedule()).await, one);
    let whole = ScheduledKey {
        active_from: Some(START),
        retiring_from: Some(START.after(super::RULES.idle_lifetime)),
        removed_at: Some(START.after(super::RULES.idle_lifetime)),
        compromised_at: Some(START),
        ..staged("one")
    };
    let two = KeySchedule::new(vec![staged("two"), whole]);
    assert!(!must(store.reschedule(empty.clone(), two.clone(), START)).await, "it is another one by now");
    assert_eq!(must(store.key_schedule()).await, one);
    if let Some(elsewhere) = store.in_namespace("elsewhere") {
        assert_eq!(must(elsewhere.key_schedule()).await, empty);
        assert!(must(elsewhere.reschedule(empty.clone(), one.clone(), START)).await);
    }
    // Of any number at once one is first.
    let all = |name: &str| KeySchedule::new(vec![staged("one"), staged("two"), staged(name)]);
    assert!(must(store.reschedule(one, two.clone(), START)).await);
    assert_eq!(must(store.key_schedule()).await, two);
    let (left, right) = (all("left"), all("right"));
    let exchange = |after: &KeySchedule| store.reschedule(two.clone(), after.clone(), START);
    let (first, second) = tokio::join!(exchange(&left), exchange(&right));
    let (first, second) = (first.expect("an answer"), second.expect("an answer"));
    assert!(first != second, "{first} {second}");
    assert_eq!(must(store.key_schedule()).await, if first { left } else { right });
}

/// Of a store that can be reset.
pub(super) async fn a_reset_ends_what_lives(store: &impl TokenStore) {
    let key = [KeyMark::from_text("old")];
    must(store.admit(key.to_vec(), START)).await;
    let Some(other) = store.in_namespace("other") else { return };
    if must(store.known_keys(START)).await == KnownKeys::default() {
        return;
    }
    for number in 0..3 {
        created(store, login(number, "7")).await;
        created(&other, login(number, "7")).await;
    }
    must(other.admit(key.to_vec(), START)).await;
    must(store.end(session_id(0), logout(START))).await;
    must(store.end_all("8", None, logout(START))).await;
    let before = must(store.revocations(0, START)).await.entries;

    let mut ended = 0;
    loop {
        match must(store.reset(logout(START))).await {
            0 => break,
            more => ended += more,
        }
    }
    assert_eq!(ended, 2, "of three one was over");
    assert_eq!(must(store.known_keys(START)).await, KnownKeys::default());
    for number in 0..3 {
        assert_eq!(present(store, number, 0, START).await, Move::Ended(EndReason::SessionRevoked), "{number}");
    }
    let feed = must(store.revocations(0, START)).await.entries;
    assert_eq!(feed[..before.len()], before, "what was revoked stays so");
    let mut new: Vec<Revoked> = feed[before.len()..].iter().map(|entry| entry.subject.clone()).collect();
    new.sort_by_key(|subject| format!("{subject:?}"));
    assert_eq!(new, [1, 2].map(|number| Revoked::Session(session_id(number))), "every node is told");
    assert_eq!(must(store.epoch("8")).await, 1, "epochs stay");
    assert_eq!(must(other.known_keys(START)).await.marks, key, "elsewhere nothing happened");
    assert!(matches!(present(&other, 1, 0, START).await, Move::Rotated(_)));
}
