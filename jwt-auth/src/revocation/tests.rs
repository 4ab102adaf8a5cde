//! Of what a node holds in memory.

use super::*;
use crate::clock::{Clock, Timestamp};
use crate::store::{EndReason, Ending, MemoryStore, Revoked, SessionId, TokenStore};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_seconds(1_000_000);
const LATER: Timestamp = Timestamp::from_seconds(1_000_300);
const KEEP: Duration = Duration::from_secs(200);

/// Two hands: the wall clock's, in seconds after `NOW`, and the one that nobody turns back.
#[derive(Debug, Default)]
struct Hands(Mutex<(i64, u64)>);

impl Hands {
    fn step(&self, seconds: i64) {
        self.0.lock().expect("a lock").0 += seconds;
    }

    fn pass(&self, seconds: u64) {
        let mut hands = self.0.lock().expect("a lock");
        *hands = (hands.0 + i64::try_from(seconds).expect("small"), hands.1 + seconds);
    }
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        let by = self.0.lock().expect("a lock").0;
        let by_much = Duration::from_secs(by.unsigned_abs());
        if by < 0 { NOW.before(by_much) } else { NOW.after(by_much) }
    }

    fn monotonic(&self) -> Duration {
        Duration::from_secs(self.0.lock().expect("a lock").1)
    }
}

fn view() -> (Arc<Hands>, Revocations) {
    let hands = Arc::new(Hands::default());
    (Arc::clone(&hands), Revocations::new(hands, KEEP, Duration::ZERO))
}

/// Of a token with these claims.
fn is_revoked(view: &Revocations, sid: Option<&str>, user_id: Option<&str>, epoch: Option<u64>) -> bool {
    view.is_revoked(&TokenFacts { sid, user_id, epoch, ..TokenFacts::default() })
}

fn session(byte: u8) -> (SessionId, String) {
    let sid = SessionId::from_bytes([byte; 16]);
    (sid, sid.to_string())
}

#[test]
fn a_revoked_session_is_revoked_until_its_entry_leaves() {
    let (hands, view) = view();
    let (sid, text) = session(1);
    let (_, other) = session(2);
    assert!(!is_revoked(&view, Some(&text), Some("7"), Some(0)));
    view.revoke(Revoked::Session(sid), LATER);
    assert!(is_revoked(&view, Some(&text), Some("7"), Some(0)));
    assert!(!is_revoked(&view, Some(&other), Some("7"), Some(0)));
    assert!(!is_revoked(&view, Some("not a sid"), None, None));
    hands.pass(299);
    view.drop_expired();
    assert_eq!(view.len(), 1);
    hands.pass(1);
    view.drop_expired();
    assert!(view.is_empty());
    assert!(!is_revoked(&view, Some(&text), Some("7"), Some(0)));
}

#[test]
fn a_wall_clock_that_steps_forgets_nothing() {
    for (before, after) in [(86_400, -86_400), (-86_400, 86_400), (0, 86_400), (0, -86_400)] {
        let (hands, view) = view();
        let (sid, text) = session(1);
        hands.step(before);
        view.revoke(Revoked::Session(sid), LATER);
        hands.pass(100);
        view.drop_expired();
        hands.step(after);
        view.drop_expired();
        hands.pass(99);
        view.drop_expired();
        assert!(is_revoked(&view, Some(&text), None, None), "after steps of {before} and {after} s");
    }
}

#[test]
fn an_epoch_revokes_what_is_below_it_and_never_falls() {
    let (hands, view) = view();
    let user = |epoch| Revoked::User { user_id: "7".to_owned(), epoch, raised_at: NOW };
    view.revoke(user(3), LATER);
    view.revoke(user(2), NOW);
    assert!(is_revoked(&view, None, Some("7"), Some(2)));
    assert!(is_revoked(&view, None, Some("7"), None));
    assert!(!is_revoked(&view, None, Some("7"), Some(3)));
    assert!(!is_revoked(&view, None, Some("8"), Some(0)));
    hands.pass(250);
    view.drop_expired();
    assert_eq!(view.len(), 1, "the longer life counts");
}

#[tokio::test]
async fn sync_reads_on_from_where_it_was_and_notes_the_time() {
    let store = MemoryStore::new();
    let ending = Ending { reason: EndReason::SessionRevoked, now: NOW, drop_after: LATER };
    let (hands, view) = view();
    assert!(view.is_stale(Duration::MAX));
    store.end_all("7", None, ending).await.expect("memory");
    view.sync(&store).await.expect("memory");
    assert!(is_revoked(&view, None, Some("7"), Some(0)));
    assert_eq!(view.last_synced(), Some(NOW));
    hands.pass(30);
    assert!(!view.is_stale(Duration::from_secs(30)));
    hands.pass(1);
    assert!(view.is_stale(Duration::from_secs(30)));

    // A feed that is younger than the view: as after a restored database.
    let fresh = MemoryStore::new();
    view.read_to.store(9, Ordering::Release);
    fresh.end_all("8", None, ending).await.expect("memory");
    view.sync(&fresh).await.expect("memory");
    assert!(is_revoked(&view, None, Some("8"), Some(0)));
    assert!(is_revoked(&view, None, Some("7"), Some(0)), "kept");
}

#[tokio::test]
async fn silence_is_the_longer_of_two_gaps() {
    let seconds = Duration::from_secs;
    for (step, pass, silence) in [(0, 40, 40), (-3600, 0, 3600), (-30, 40, 40), (3600, 0, 3600), (-3600, 40, 3560)] {
        let (hands, view) = view();
        view.sync(&MemoryStore::new()).await.expect("memory");
        hands.step(step);
        hands.pass(pass);
        assert_eq!(view.silence(), Some(seconds(silence)), "a step of {step} s, and {pass} s");
    }
}
