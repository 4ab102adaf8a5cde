//! Lists and feeds come in pages.

use super::races::all_at_once;
use super::{ACCESS_LIFETIME, START, created, login, logout, must, seconds, session_id};
use crate::store::{NewSession, SESSIONS_PAGE, SessionId, SessionPlace, TokenStore};
use std::sync::Arc;

pub(super) async fn lists_come_in_pages(store: &impl TokenStore) {
    const COUNT: u64 = 2 * SESSIONS_PAGE as u64 + 50;
    for number in 0..COUNT {
        // Three of each moment: the order goes on where moments do not tell.
        let created_at = START.after(seconds(number / 3));
        created(store, NewSession { created_at, ..login(number, "7") }).await;
    }
    created(store, login(9000, "8")).await;
    must(store.end(session_id(20), logout(START.after(seconds(100))))).await;
    let now = START.after(seconds(1000));
    let mut seen: Vec<SessionId> = Vec::new();
    let mut page = must(store.list("7", now)).await;
    while let Some(last) = page.last() {
        assert!(page.len() <= SESSIONS_PAGE, "{} in one page", page.len());
        let place = SessionPlace::of(last);
        seen.extend(page.iter().map(|session| session.sid));
        page = must(store.list_after("7", place, now)).await;
        assert!(seen.len() <= COUNT as usize, "pages that never end");
        // The place of a row that is gone is a place.
        must(store.end(SessionId::from_bytes([0xff; 16]), logout(now))).await;
    }
    let expected: Vec<SessionId> = (0..COUNT).rev().filter(|number| *number != 20).map(session_id).collect();
    assert_eq!(seen.len(), expected.len());
    assert_eq!(seen, expected, "the youngest first, each once");
    // Between two pages the last one of the first ended.
    let first = must(store.list("7", now)).await;
    let place = SessionPlace::of(first.last().expect("a page"));
    must(store.end(place.sid, logout(now))).await;
    assert_eq!(must(store.list_after("7", place, now)).await[0].sid, expected[SESSIONS_PAGE]);
}

/// However far behind, a reader reaches the end page by page, and can tell.
pub(super) async fn a_reader_far_behind_can_tell_that_it_is_up_to_date(store: Arc<impl TokenStore>) {
    const COUNT: usize = 2100;
    const AT_ONCE: usize = 100;
    // How many a store can take at once is not the question here, be the machine as busy as it likes.
    for first in (0..COUNT).step_by(AT_ONCE) {
        all_at_once(AT_ONCE, {
            let store = Arc::clone(&store);
            move |number| {
                let store = Arc::clone(&store);
                async move { must(store.end_all(&(first + number).to_string(), None, logout(START))).await }
            }
        })
        .await;
    }
    let (mut after, mut count, mut pages) = (0, 0, 0);
    loop {
        let feed = must(store.revocations(after, START)).await;
        assert!(feed.read_to > after || feed.entries.is_empty(), "a page brings the reader on");
        assert!(feed.entries.iter().all(|entry| entry.lasts == ACCESS_LIFETIME), "how long they count");
        (after, count, pages) = (feed.read_to, count + feed.entries.len(), pages + 1);
        if feed.is_up_to_date || feed.entries.is_empty() {
            assert!(feed.is_up_to_date, "a store can tell whether it gave all");
            break;
        }
        assert!(pages < 100, "pages that never end");
    }
    assert_eq!(count, COUNT);
    assert!(must(store.revocations(after, START)).await.is_up_to_date, "nothing new is the end");
}
