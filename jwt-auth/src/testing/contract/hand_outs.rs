//! Tokens that are handed out without a move.

use super::{ACCESS_LIFETIME, START, created, login, logout, must, seconds, session_id};
use crate::clock::Timestamp;
use crate::store::TokenStore;

fn moment(count: u64) -> Timestamp {
    START.after(seconds(count))
}

pub(super) async fn they_are_noted_for_who_revokes(store: &impl TokenStore) {
    let handed_out_at = async |number| must(store.find(session_id(number))).await.map(|session| session.handed_out_at);
    for number in 1..=3 {
        created(store, login(number, "7")).await;
    }
    for (noted, kept) in [(1000, 1000), (10, 1000), (1001, 1001)] {
        assert!(must(store.note_hand_out(Some(session_id(1)), moment(noted))).await);
        assert_eq!(handed_out_at(1).await, Some(moment(kept)), "the latest moment stays");
    }
    assert_eq!(handed_out_at(2).await, Some(START), "and is of one session");
    assert!(!must(store.note_hand_out(Some(session_id(9)), START)).await, "unknown");
    assert!(must(store.end(session_id(1), logout(moment(10)))).await);
    assert!(!must(store.note_hand_out(Some(session_id(1)), moment(5000))).await, "ended: nothing more of it");
    assert_eq!(handed_out_at(1).await, Some(moment(1001)));

    must(store.note_hand_out(Some(session_id(2)), moment(2000))).await;
    must(store.end_all("7", None, logout(moment(20)))).await;
    must(store.end_all("8", None, logout(moment(20)))).await;
    for noted in [5000, 30] {
        assert!(must(store.note_hand_out(None, moment(noted))).await);
    }
    must(store.end_all("9", None, logout(moment(30)))).await;
    assert!(must(store.raised_at("9")).await.is_none_or(|raised_at| raised_at == moment(30)), "of nobody's sessions");

    let entries = must(store.revocations(0, START)).await.entries;
    let noted = [(10, Some(1001)), (20, Some(2000)), (20, None), (30, Some(5000))];
    assert_eq!(entries.len(), noted.len());
    for (entry, (now, noted)) in entries.iter().zip(noted) {
        let lasts = seconds(noted.map_or(0, |noted| noted - now)) + ACCESS_LIFETIME;
        assert!(entry.lasts >= lasts && entry.drop_after >= moment(now).after(lasts), "{noted:?}: {entry:?}");
        // A fourth of the lifetime at most is added for what need not be noted.
        assert!(entry.lasts <= lasts + ACCESS_LIFETIME / 4, "{noted:?}: {entry:?}");
    }
}
