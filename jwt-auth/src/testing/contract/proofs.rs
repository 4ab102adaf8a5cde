//! A user who proves anew who they are.

use super::{START, created, login, must, present, presentation, seconds, session_id};
use crate::clock::Timestamp;
use crate::store::{ClientMark, LastProof, Move, NewSession, Presentation, Reauthentication, Revoked, TokenStore};

fn moment(count: u64) -> Timestamp {
    START.after(seconds(count))
}

fn proven(number: u64, generation: u64, second: u64, method: &str, acr: Option<&str>) -> Presentation {
    let proof = Reauthentication { amr: vec![method.to_owned()], acr: acr.map(str::to_owned) };
    Presentation { reauthentication: Some(proof), ..presentation(session_id(number), generation, moment(second)) }
}

fn by_another(presented: Presentation) -> Presentation {
    Presentation { client: Some(ClientMark::from_bytes([2; 16])), ..presented }
}

pub(super) async fn a_new_proof_is_noted_where_tokens_are_handed_out(store: &impl TokenStore) {
    let before = created(store, login(1, "7")).await;
    let prove = |generation, second, acr| store.advance(proven(1, generation, second, "otp", acr));
    let Move::Rotated(moved) = must(prove(0, 10, None)).await else { panic!("the newest generation moves") };
    let amr = [before.amr.clone(), vec!["otp".to_owned()]].concat();
    let mut expected = before;
    presentation(session_id(1), 0, moment(10)).decide_and_apply(&mut expected);
    (expected.auth_time, expected.amr, expected.acr, expected.proven_at) = (moment(10), amr, None, Some(1));
    expected.last_proof = LastProof { generation: 1, auth_time: moment(10) };
    assert_eq!(moved, expected, "a rotation, with the proof noted");

    let Move::Replayed(replayed) = must(prove(0, 15, None)).await else { panic!("its parent is replayed") };
    assert_eq!((replayed.generation, replayed.auth_time), (1, moment(15)), "the same proof once more");
    let Move::Rotated(raised) = must(prove(0, 20, Some("mfa"))).await else {
        panic!("who holds generation 1 has not proven that")
    };
    assert_eq!(
        (raised.generation, raised.parent),
        (2, Some(1)),
        "on from the newest: another tab's token is no orphan"
    );
    assert_eq!((raised.auth_time, raised.acr.as_deref()), (moment(20), Some("mfa")));
    let Move::Rotated(refreshed) = present(store, 1, 2, moment(30)).await else { panic!("the newest again") };
    assert_eq!((refreshed.auth_time, refreshed.acr), (moment(20), raised.acr), "a refresh is no proof");
    assert_eq!(refreshed.proven_at, Some(2), "nor does it forget the one there was");
    assert_eq!(must(store.advance(by_another(proven(1, 0, 38, "otp", None)))).await, Move::Conflict);
    let Move::Theft(stolen) = must(prove(0, 90, Some("phr"))).await else { panic!("long spent") };
    let kept = must(store.find(session_id(1))).await.map(|session| (session.auth_time, session.acr));
    assert_eq!(kept, Some((moment(20), stolen.acr)), "a thief's password proves nothing here");
}

/// ASVS 7.2.4: what was handed out before is over.
pub(super) async fn a_new_proof_ends_the_access_tokens_of_before(store: &impl TokenStore) {
    let announced = async || {
        let entries = must(store.revocations(0, START)).await.entries;
        entries.into_iter().map(|entry| entry.subject).collect::<Vec<_>>()
    };
    let of_proof = |number: u64, generation: u64, at: u64| Revoked::BeforeProof {
        sid: session_id(number),
        proof: LastProof { generation, auth_time: moment(at) },
    };
    created(store, login(1, "7")).await;
    assert!(matches!(present(store, 1, 0, moment(5)).await, Move::Rotated(_)));
    assert_eq!(announced().await, [], "a refresh is no proof");
    must(store.advance(proven(1, 1, 10, "otp", None))).await;
    must(store.advance(proven(1, 1, 11, "otp", None))).await;
    assert_eq!(announced().await, [of_proof(1, 2, 10)], "a lost answer ends nothing");
    // The clock of another node is behind, or it is the same second.
    must(store.advance(proven(1, 2, 3, "otp", Some("mfa")))).await;
    let same_second = must(store.advance(proven(1, 3, 3, "otp", Some("mfa")))).await;
    assert_eq!(same_second.granted().map(|session| session.auth_time), Some(moment(3)), "which says when it was");
    // The time is the latest there ever was: here that of the lost answer that was asked for again.
    let proofs = [of_proof(1, 2, 10), of_proof(1, 3, 11), of_proof(1, 4, 11)];
    assert_eq!(announced().await, proofs, "each is above the one before, whatever clocks say");

    // Somebody recovers it without a proof, and then there is one again: by a slow clock, and above the last.
    let forgotten = must(store.advance(by_another(presentation(session_id(1), 3, moment(60))))).await;
    assert!(matches!(&forgotten, Move::Recovered { session, .. } if session.auth_time == Timestamp::default()));
    let again = proven(1, 5, 2, "otp", None);
    assert!(matches!(must(store.advance(by_another(again))).await, Move::Rotated(_)));
    assert_eq!(announced().await.last(), Some(&of_proof(1, 6, 11)), "above what was handed out without one, too");

    // Adopted: nobody knows when its user proved who they are.
    let unproven = NewSession { auth_time: Timestamp::default(), ..login(2, "7") };
    must(store.adopt(unproven, moment(100))).await;
    must(store.advance(proven(2, 0, 90, "otp", None))).await;
    assert_eq!(announced().await.last(), Some(&of_proof(2, 1, 90)));
}

pub(super) async fn a_new_proof_is_for_nobody_else(store: &impl TokenStore) {
    let prove = |number, generation, second| store.advance(proven(number, generation, second, "otp", Some("mfa")));
    // Somebody else has the token that the proof came with.
    created(store, login(1, "7")).await;
    assert!(matches!(must(prove(1, 0, 10)).await, Move::Rotated(_)));
    assert_eq!(present(store, 1, 0, moment(20)).await, Move::Conflict, "what was made on a proof takes one");
    let Move::Recovered { session: later, .. } = present(store, 1, 0, moment(60)).await else {
        panic!("a lost answer, perhaps")
    };
    let nothing = (Timestamp::default(), vec![], None, None);
    assert_eq!((later.auth_time, later.amr, later.acr, later.proven_at), nothing, "and without the proof");
    let kept = must(store.find(session_id(1))).await;
    let kept = kept.map(|session| (session.auth_time, session.amr, session.acr, session.proven_at));
    assert_eq!(kept, Some(nothing));

    // Another tab was quicker with it, and its token has no proof.
    created(store, login(2, "7")).await;
    assert!(matches!(present(store, 2, 0, moment(10)).await, Move::Rotated(_)));
    let Move::Rotated(proven_one) = must(prove(2, 0, 20)).await else { panic!("generation 1 is in other hands") };
    assert_eq!((proven_one.generation, proven_one.parent, proven_one.auth_time), (2, Some(1), moment(20)));
    assert_eq!(present(store, 2, 1, moment(30)).await, Move::Conflict);
    assert!(matches!(present(store, 2, 2, moment(90)).await, Move::Rotated(_)), "whose it is goes on");

    // Its session has moved since, and the token that the proof came with is still of before it.
    created(store, login(4, "7")).await;
    assert!(matches!(must(prove(4, 0, 10)).await, Move::Rotated(_)));
    assert!(matches!(present(store, 4, 1, moment(20)).await, Move::Rotated(_)));
    assert_eq!(present(store, 4, 0, moment(25)).await, Move::Conflict, "however often it has moved");
    let Move::Replayed(session) = present(store, 4, 1, moment(25)).await else { panic!("who has given it") };
    assert_eq!((session.acr.as_deref(), session.proven_at), (Some("mfa"), Some(1)));
    let Move::Recovered { session, .. } = present(store, 4, 1, moment(60)).await else { panic!("a lost answer") };
    assert_eq!((session.acr.as_deref(), session.proven_at), (Some("mfa"), Some(1)), "nothing is forgotten for it");

    // Another client was quicker.
    created(store, login(3, "7")).await;
    let first = by_another(presentation(session_id(3), 0, moment(10)));
    assert!(matches!(must(store.advance(first)).await, Move::Rotated(_)));
    assert_eq!(must(prove(3, 0, 15)).await, Move::Conflict);
    let Move::Recovered { session, before } = must(prove(3, 0, 20)).await else { panic!("the parent, later") };
    assert_eq!((session.generation, session.parent, session.auth_time), (2, Some(0), moment(20)));
    assert!(session.proven_at == Some(2) && before == Some(ClientMark::from_bytes([2; 16])));
}
