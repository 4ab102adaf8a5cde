//! The keys of one issuer: when they are fetched, and when they are not.

use jwt_auth::clock::Clock;
use jwt_auth::error::TokenError;
use jwt_auth::jwks::JwksStatus;
use jwt_auth::keys::Algorithm;
use jwt_auth::settings::{hours, minutes, seconds};
use jwt_auth::testing::ManualClock;
use jwt_auth::{AuthError, JwtAuth, NoUser, Settings};
use jwt_auth_tests::key_server::{KeyServer, Reply, TestKey, key_set, until, verifying};
use jwt_auth_tests::logged;
use jwt_auth_tests::tokens::NOW;
use std::time::Duration;

const ISSUER: &str = "https://issuer.example/";
const URL: &str = "https://issuer.example/keys";

fn settings() -> Settings {
    Settings { jwk_url: Some(URL.to_owned()), algorithm: Algorithm::ES256, ..Settings::of_issuer(ISSUER) }
}

/// A server that has these keys, and a service that has them from there.
async fn started(keys: &[&TestKey]) -> (KeyServer, JwtAuth<NoUser>, ManualClock) {
    let server = KeyServer::new();
    server.put_keys(URL, keys);
    let (auth, clock) = verifying(settings(), &server).await;
    assert_eq!(server.count(), 1, "eager");
    (server, auth, clock)
}

fn payload() -> String {
    format!(r#"{{"iss":"{ISSUER}","sub":"u1","exp":{}}}"#, NOW + 1_000_000)
}

fn token(key: &TestKey) -> String {
    key.token(&payload())
}

fn status(auth: &JwtAuth<NoUser>) -> JwksStatus {
    auth.jwks_status().remove(0)
}

/// What a token of this key is told.
async fn asked(auth: &JwtAuth<NoUser>, token: &str) -> Result<(), Option<TokenError>> {
    match auth.authenticate(token).await {
        Ok(_) => Ok(()),
        Err(AuthError::TokenNotValid(refusals)) => Err(Some(refusals[0].error)),
        Err(AuthError::KeysUnavailable) => Err(None),
        Err(other) => panic!("{other:?}"),
    }
}

const UNAVAILABLE: Result<(), Option<TokenError>> = Err(None);
const UNKNOWN: Result<(), Option<TokenError>> = Err(Some(TokenError::UnknownKey));

#[tokio::test]
async fn a_new_key_is_fetched_once_for_all_who_ask() {
    let (a, b) = (TestKey::new("a"), TestKey::new("b"));
    let (server, auth, clock) = started(&[&a]).await;
    assert_eq!(asked(&auth, &token(&a)).await, Ok(()));
    server.put_keys(URL, &[&a, &b]);
    clock.pass(seconds(31));
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let (auth, token) = (auth.clone(), token(&b));
            tokio::spawn(async move { asked(&auth, &token).await })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.expect("no panic"), Ok(()));
    }
    assert_eq!(server.count(), 2);
    assert_eq!(status(&auth).keys, 2);
}

/// The server hangs, and nobody notices whose key is known.
#[tokio::test]
async fn no_request_with_a_known_key_waits() {
    let (a, b) = (TestKey::new("a"), TestKey::new("b"));
    let (server, auth, clock) = started(&[&a]).await;
    server.open(false);
    clock.pass(minutes(11));
    server.reached(2).await;
    let waiting = tokio::spawn({
        let (auth, token) = (auth.clone(), token(&b));
        async move { asked(&auth, &token).await }
    });
    until(|| status(&auth).unknown_keys == 1).await;
    let known = token(&a);
    for _ in 0..1000 {
        // It is ready at the first poll, so it cannot have waited for anything.
        let outcome = futures_util::FutureExt::now_or_never(auth.authenticate(&known)).expect("does not wait");
        assert!(outcome.is_ok());
    }
    server.put_keys(URL, &[&a, &b]);
    server.open(true);
    assert_eq!(waiting.await.expect("no panic"), Ok(()));
    assert_eq!(server.count(), 2);
}

/// As some issuers do.
#[tokio::test]
async fn another_key_of_the_same_name_is_fetched_once_in_a_cool_down_where_that_is_wanted() {
    const BAD: Result<(), Option<TokenError>> = Err(Some(TokenError::BadSignature));
    let (old, new) = (TestKey::new("a"), TestKey::new("a"));
    for (jwk_refetch_on_bad_signature, fetches, then) in [(false, 1, BAD), (true, 2, Ok(()))] {
        let server = KeyServer::new();
        server.put_keys(URL, &[&old]);
        let settings = Settings { jwk_refetch_on_bad_signature, ..settings() };
        let (auth, clock) = verifying(settings, &server).await;
        server.put_keys(URL, &[&new]);
        assert_eq!(asked(&auth, &token(&new)).await, BAD, "the first fetch was just now");
        assert_eq!(asked(&auth, &token(&old)).await, Ok(()));
        clock.pass(seconds(31));
        for _ in 0..64 {
            assert_eq!(asked(&auth, &token(&new)).await, then);
        }
        assert_eq!(server.count(), fetches);
        // Rubbish under the name makes one fetch, and is refused as rubbish.
        clock.pass(seconds(31));
        let rubbish: Vec<_> = (0..64).map(|_| token(&TestKey::new("a"))).collect();
        for token in &rubbish {
            assert_eq!(asked(&auth, token).await, BAD);
        }
        assert_eq!(server.count(), fetches + usize::from(jwk_refetch_on_bad_signature));
    }
}

/// A key without a name is tried for every name, and must not hide that another one is missing.
#[tokio::test]
async fn a_new_name_is_fetched_beside_a_key_without_one() {
    let (nameless, new) = (TestKey::new("a"), TestKey::new("b"));
    let server = KeyServer::new();
    let one = nameless.jwk().replace(r#""kid":"a","#, "");
    assert!(!one.contains("kid"), "{one}");
    server.put(URL, Reply::Body(format!(r#"{{"keys":[{one}]}}"#).into_bytes()));
    let (auth, clock) = verifying(settings(), &server).await;
    assert_eq!(asked(&auth, &token(&nameless)).await, Ok(()));
    server.put(URL, Reply::Body(format!(r#"{{"keys":[{one},{}]}}"#, new.jwk()).into_bytes()));
    clock.pass(seconds(31));
    // Without a name there is nothing to look for.
    let bad = Err(Some(TokenError::BadSignature));
    assert_eq!(asked(&auth, &nameless.token_under(r#"{"alg":"ES256"}"#, &payload())).await, bad);
    assert_eq!(server.count(), 1);
    assert_eq!(asked(&auth, &token(&new)).await, Ok(()));
    assert_eq!(server.count(), 2);
    clock.pass(seconds(31));
    for _ in 0..64 {
        assert_eq!(asked(&auth, &token(&TestKey::new("d"))).await, bad);
    }
    assert_eq!(server.count(), 3);
}

/// Nobody can tell rubbish from a new key then.
#[tokio::test]
async fn another_key_of_the_same_name_in_an_outage_is_503_where_it_may_be_one() {
    let (old, new) = (TestKey::new("a"), TestKey::new("a"));
    let server = KeyServer::new();
    server.put_keys(URL, &[&old]);
    let settings = Settings { jwk_refetch_on_bad_signature: true, ..settings() };
    let (auth, clock) = verifying(settings, &server).await;
    server.put(URL, Reply::Status(500));
    clock.pass(seconds(31));
    assert_eq!(asked(&auth, &token(&new)).await, UNAVAILABLE);
    assert_eq!(asked(&auth, &token(&old)).await, Ok(()));
}

#[tokio::test]
async fn keys_are_fetched_again_before_they_are_too_old() {
    let (a, b) = (TestKey::new("a"), TestKey::new("b"));
    for (header, early, late) in [
        ("", minutes(7), minutes(9)),
        ("max-age=300", seconds(220), seconds(260)),
        ("max-age=1", seconds(40), seconds(55)),
        ("max-age=86400", minutes(44), minutes(52)),
        ("no-store", seconds(40), seconds(55)),
    ] {
        let server = KeyServer::new();
        server.put(URL, Reply::Cached(key_set(&[&a]).into_bytes(), header));
        let (auth, clock) = verifying(settings(), &server).await;
        server.put_keys(URL, &[&b]);
        clock.pass(early);
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(server.count(), 1, "{header}");
        clock.pass(late - early);
        until(|| status(&auth).fetches == 2 && status(&auth).age < Some(seconds(1))).await;
        // The issuer has withdrawn it.
        assert_eq!(asked(&auth, &token(&b)).await, Ok(()), "{header}");
        assert_eq!(asked(&auth, &token(&a)).await, UNKNOWN, "{header}");
        assert_eq!(server.count(), 2, "{header}");
    }
}

/// A wall clock that is set makes nobody knock at the issuer's door more often.
#[tokio::test]
async fn the_cool_down_is_measured_by_a_clock_that_nobody_sets() {
    let (a, b) = (TestKey::new("a"), TestKey::new("b"));
    let (server, auth, clock) = started(&[&a]).await;
    for _ in 0..50 {
        clock.advance(hours(1));
        clock.turn_back(minutes(59));
        assert_eq!(asked(&auth, &token(&b)).await, UNKNOWN);
    }
    assert_eq!(server.count(), 1);
    clock.pass(seconds(30));
    assert_eq!(asked(&auth, &token(&b)).await, UNKNOWN);
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn random_names_cost_one_fetch_for_each_cool_down() {
    let (a, strangers) = (TestKey::new("a"), TestKey::new("strangers"));
    let (server, auth, clock) = started(&[&a]).await;
    clock.pass(seconds(30));
    let payload = payload();
    let random =
        |number: u32| strangers.token_under(&format!(r#"{{"alg":"ES256","kid":"random-{number}"}}"#), &payload);
    for number in 0..10_000 {
        assert_eq!(asked(&auth, &random(number)).await, UNKNOWN);
    }
    assert_eq!(server.count(), 2, "10,000 in a second");
    assert_eq!(asked(&auth, &token(&a)).await, Ok(()));
    let status = status(&auth);
    assert_eq!((status.unknown_keys, status.held_back, status.fetches), (10_000, 9_999, 2));
    // The one that was fetched for is known to be nobody's, for a minute.
    clock.pass(seconds(31));
    assert_eq!(asked(&auth, &random(0)).await, UNKNOWN);
    assert_eq!(server.count(), 2);
    assert_eq!(asked(&auth, &random(1)).await, UNKNOWN);
    assert_eq!(server.count(), 3);
    clock.pass(seconds(31));
    assert_eq!(asked(&auth, &random(0)).await, UNKNOWN);
    assert_eq!(server.count(), 4);
}

#[tokio::test]
async fn a_cancelled_caller_does_not_cancel_the_fetch() {
    let (a, b) = (TestKey::new("a"), TestKey::new("b"));
    let (server, auth, clock) = started(&[&a]).await;
    server.put_keys(URL, &[&a, &b]);
    server.open(false);
    clock.pass(seconds(30));
    let caller = tokio::spawn({
        let (auth, token) = (auth.clone(), token(&b));
        async move { asked(&auth, &token).await }
    });
    server.reached(2).await;
    caller.abort();
    assert!(caller.await.expect_err("it was given up").is_cancelled());
    server.open(true);
    until(|| status(&auth).keys == 2).await;
    assert_eq!(asked(&auth, &token(&b)).await, Ok(()));
    assert_eq!(server.count(), 2);
}

/// Tokio's time stands still where anybody runs, so that two seconds pass at once.
#[tokio::test(start_paused = true)]
async fn who_waits_waits_two_seconds_at_most() {
    let (a, b) = (TestKey::new("a"), TestKey::new("b"));
    let (server, auth, clock) = started(&[&a]).await;
    server.open(false);
    clock.pass(seconds(30));
    let begun = tokio::time::Instant::now();
    assert_eq!(asked(&auth, &token(&b)).await, UNAVAILABLE);
    assert_eq!(begun.elapsed().as_secs(), 2);
    // A fetch that hangs is given up by itself, and counts.
    tokio::time::sleep(Duration::from_secs(4)).await;
    until(|| status(&auth).failures == 1).await;
    assert_eq!(asked(&auth, &token(&b)).await, UNAVAILABLE);
    assert_eq!((server.count(), asked(&auth, &token(&a)).await), (2, Ok(())));
}

#[tokio::test]
async fn nothing_is_fetched_for_tokens_that_no_key_could_make_good() {
    let (a, b) = (TestKey::new("a"), TestKey::new("b"));
    let (server, auth, clock) = started(&[&a]).await;
    clock.pass(seconds(30));
    let under = |header: &str, payload: &str| b.token_under(header, payload);
    let elsewhere = payload().replace("issuer.example", "evil.example");
    let twice = payload().replacen('{', r#"{"iss":"https://evil.example/","#, 1);
    for (what, token, error) in [
        ("no kid", under(r#"{"alg":"ES256"}"#, &payload()), TokenError::BadSignature),
        ("a known kid", under(r#"{"alg":"ES256","kid":"a"}"#, &payload()), TokenError::BadSignature),
        ("another algorithm", under(r#"{"alg":"RS256","kid":"b"}"#, &payload()), TokenError::AlgorithmNotAllowed),
        ("a secret's", under(r#"{"alg":"HS256","kid":"b"}"#, &payload()), TokenError::AlgorithmNotAllowed),
        ("none", under(r#"{"alg":"none","kid":"b"}"#, &payload()), TokenError::AlgorithmNotAllowed),
        ("another issuer", under(r#"{"alg":"ES256","kid":"b"}"#, &elsewhere), TokenError::WrongIssuer),
        ("two issuers", under(r#"{"alg":"ES256","kid":"b"}"#, &twice), TokenError::WrongIssuer),
        ("no issuer", under(r#"{"alg":"ES256","kid":"b"}"#, "{}"), TokenError::WrongIssuer),
        ("no object", under(r#"{"alg":"ES256","kid":"b"}"#, "[]"), TokenError::WrongIssuer),
        ("a key of its own", under(r#"{"alg":"ES256","kid":"b","jwk":{}}"#, &payload()), TokenError::ForbiddenHeader),
        ("a place of its own", under(r#"{"alg":"ES256","jku":"https://x"}"#, &payload()), TokenError::ForbiddenHeader),
        ("no token", "a.b".to_owned(), TokenError::Malformed),
        ("too long", under(r#"{"alg":"ES256","kid":"b"}"#, &"x".repeat(9000)), TokenError::TooLong),
    ] {
        assert_eq!(asked(&auth, &token).await, Err(Some(error)), "{what}");
    }
    assert_eq!(server.count(), 1);
    assert_eq!(asked(&auth, &token(&b)).await, UNKNOWN, "and one for which it is");
    assert_eq!(server.count(), 2);
}

/// An hour without the issuer: whose key is known notices nothing, one line in the log, and no more tries than the cool-down lets there be.
#[test]
fn an_outage_of_an_hour_costs_nobody_whose_key_is_known() {
    let log = logged(async {
        let (a, b) = (TestKey::new("a"), TestKey::new("b"));
        let (server, auth, clock) = started(&[&a]).await;
        server.put(URL, Reply::Unreachable);
        let known = token(&a);
        for _ in 0..360 {
            clock.pass(seconds(10));
            assert_eq!(asked(&auth, &known).await, Ok(()));
            for _ in 0..20 {
                tokio::task::yield_now().await;
            }
        }
        let failed = status(&auth);
        assert!(failed.failures >= 80 && server.count() <= 122, "{failed:?}");
        assert_eq!(asked(&auth, &token(&b)).await, UNAVAILABLE, "it may be good, and nobody can tell");
        server.put_keys(URL, &[&a, &b]);
        clock.pass(seconds(31));
        until(|| status(&auth).failed_in_a_row == 0).await;
        assert_eq!(asked(&auth, &token(&b)).await, Ok(()));
    });
    assert_eq!(log.matches("jwks.refresh_failed").count(), 1, "{log}");
    assert_eq!(log.matches("jwks.refreshed").count(), 1, "{log}");
}

/// After a day nobody knows any more which keys are the issuer's, and that is no fault of the token.
#[test]
fn past_the_hard_limit_it_is_503() {
    let log = logged(async {
        let a = TestKey::new("a");
        let (server, auth, clock) = started(&[&a]).await;
        server.put(URL, Reply::Status(502));
        // By the clock that says more: a machine that slept, or one whose wall clock was set.
        clock.pass(hours(24) - minutes(1));
        assert_eq!(asked(&auth, &token(&a)).await, Ok(()));
        until(|| status(&auth).failures > 0).await;
        clock.advance(minutes(2));
        assert_eq!(asked(&auth, &token(&a)).await, UNAVAILABLE);
        assert!(matches!(auth.health().await, Err(AuthError::KeysUnavailable)));
        let tries = server.count();
        clock.pass(seconds(31));
        server.reached(tries + 1).await;
        until(|| status(&auth).failures > 1).await;
        // What is no token at all is so without any key.
        assert_eq!(asked(&auth, "a.b.c").await, Err(Some(TokenError::Malformed)));
        server.put_keys(URL, &[&a]);
        clock.pass(seconds(31));
        until(|| status(&auth).failed_in_a_row == 0).await;
        assert_eq!(asked(&auth, &token(&a)).await, Ok(()));
        assert!(auth.health().await.is_ok());
    });
    assert_eq!(log.matches("jwks.expired").count(), 1, "{log}");
}

#[tokio::test]
async fn a_shut_down_service_fetches_no_more() {
    let (a, b) = (TestKey::new("a"), TestKey::new("b"));
    let (server, auth, clock) = started(&[&a]).await;
    auth.shutdown();
    clock.pass(hours(1));
    assert_eq!(asked(&auth, &token(&a)).await, Ok(()));
    assert_eq!(asked(&auth, &token(&b)).await, UNAVAILABLE);
    assert_eq!(server.count(), 1);
    assert!(clock.monotonic() > hours(1));
}
