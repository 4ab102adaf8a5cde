//! How sessions begin, end and leave.

use super::{ACCESS_LIFETIME, RULES, START, created, login, logout, must, present, presentation, seconds, session_id};
use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::error::StoreError;
use crate::store::{
    CLEARED_PER_WRITE, EndReason, KEPT_LONGER, Move, NewSession, Presentation, Session, SessionId, SessionLimit,
    SessionRules, TokenStore,
};

pub(super) async fn a_login_is_kept_as_it_was(store: &impl TokenStore) {
    must(store.health()).await;
    let new = login(1, "käthe's \"7\"");
    let session = created(store, new.clone()).await;
    assert_eq!(session, new.into_session(0));
    assert_eq!(must(store.find(session_id(1))).await.as_ref(), Some(&session));
    assert_eq!(must(store.find(session_id(2))).await, None);
    assert_eq!(must(store.list("käthe's \"7\"", START)).await, vec![session]);
    assert_eq!(must(store.list("7", START)).await, vec![]);
}

pub(super) async fn a_name_is_taken_once(store: &impl TokenStore) {
    let first = created(store, login(1, "7")).await;
    let second = store.create(login(1, "8"), None).await;
    assert!(matches!(second, Err(StoreError::Corrupt(_))), "{second:?}");
    assert_eq!(must(store.find(session_id(1))).await, Some(first));
}

pub(super) async fn ended_is_for_good(store: &impl TokenStore) {
    created(store, login(1, "7")).await;
    present(store, 1, 0, START).await;
    assert!(must(store.end(session_id(1), logout(START))).await);
    assert!(!must(store.end(session_id(1), logout(START))).await, "once");
    assert!(!must(store.end(session_id(2), logout(START))).await, "unknown");
    for generation in 0..3 {
        assert_eq!(present(store, 1, generation, START).await, Move::Ended(EndReason::SessionRevoked));
    }
    assert_eq!(must(store.list("7", START)).await, vec![]);
    let found = must(store.find(session_id(1))).await;
    assert_eq!(found.and_then(|session| session.ended), Some(EndReason::SessionRevoked));
}

pub(super) async fn expired_is_refused(store: &impl TokenStore) {
    let mut new = login(1, "7");
    new.expires_at = START.after(RULES.idle_lifetime + seconds(100));
    let absolute = new.expires_at;
    created(store, new.clone()).await;
    let last = START.after(RULES.idle_lifetime).before(seconds(1));
    let Move::Rotated(moved) = present(store, 1, 0, last).await else {
        panic!("a second before the idle end it still moves")
    };
    assert_eq!(moved.idle_expires_at, absolute, "never beyond the absolute end");
    assert_eq!(moved.expires_at, absolute, "which never moves");
    assert_eq!(present(store, 1, 1, absolute).await, Move::Ended(EndReason::SessionExpired), "over on the very moment");
    assert_eq!(must(store.list("7", absolute)).await, vec![]);
    // What was made from it may still open something, and can be ended.
    let later = absolute.after(ACCESS_LIFETIME);
    assert!(!must(store.end(session_id(1), logout(later))).await, "nothing is left of it");
    assert!(must(store.end(session_id(1), logout(later.before(seconds(1))))).await);
    assert!(!must(store.end(session_id(1), logout(absolute))).await, "once");
    assert_eq!(must(store.revocations(0, START)).await.entries.len(), 1);

    created(store, login(2, "7")).await;
    let idle_end = START.after(RULES.idle_lifetime);
    assert_eq!(present(store, 2, 0, idle_end).await, Move::Ended(EndReason::SessionExpired));
    if must(store.remember_lifetime(2 * ACCESS_LIFETIME, START)).await.is_empty() {
        return;
    }
    assert!(must(store.end(session_id(2), logout(idle_end.after(ACCESS_LIFETIME)))).await, "by the longest lifetime");
}

/// Neither by a shorter setting nor by a slow clock.
pub(super) async fn no_move_shortens_an_idle_life(store: &impl TokenStore) {
    let end = created(store, login(1, "7")).await.idle_expires_at;
    let short = SessionRules { idle_lifetime: seconds(60), ..RULES };
    for (generation, second) in [(0, 10), (1, 20), (1, 25)] {
        let presented =
            Presentation { rules: short, ..presentation(session_id(1), generation, START.after(seconds(second))) };
        let moved = must(store.advance(presented)).await;
        assert_eq!(moved.granted().map(|session| session.idle_expires_at), Some(end));
    }
    let before = START.before(seconds(3600));
    let moved = present(store, 1, 2, before).await;
    assert_eq!(moved.granted().map(|session| session.idle_expires_at), Some(end));
    // Then it is as short as it is set.
    let late = Presentation { rules: short, ..presentation(session_id(1), 3, end.before(seconds(1))) };
    let moved = must(store.advance(late)).await;
    assert_eq!(moved.granted().map(|session| session.idle_expires_at), Some(end.after(seconds(59))));
}

pub(super) async fn those_used_least_recently_make_room(store: &impl TokenStore) {
    let limit = Some(SessionLimit { max: 2, drop_after: START.after(ACCESS_LIFETIME) });
    for number in 1..=4 {
        let mut new = login(number, "7");
        new.created_at = START.after(seconds(number));
        must(store.create(new, limit)).await;
    }
    must(store.create(login(9, "8"), limit)).await;
    let now = START.after(seconds(10));
    let listed = async |user: &str| {
        must(store.list(user, now)).await.iter().map(|session| session.sid).collect::<Vec<SessionId>>()
    };
    assert_eq!(listed("7").await, [session_id(4), session_id(3)], "the youngest first");
    assert_eq!(listed("8").await.len(), 1, "per user");
    assert_eq!(present(store, 1, 0, now).await, Move::Ended(EndReason::SessionRevoked));
    let feed = must(store.revocations(0, START)).await;
    assert_eq!(feed.entries.len(), 2, "each one announced");

    // The older login is in use, and the younger one is not.
    assert!(matches!(present(store, 3, 0, now).await, Move::Rotated(_)));
    let fifth = NewSession { created_at: START.after(seconds(20)), ..login(5, "7") };
    must(store.create(fifth, limit)).await;
    assert_eq!(listed("7").await, [session_id(5), session_id(3)], "the one used least recently has gone");
    // Adopted is used, however long ago it was issued.
    let now = START.after(seconds(30));
    must(store.adopt(login(6, "7"), now)).await;
    let seventh = NewSession { created_at: START.after(seconds(40)), ..login(7, "7") };
    must(store.create(seventh, limit)).await;
    assert_eq!(listed("7").await, [session_id(7), session_id(6)], "the newcomer stays");
    // Used without a move.
    assert!(must(store.note_hand_out(Some(session_id(6)), START.after(seconds(50)))).await);
    let eighth = NewSession { created_at: START.after(seconds(60)), ..login(8, "7") };
    must(store.create(eighth, limit)).await;
    assert_eq!(listed("7").await, [session_id(8), session_id(6)], "though nothing has moved");
}

pub(super) async fn rows_leave_in_batches(store: &impl TokenStore) {
    let batch = CLEARED_PER_WRITE as u64;
    for number in 0..batch + 5 {
        created(store, login(number, "7")).await;
    }
    // Ended, and yet kept while one of its tokens may live.
    must(store.end(session_id(0), logout(START))).await;
    let kept = NewSession { keep_until: START.after(3 * RULES.idle_lifetime), ..login(500, "7") };
    created(store, kept.clone()).await;
    let fresh = |number: u64, now: Timestamp| NewSession {
        created_at: now,
        idle_expires_at: now.after(RULES.idle_lifetime),
        ..login(number, "8")
    };
    let before = START.after(RULES.idle_lifetime + KEPT_LONGER);
    created(store, fresh(600, before)).await;
    let left = remaining(store, batch + 5).await;
    assert_eq!(left, batch + 5, "nothing leaves while a token may live, nor for a day after");

    let after = before.after(seconds(1));
    created(store, fresh(601, after)).await;
    assert_eq!(remaining(store, batch + 5).await, 5, "one batch per write");
    created(store, fresh(602, after)).await;
    assert_eq!(remaining(store, batch + 5).await, 0);
    assert!(must(store.find(session_id(500))).await.is_some(), "kept until its adopted token is over");
    // The token that it was adopted from comes again, and finds it.
    must(store.adopt(kept, after)).await;
    assert_eq!(present(store, 500, 0, after).await, Move::Ended(EndReason::SessionExpired));
    created(store, fresh(603, START.after(3 * RULES.idle_lifetime + KEPT_LONGER + seconds(1)))).await;
    assert_eq!(must(store.find(session_id(500))).await, None);
}

/// A token from elsewhere may say any end, and a database counts with it.
pub(super) async fn ends_that_lie_too_far_off_are_kept(store: &impl TokenStore) {
    for (number, end) in [(1, 9_223_372_036_854_775_000), (2, u64::MAX)] {
        let end = Timestamp::from_millis(end);
        let new = NewSession { idle_expires_at: end, expires_at: end, keep_until: end, ..login(number, "7") };
        must(store.adopt(new, START)).await;
        for generation in 0..2 {
            let Move::Rotated(session) = present(store, number, generation, START).await else { panic!("it moves") };
            assert_eq!((session.expires_at, session.idle_expires_at), (Session::LAST_MOMENT, Session::LAST_MOMENT));
        }
        assert!(must(store.end(session_id(number), logout(START))).await);
    }
}

async fn remaining(store: &impl TokenStore, count: u64) -> u64 {
    let mut left = 0;
    for number in 0..count {
        left += u64::from(must(store.find(session_id(number))).await.is_some());
    }
    left
}

pub(super) async fn epochs_rise(store: &impl TokenStore) {
    assert_eq!(must(store.epoch("7")).await, 0);
    for number in 1..=3 {
        created(store, login(number, "7")).await;
    }
    created(store, login(4, "8")).await;
    let epoch = must(store.end_all("7", Some(session_id(3)), logout(START))).await;
    assert_eq!(epoch, 1);
    assert_eq!(must(store.epoch("7")).await, 1);
    assert_eq!(must(store.epoch("8")).await, 0);
    let kept = must(store.list("7", START)).await;
    assert_eq!(kept.len(), 1, "all others ended");
    assert_eq!((kept[0].sid, kept[0].epoch), (session_id(3), 1));
    assert_eq!(must(store.list("8", START)).await.len(), 1);
    assert_eq!(created(store, login(5, "7")).await.epoch, 1);
    assert_eq!(must(store.end_all("7", None, logout(START))).await, 2);
    assert_eq!(must(store.list("7", START)).await, vec![]);
    // A session of somebody else is not kept, and not raised.
    must(store.end_all("7", Some(session_id(4)), logout(START))).await;
    assert_eq!(must(store.list("8", START)).await[0].epoch, 0);
}

pub(super) async fn claims_change_while_it_lives(store: &impl TokenStore) {
    let before = created(store, login(1, "7")).await;
    let beside = created(store, login(2, "7")).await;
    let mut claims = Claims::new();
    claims.insert("plan", "größer \"2\"").expect("a string is JSON");
    assert!(must(store.set_claims(session_id(1), claims.clone())).await);
    let after = must(store.find(session_id(1))).await.expect("a session");
    assert_eq!(after, Session { claims: claims.clone(), ..before }, "the claims and nothing else");
    assert_eq!(must(store.find(session_id(2))).await, Some(beside));
    assert!(!must(store.set_claims(session_id(3), claims.clone())).await, "unknown");
    must(store.end(session_id(2), logout(START))).await;
    assert!(!must(store.set_claims(session_id(2), claims.clone())).await, "ended");
    let ended = must(store.find(session_id(2))).await.expect("a session");
    assert_ne!(ended.claims, claims);
}

pub(super) async fn adoption_happens_once(store: &impl TokenStore) {
    must(store.adopt(login(1, "7"), START)).await;
    let Move::Rotated(session) = present(store, 1, 0, START).await else { panic!("an adopted token is generation 0") };
    must(store.adopt(login(1, "7"), START)).await;
    assert_eq!(must(store.find(session_id(1))).await, Some(session), "adopting again changes nothing");
    // "Log out everywhere" meant the tokens of which nobody knew, too.
    let ending = logout(START.after(seconds(10)));
    must(store.end_all("7", None, ending)).await;
    for (number, issued, refused) in [(2, 9, true), (3, 10, true), (4, 11, false)] {
        let mut new = login(number, "7");
        new.created_at = START.after(seconds(issued));
        must(store.adopt(new, START.after(seconds(20)))).await;
        let outcome = present(store, number, 0, START.after(seconds(20))).await;
        assert_eq!(outcome == Move::Ended(EndReason::SessionRevoked), refused, "issued {issued} s: {outcome:?}");
    }
}
