//! The task that follows the feed: it outlives a store that fails, hangs or panics, reaches the end of a busy feed, and says what is wrong.

use jwt_auth::clock::Timestamp;
use jwt_auth::settings::seconds;
use jwt_auth::store::{EndReason, Ending, MemoryStore, TokenStore};
use jwt_auth::testing::{ManualClock, TestToken};
use jwt_auth::{JwtAuth, Settings};
use jwt_auth_tests::odd_store::{FeedFault, OddStore};
use jwt_auth_tests::{KEY, logged};
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

async fn node(store: &OddStore, fail_closed: bool) -> (JwtAuth, ManualClock) {
    let clock = ManualClock::new(NOW);
    let settings = Settings {
        revocation_sync_interval: Duration::from_millis(5),
        revocation_fail_closed: fail_closed,
        ..Settings::new(KEY)
    };
    let auth = JwtAuth::builder(settings).store(store.clone()).clock(clock.clone()).start().await.expect("starts");
    (auth, clock)
}

/// Waits for what the follower will do, and no longer than ten seconds.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..10_000 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("{what}: not within ten seconds");
}

#[tokio::test]
async fn health_says_how_long_ago_revocations_were_read() {
    let store = OddStore::new(MemoryStore::new());
    let (auth, clock) = node(&store, false).await;
    let lag = async || auth.health().await.expect("in touch").revocation_lag.expect("it has a feed");
    // The clock that tells it goes on by itself, beside what it is turned.
    let is_about = async |expected: Duration| {
        let lag = lag().await;
        assert!(lag >= expected && lag < expected + seconds(5), "{lag:?} and not {expected:?}");
    };
    is_about(Duration::ZERO).await;
    store.break_feed(FeedFault::Down);
    let before = store.readings();
    until("no reading of before is under way", async || store.readings() >= before + 2).await;
    clock.pass(seconds(7));
    is_about(seconds(7)).await;
    clock.pass(seconds(7));
    is_about(seconds(14)).await;
    store.break_feed(FeedFault::None);
    until("it is read again", async || lag().await < seconds(7)).await;
    let stateless = Settings { rotate_refresh_tokens: false, ..Settings::new(KEY) };
    let auth = JwtAuth::builder(stateless).start().await.expect("starts");
    assert_eq!(auth.health().await.expect("well").revocation_lag, None, "nothing is to be heard of");
}

#[test]
fn whatever_befell_the_store_it_is_asked_again_and_the_log_says_so() {
    for (fault, said) in [
        (FeedFault::Down, "revocations cannot be read"),
        (FeedFault::Hangs, "the store does not answer when it is asked for revocations; it is asked again"),
        (FeedFault::Panics, "the store panicked while revocations were read; it is asked again"),
    ] {
        let log = logged(async {
            let store = OddStore::new(MemoryStore::new());
            let (auth, clock) = node(&store, false).await;
            store.break_feed(fault);
            let before = store.readings();
            until("it is asked twice more", async || store.readings() >= before + 2).await;
            clock.pass(seconds(31));
            auth.health().await.expect_err("out of touch");
            store.break_feed(FeedFault::None);
            let ending = Ending { reason: EndReason::SessionRevoked, now: NOW, drop_after: NOW.after(seconds(300)) };
            store.end_all("7", None, ending).await.expect("memory");
            until("it hears again", async || auth.health().await.is_ok()).await;
            let token = TestToken::access("7").claim("ep", 0).sign(&auth);
            auth.authenticate(&token).await.expect_err("and of what was revoked meanwhile");
        });
        assert!(log.contains(said), "{fault:?}: {log}");
        assert!(log.contains("revocations are synchronised again"), "{fault:?}: {log}");
    }
}

/// `revocation_fail_closed` decides what is answered, not whether anybody is told.
#[test]
fn staleness_is_warned_of_whatever_the_setting_says() {
    for fail_closed in [false, true] {
        let log = logged(async {
            let store = OddStore::new(MemoryStore::new());
            let (auth, clock) = node(&store, fail_closed).await;
            store.break_feed(FeedFault::Down);
            clock.pass(seconds(31));
            let before = store.readings();
            until("two more readings", async || store.readings() >= before + 2).await;
            let answer = auth.authenticate(&TestToken::access("7").sign(&auth)).await;
            assert_eq!(answer.is_err(), fail_closed, "{answer:?}");
        });
        let told = log.matches("has not heard of revocations for longer than").count();
        assert_eq!(told, 1, "once, with fail_closed = {fail_closed}: {log}");
    }
}

/// There is something new at every reading, and still a reading ends.
#[tokio::test]
async fn a_busy_feed_is_read_to_its_end() {
    let store = OddStore::new(MemoryStore::new());
    let ending = Ending { reason: EndReason::SessionRevoked, now: NOW, drop_after: NOW.after(seconds(300)) };
    for number in 0..2500 {
        store.end_all(&format!("user {number}"), None, ending).await.expect("memory");
    }
    store.break_feed(FeedFault::Busy);
    let (auth, clock) = tokio::time::timeout(Duration::from_secs(10), node(&store, true)).await.expect("it starts");
    for user in ["user 0", "user 1000", "user 2499"] {
        let token = TestToken::access(user).claim("ep", 0).sign(&auth);
        auth.authenticate(&token).await.expect_err(user);
    }
    clock.pass(seconds(31));
    until("it is up to date beside busy writers", async || auth.health().await.is_ok()).await;
}

/// What a store says of news is a reason to look, and one that says so in vain is no reason to look all the time.
#[tokio::test]
async fn a_store_that_always_has_news_is_asked_twice_as_often_at_most() {
    for fault in [FeedFault::Chatty, FeedFault::Mute] {
        let store = OddStore::new(MemoryStore::new());
        store.break_feed(fault);
        let settings = Settings { revocation_sync_interval: Duration::from_millis(200), ..Settings::new(KEY) };
        let auth: JwtAuth = JwtAuth::builder(settings).store(store.clone()).start().await.expect("starts");
        let (begun, before) = (std::time::Instant::now(), store.readings());
        until("it is asked, whatever it says", async || store.readings() >= before + 6).await;
        let intervals = if fault == FeedFault::Chatty { 3 } else { 6 };
        assert!(begun.elapsed() >= Duration::from_millis(200 * (intervals - 1)), "{fault:?}: {:?}", begun.elapsed());
        auth.health().await.expect("in touch");
    }
}
