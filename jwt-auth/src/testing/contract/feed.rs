//! The revocation feed.

use super::{ACCESS_LIFETIME, RULES, START, created, login, logout, must, present, seconds, session_id};
use crate::store::{CLEARED_PER_WRITE, KEPT_LONGER, Revoked, TokenStore};
use std::sync::Arc;

pub(super) async fn every_end_is_announced(store: &impl TokenStore) {
    let empty = must(store.revocations(0, START)).await;
    assert!(empty.entries.is_empty());
    for number in 1..=3 {
        created(store, login(number, "7")).await;
    }
    must(store.end(session_id(1), logout(START))).await;
    must(store.end(session_id(1), logout(START))).await;
    // Theft: generation 0 long after its child's child was made.
    for generation in [0, 1, 0] {
        present(store, 2, generation, START.after(seconds(60))).await;
        present(store, 2, generation, START.after(seconds(60))).await;
    }
    present(store, 2, 0, START.after(seconds(100))).await;
    must(store.end_all("7", None, logout(START.after(seconds(100))))).await;

    let feed = must(store.revocations(0, START)).await;
    let subjects: Vec<Revoked> = feed.entries.iter().map(|e| e.subject.clone()).collect();
    let expected = [
        Revoked::Session(session_id(1)),
        Revoked::Session(session_id(2)),
        Revoked::User { user_id: "7".to_owned(), epoch: 1 },
    ];
    assert_eq!(subjects, expected);
    assert_eq!(feed.entries[0].drop_after, START.after(ACCESS_LIFETIME));
    assert!(feed.entries.is_sorted_by(|a, b| a.seq < b.seq));
    assert!(feed.read_to >= feed.entries[2].seq);

    let rest = must(store.revocations(feed.entries[0].seq, START)).await;
    assert_eq!(rest.entries, feed.entries[1..]);
    let none = must(store.revocations(feed.read_to, START)).await;
    assert!(none.entries.is_empty());
    assert_eq!(none.read_to, feed.read_to);
    let over = must(store.revocations(0, START.after(seconds(10_000)))).await;
    assert!(over.read_to >= feed.read_to, "numbers never fall");
    entries_leave(store).await;
}

async fn entries_leave(store: &impl TokenStore) {
    for number in 0..CLEARED_PER_WRITE as u64 {
        created(store, login(100 + number, "8")).await;
        must(store.end(session_id(100 + number), logout(START))).await;
    }
    // A day longer than anybody needs them: a clock may be fast.
    let now = START.after(2 * ACCESS_LIFETIME + KEPT_LONGER);
    for number in 0..3 {
        let mut new = login(200 + number, "8");
        (new.created_at, new.idle_expires_at) = (now, now.after(RULES.idle_lifetime));
        created(store, new).await;
    }
    // Read as of before their end, so that only those that left are missing.
    let feed = must(store.revocations(0, START)).await;
    assert!(feed.entries.is_empty(), "{} stayed", feed.entries.len());
    must(store.end(session_id(200), logout(now))).await;
    let next = must(store.revocations(feed.read_to, now)).await;
    assert_eq!(next.entries.len(), 1, "numbers go on after all has left");
}

/// A reader that always asks from where it was misses nothing, however many write.
pub(super) async fn numbers_rise_while_many_write(store: Arc<impl TokenStore>) {
    const WRITERS: u64 = 8;
    const EACH: u64 = 25;
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for number in 0..EACH {
                    let number = writer * EACH + number;
                    created(&*store, login(number, "7")).await;
                    assert!(must(store.end(session_id(number), logout(START))).await);
                }
            })
        })
        .collect();
    let mut seen = Vec::new();
    let mut after = 0;
    while !writers.iter().all(|writer| writer.is_finished()) {
        after = read_on(&*store, after, &mut seen).await;
        tokio::task::yield_now().await;
    }
    for writer in writers {
        writer.await.expect("a writer finishes");
    }
    loop {
        let before = after;
        after = read_on(&*store, after, &mut seen).await;
        if after == before {
            break;
        }
    }
    let count = seen.len();
    assert!(seen.is_sorted_by(|a, b| a < b), "numbers rise");
    assert_eq!(count as u64, WRITERS * EACH, "every entry was seen");
}

async fn read_on(store: &impl TokenStore, after: u64, seen: &mut Vec<u64>) -> u64 {
    let feed = must(store.revocations(after, START)).await;
    seen.extend(feed.entries.iter().map(|entry| entry.seq));
    feed.read_to
}
