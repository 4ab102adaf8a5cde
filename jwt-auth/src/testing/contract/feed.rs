//! The revocation feed.

use super::{ACCESS_LIFETIME, RULES, START, created, login, logout, must, present, presentation, seconds, session_id};
use crate::clock::Timestamp;
use crate::store::{
    CLEARED_PER_WRITE, KEPT_LONGER, KnownLifetime, NewSession, Presentation, Reauthentication, Retention, Revoked,
    SessionLimit, TokenStore,
};
use std::sync::Arc;
use std::time::Duration;

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
        Revoked::User { user_id: "7".to_owned(), epoch: 1, raised_at: START.after(seconds(100)) },
    ];
    assert_eq!(subjects, expected);
    let reckoned_with = ACCESS_LIFETIME / Retention::UNNOTED;
    assert_eq!(feed.entries[0].drop_after, START.after(ACCESS_LIFETIME + reckoned_with));
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

/// However short a lifetime the node knows that revokes. A store that remembers none is asked about each token.
pub(super) async fn revocations_outlive_every_lifetime(store: &impl TokenStore) {
    let remember = async |lifetime: u64, now: u64| {
        let known = must(store.remember_lifetime(seconds(lifetime), START.after(seconds(now)))).await;
        known.iter().map(|known| (known.lifetime.as_secs(), known.since)).collect::<Vec<_>>()
    };
    if must(store.remember_lifetime(seconds(1), START)).await.is_empty() {
        return;
    }
    let beginning = Timestamp::default();
    assert_eq!(remember(400, 0).await, [(1, beginning), (400, beginning)], "nothing was ever revoked before");
    assert_eq!(remember(300, 1).await.len(), 2, "a shorter one changes nothing");
    created(store, login(1, "7")).await;
    must(store.end(session_id(1), logout(START.after(seconds(10))))).await;
    // By a clock that is slow: what was revoked before it was not kept so long.
    let known = [(1, beginning), (400, beginning), (1000, START.after(seconds(10)))];
    assert_eq!(remember(1000, 5).await, known);
    assert_eq!(remember(1000, 50).await, known, "once");

    let moment = START.after(seconds(60));
    for number in 2..=4 {
        created(store, login(number, "7")).await;
    }
    must(store.end(session_id(2), logout(moment))).await;
    let limit = SessionLimit { max: 2, drop_after: moment.after(ACCESS_LIFETIME) };
    must(store.create(NewSession { created_at: moment, ..login(5, "7") }, Some(limit))).await;
    let proof = Reauthentication { amr: vec!["otp".to_owned()], acr: None };
    let proven = Presentation { reauthentication: Some(proof), ..presentation(session_id(5), 0, moment) };
    must(store.advance(proven)).await;
    for generation in [0, 1] {
        present(store, 4, generation, moment).await;
    }
    must(store.advance(presentation(session_id(4), 0, moment.after(seconds(300))))).await;
    must(store.end_all("7", None, logout(moment))).await;
    let feed = must(store.revocations(0, START)).await;
    let mut until = feed.entries.iter().map(|entry| entry.drop_after);
    assert_eq!(until.next(), Some(START.after(seconds(400 + 400 / 4))), "kept as long as was known then");
    let rest: Vec<_> = until.collect();
    assert!(rest.len() >= 4, "an end, an eviction, a proof and an epoch: {:?}", feed.entries);
    assert!(rest.iter().all(|until| *until >= moment.after(seconds(1000))), "{rest:?}");

    // What lives a thousand years is as good as for ever, and no number is too large.
    must(store.remember_lifetime(Duration::MAX, moment)).await;
    let longest = must(store.remember_lifetime(seconds(1), moment)).await.last().map(|known| known.lifetime);
    assert_eq!(longest, Some(KnownLifetime::LONGEST));
    created(store, login(9, "7")).await;
    must(store.end(session_id(9), logout(moment))).await;
}

/// A second "log out everywhere" by a node whose clock is slow. A store that does not know when that was has everything over.
pub(super) async fn the_moment_of_an_epoch_never_moves_back(store: &impl TokenStore) {
    let end_all = async |second: u64| {
        must(store.end_all("7", None, logout(START.after(seconds(second))))).await;
        must(store.raised_at("7")).await.expect("raised").since(START).as_secs()
    };
    assert_eq!(must(store.raised_at("7")).await, None);
    must(store.end_all("7", None, logout(START))).await;
    if must(store.raised_at("7")).await.is_none() {
        return;
    }
    assert_eq!(end_all(1000).await, 1000);
    assert_eq!(end_all(990).await, 1000, "a little slow");
    created(store, NewSession { created_at: START.after(seconds(1100)), ..login(1, "7") }).await;
    assert_eq!(end_all(1050).await, 1100, "after what it ends");
    assert_eq!(end_all(600).await, 1100 + 300, "by a clock that says nothing of when this is");
    created(store, NewSession { created_at: START.after(seconds(90_000)), ..login(2, "7") }).await;
    assert_eq!(end_all(2000).await, 2300, "by a clock that says nothing of when the login was");
    // A token of before the latest of them is over when it comes.
    must(store.adopt(NewSession { created_at: START.after(seconds(1300)), ..login(3, "7") }, START)).await;
    assert!(must(store.find(session_id(3))).await.is_some_and(|session| session.ended.is_some()));
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
