//! A node compares its clock with its store's, says when they differ, and is unfit when they differ by much.

use jwt_auth::clock::Timestamp;
use jwt_auth::settings::{hours, minutes, seconds};
use jwt_auth::store::{MemoryStore, SqliteStore, StoreTime, TokenStore};
use jwt_auth::testing::ManualClock;
use jwt_auth::{JwtAuth, Settings};
use jwt_auth_tests::odd_store::OddStore;
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::sessions::{START, login};
use jwt_auth_tests::{KEY, logged};
use std::time::Duration;

const DIFFER: &str = "this node's clock and the store's differ by more than the leeway";

async fn node(store: &OddStore, now: Timestamp) -> (JwtAuth, ManualClock) {
    let clock = ManualClock::new(now);
    let settings = Settings { revocation_sync_interval: Duration::from_millis(2), ..Settings::new(KEY) };
    let auth = JwtAuth::builder(settings).store(store.clone()).clock(clock.clone()).start().await.expect("starts");
    (auth, clock)
}

/// A store that has a clock, as a database server has.
fn with_a_clock(now: Timestamp) -> OddStore {
    let store = OddStore::new(MemoryStore::new());
    store.tell_time(StoreTime::Now(now));
    store
}

#[test]
fn a_clock_that_differs_is_told_of_and_one_that_differs_by_much_is_unfit() {
    for (apart, is_told, is_fit) in [
        (seconds(0), false, true),
        (seconds(29), false, true),
        (seconds(31), true, true),
        (seconds(299), true, true),
        (seconds(301), true, false),
        (hours(24), true, false),
    ] {
        for now in [START.after(apart), START.before(apart)] {
            let log = logged(async {
                let (auth, _) = node(&with_a_clock(START), now).await;
                assert_eq!(auth.health().await.is_ok(), is_fit, "{apart:?}, {now}");
            });
            assert_eq!(
                log.matches(DIFFER).count(),
                usize::from(is_told),
                "at the start, once: {apart:?}, {now}: {log}"
            );
        }
    }
}

#[test]
fn it_is_compared_at_each_reading_of_the_feed() {
    let log = logged(async {
        let store = with_a_clock(START);
        let (auth, clock) = node(&store, START).await;
        auth.health().await.expect("well");
        clock.advance(minutes(6));
        store.read_anew().await;
        auth.health().await.expect_err("it was set");
        clock.set(START);
        store.read_anew().await;
        auth.health().await.expect("and put right");
        // The store's own may be the wrong one.
        store.tell_time(StoreTime::Now(START.after(minutes(6))));
        store.read_anew().await;
        auth.health().await.expect_err("they differ");
    });
    assert_eq!(log.matches(DIFFER).count(), 1, "again and again in five minutes is once: {log}");
}

/// SQLite has no clock. What was written last cannot lie ahead of a clock that is right.
#[tokio::test]
async fn a_clock_behind_the_last_write_of_a_file_is_unfit_for_a_while() {
    let scratch = Scratch::new("clocks");
    let store = OddStore::new(SqliteStore::connect(&scratch.next_database()).await.expect("opens"));
    let (auth, _) = node(&store, START).await;
    auth.health().await.expect("an empty file");
    store.create(login(1), None).await.expect("a login");
    store.read_anew().await;
    auth.health().await.expect("written a moment ago");
    drop(auth);

    // As after a start without the time: a machine that has no battery for its clock.
    let (auth, clock_of_another) = node(&store, START.before(hours(20))).await;
    auth.health().await.expect_err("what was written lies ahead");
    clock_of_another.set(START.after(seconds(5)));
    store.read_anew().await;
    auth.health().await.expect("the time has come");

    // Perhaps it was the other clock that was wrong: with nobody writing on, that is not held against this one for ever.
    clock_of_another.set(START.before(hours(20)));
    store.read_anew().await;
    auth.health().await.expect_err("what was written lies ahead");
    clock_of_another.pass(minutes(6));
    store.read_anew().await;
    auth.health().await.expect("nobody has written since");
}

/// Seen new, a write was made since the last look: one that is dated long before that was made by another clock.
#[test]
fn a_write_dated_long_ago_says_that_one_of_two_clocks_is_wrong() {
    let log = logged(async {
        let store = OddStore::new(MemoryStore::new());
        store.tell_time(StoreTime::Written(START));
        let (auth, _) = node(&store, START.after(hours(20))).await;
        store.read_anew().await;
        auth.health().await.expect("the last write may be as old as that");
        store.tell_time(StoreTime::Written(START.after(seconds(1))));
        store.read_anew().await;
    });
    assert_eq!(log.matches(DIFFER).count(), 1, "{log}");
}

#[tokio::test]
async fn a_store_that_cannot_say_is_not_compared_with() {
    let store = MemoryStore::new();
    assert_eq!(store.time().await.expect("memory"), StoreTime::Unknown);
    let store = OddStore::new(store);
    let (auth, clock) = node(&store, START).await;
    clock.advance(hours(24));
    store.read_anew().await;
    auth.health().await.expect("it has only the store to go by");
}
