//! The store remembers whose keys its sessions were made with: rolling changes work, and a stranger does not start.

use jwt_auth::keys::{Algorithm, KeyMark, SigningKey};
use jwt_auth::store::{AnyTokenStore, EndReason, Ending, MemoryStore, Move, SqliteStore, TokenStore};
use jwt_auth::testing::ManualClock;
use jwt_auth::{JwtAuth, Secret, Settings, StartError};
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::sessions::{START, login, session_id};
use jwt_auth_tests::tokens::{pair, pem, signing_text};
use std::time::Duration;

const OLD: &str = "the old key of the suite on key marks, which nobody may see";
const NEW: &str = "the new key of the suite on key marks, which nobody may see";
const STRANGE: &str = "a strange key of the suite on key marks, which nobody may see";

async fn start(settings: Settings, store: &AnyTokenStore) -> Result<JwtAuth, StartError> {
    JwtAuth::builder(settings).store(store.clone()).clock(ManualClock::new(START)).start().await
}

/// Each store that keeps sessions, with one in it.
async fn with_each_store(work: impl AsyncFn(AnyTokenStore)) {
    let scratch = Scratch::new("key-marks");
    let file = SqliteStore::connect(&scratch.next_database()).await.expect("opens");
    for store in [AnyTokenStore::new(MemoryStore::new()), AnyTokenStore::new(file)] {
        work(store).await;
    }
}

async fn moves(store: &AnyTokenStore) -> bool {
    let found = store.find(session_id(1)).await.expect("reads").expect("a session");
    found.ended.is_none()
}

#[tokio::test]
async fn keys_change_one_node_after_the_other() {
    with_each_store(async |store| {
        start(Settings::new(OLD), &store).await.expect("the first");
        store.create(login(1), None).await.expect("a login");
        let both = Settings { fallback_keys: vec![Secret::new(OLD)], ..Settings::new(NEW) };
        start(both, &store).await.expect("shares the old one");
        start(Settings::new(OLD), &store).await.expect("a node that was not changed yet");
        start(Settings::new(NEW), &store).await.expect("the old one is dropped in the end");
        assert!(moves(&store).await);
    })
    .await;
}

#[tokio::test]
async fn a_stranger_does_not_start_where_sessions_live() {
    with_each_store(async |store| {
        start(Settings::new(OLD), &store).await.expect("the first");
        start(Settings::new(STRANGE), &store).await.expect("nobody lives there yet");
        start(Settings::new(OLD), &store).await.expect("nor now");
        store.create(login(1), None).await.expect("a login");
        for _ in 0..2 {
            let Err(StartError::Settings(error)) = start(Settings::new(STRANGE), &store).await else {
                panic!("it must not start")
            };
            let [fault] = error.faults() else { panic!("{error}") };
            assert_eq!(fault.name, "signing_key");
            assert!(fault.reason.contains("1 session(s) live"), "{fault}");
            for remedy in ["another `namespace`", "`fallback_keys`", "`jwt-auth namespace reset`"] {
                assert!(fault.remedy.contains(remedy), "{remedy}: {fault}");
            }
            assert!(!error.to_string().contains("key marks"), "and says no key");
        }
        assert!(moves(&store).await);

        // Each of the three remedies.
        let elsewhere = Settings { namespace: "elsewhere".to_owned(), ..Settings::new(STRANGE) };
        start(elsewhere, &store).await.expect("another namespace");
        let ending =
            Ending { reason: EndReason::SessionRevoked, now: START, drop_after: START.after(Duration::from_secs(300)) };
        while store.reset(ending).await.expect("resets") > 0 {}
        assert!(!moves(&store).await, "it ends what lives");
        start(Settings::new(STRANGE), &store).await.expect("after a reset");
        store.create(login(2), None).await.expect("a login");
        let both = Settings { fallback_keys: vec![Secret::new(STRANGE)], ..Settings::new(OLD) };
        start(both, &store).await.expect("the key of before as a fallback");
    })
    .await;
}

/// Whoever only verifies has half of the key, and is no stranger.
#[tokio::test]
async fn public_keys_are_known_by_either_half() {
    let store = AnyTokenStore::new(MemoryStore::new());
    let algorithm = Algorithm::ES256;
    let whole = Settings { algorithm, ..Settings::new(signing_text(algorithm)) };
    start(whole, &store).await.expect("the first");
    store.create(login(1), None).await.expect("a login");
    let half = pem("PUBLIC KEY", &pair(algorithm).public_info);
    start(Settings::verify_only(algorithm, half), &store).await.expect("the same key");
    let other = Settings { algorithm: Algorithm::EdDSA, ..Settings::new(signing_text(Algorithm::EdDSA)) };
    assert!(matches!(start(other, &store).await, Err(StartError::Settings(_))));
}

#[test]
fn a_mark_is_the_thumbprint_or_says_nothing_of_the_secret() {
    let key = SigningKey::load(Algorithm::ES256, &signing_text(Algorithm::ES256), None).expect("a key").verifying_key();
    assert_eq!(key.mark(), KeyMark::from_text(&key.thumbprint().expect("public")));
    let mark = |text: &str| SigningKey::load(Algorithm::HS256, text, None).expect("a key").verifying_key().mark();
    assert_eq!(mark(OLD), mark(OLD), "on every node");
    assert_ne!(mark(OLD), mark(NEW));
    assert_eq!(mark(OLD).as_str().len(), 43, "256 bits");
}

/// A database of before has no marks: the first node brings its own, whatever lives there.
#[tokio::test]
async fn sessions_of_before_belong_to_whoever_starts_first() {
    with_each_store(async |store| {
        store.create(login(1), None).await.expect("a login");
        start(Settings::new(OLD), &store).await.expect("nobody knows better");
        assert!(matches!(start(Settings::new(NEW), &store).await, Err(StartError::Settings(_))));
        let presented = jwt_auth_tests::sessions::presentation(1, 0, START);
        assert!(matches!(store.advance(presented).await, Ok(Move::Rotated(_))));
    })
    .await;
}
