//! A store that writes down what it does does the same.

use super::{ACCESS_LIFETIME, START, life, login, logout, must, proofs, session_id, table};
use crate::store::{AnyTokenStore, AuditNote, SessionLimit, TokenStore};
use std::time::Duration;

/// Where the store has an audit table; what stands there is for SQL to see.
pub(super) async fn it_does_what_it_did<S: TokenStore>(new_store: &impl AsyncFn() -> S) {
    let note = AuditNote {
        event: "logout.succeeded",
        code: Some("of_the_contract"),
        ip: Some("192.0.2.1".to_owned()),
        user_agent: Some("\0 \"ö\"".to_owned()),
        keep: Duration::from_secs(90 * 86_400),
    };
    if new_store().await.audited(note.clone()).is_none() {
        return;
    }
    let audited = async || -> AnyTokenStore { new_store().await.audited(note.clone()).expect("a store has it or not") };
    table::moves_follow_the_table(&audited().await).await;
    life::ended_is_for_good(&audited().await).await;
    life::those_used_least_recently_make_room(&audited().await).await;
    life::epochs_rise(&audited().await).await;
    life::adoption_happens_once(&audited().await).await;
    proofs::a_new_proof_ends_the_access_tokens_of_before(&audited().await).await;
    // What it writes down is another's business, namespaces included.
    let store = audited().await.in_namespace("another").expect("namespaces");
    let limit = SessionLimit { max: 1, drop_after: START.after(ACCESS_LIFETIME) };
    must(store.create(login(1, "a\0b"), Some(limit))).await;
    must(store.create(login(2, "a\0b"), Some(limit))).await;
    assert!(must(store.end(session_id(2), logout(START))).await, "it ends");
    assert_eq!(must(store.reset(logout(START))).await, 0, "nobody is left");
}
