//! SimpleJWT's tables: one use of a token, whoever races for it, and what may be deleted when.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwt_auth::clock::{Clock, SystemClock, Timestamp};
use jwt_auth::store::{DjangoStore, Flush, KEPT_LONGER, MemoryStore, OutstandingToken, StoreTime, TokenBlacklist};
use jwt_auth::testing::ManualClock;
use jwt_auth::{JwtAuth, Settings, StartError, StoreError};
use jwt_auth_tests::django::{number, outstanding, postgres, run, sqlite};
use jwt_auth_tests::postgres::Postgres;
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::{BEGIN, long};
use std::time::Duration;

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

async fn connect(url: &str) -> DjangoStore {
    DjangoStore::connect(url).await.expect("Django's tables")
}

const BLACKLISTED: &str = "SELECT count(*) FROM token_blacklist_blacklistedtoken";
const OUTSTANDING: &str = "SELECT count(*) FROM token_blacklist_outstandingtoken";

/// Several programs, each with a store of its own, race for one token after the other.
async fn one_of_many_rotates(url: &str) {
    let rounds: i64 = if long() { 500 } else { 25 };
    let mut programs = Vec::new();
    for _ in 0..3 {
        programs.push(connect(url).await);
    }
    for round in 0..rounds {
        let spent = outstanding(&format!("spent-{round}"));
        // Every other one is unknown to the tables: then writing it down is part of the race.
        if round % 2 == 0 {
            programs[0].outstand(&spent).await.expect("noted");
        }
        let racers = (0..24).map(|racer| {
            let (store, spent) = (programs[racer % 3].clone(), spent.clone());
            let next = outstanding(&format!("next-{round}-{racer}"));
            tokio::spawn(async move {
                match racer % 4 {
                    3 => store.blacklist(&spent, at(BEGIN)).await,
                    _ => store.rotate(&spent, &next, at(BEGIN)).await,
                }
            })
        });
        let mut winners = 0;
        for racer in racers.collect::<Vec<_>>() {
            winners += i64::from(racer.await.expect("no panic").expect("an answer"));
        }
        assert_eq!(winners, 1, "round {round}");
        assert!(programs[1].is_blacklisted(&spent.jti).await.expect("an answer"));
    }
    assert_eq!(number(url, BLACKLISTED).await, rounds);
    let successors = number(url, "SELECT count(*) FROM token_blacklist_outstandingtoken WHERE jti LIKE 'next-%'").await;
    assert!(successors <= rounds, "{successors} successors of {rounds} tokens");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_many_rotates_on_sqlite() {
    let scratch = Scratch::new("django");
    one_of_many_rotates(&sqlite(&scratch).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_many_rotates_on_postgres() {
    let Some(server) = Postgres::start() else { return };
    postgres(&server.url()).await;
    // The level that a database or role may have as its default, and in which a loser sees an error.
    run(&server.url(), "ALTER DATABASE postgres SET default_transaction_isolation = 'serializable'").await;
    one_of_many_rotates(&server.url()).await;
}

/// Deleting what has expired goes on while tokens are spent: nobody wins twice, and nobody hears of an outage.
async fn a_flush_does_not_disturb(url: &str) {
    let (store, flusher) = (connect(url).await, connect(url).await);
    let flush = Flush::new(at(BEGIN + 86_400 + 31).after(KEPT_LONGER));
    for round in 0..20 {
        let spent = outstanding(&format!("spent-{round}"));
        store.outstand(&spent).await.expect("noted");
        let (one, two, flushed) = tokio::join!(
            store.blacklist(&spent, at(BEGIN)),
            flusher.blacklist(&spent, at(BEGIN)),
            flusher.flush_expired(&flush, 0),
        );
        let _ = (one.expect("an answer"), two.expect("an answer"), flushed.expect("an answer"));
    }
}

#[tokio::test]
async fn a_flush_does_not_disturb_on_either() {
    let scratch = Scratch::new("django");
    a_flush_does_not_disturb(&sqlite(&scratch).await).await;
    let Some(server) = Postgres::start() else { return };
    postgres(&server.url()).await;
    a_flush_does_not_disturb(&server.url()).await;
}

/// PostgreSQL has a clock, and a node compares its own with it at the start and for each health check. A file has none.
#[tokio::test]
async fn the_servers_clock_is_compared_with() {
    let scratch = Scratch::new("django-clock");
    let file = connect(&sqlite(&scratch).await).await;
    assert_eq!(TokenBlacklist::time(&file).await.expect("an answer"), StoreTime::Unknown);
    let Some(server) = Postgres::start() else { return };
    postgres(&server.url()).await;
    let store = connect(&server.url()).await;
    let before = SystemClock.now();
    let StoreTime::Now(now) = TokenBlacklist::time(&store).await.expect("an answer") else { panic!("it has a clock") };
    // It rounds to milliseconds, and ours cuts them off.
    let rounded = Duration::from_millis(1);
    assert!(before <= now.after(rounded) && now <= SystemClock.now().after(rounded), "{before} {now}");
    for (apart, is_fit) in [(0, true), (240, true), (360, false), (86_400, false)] {
        for ahead in [true, false] {
            let apart = Duration::from_secs(apart);
            let now = SystemClock.now();
            let clock = ManualClock::new(if ahead { now.after(apart) } else { now.before(apart) });
            let settings = Settings { session_lifetime: None, ..Settings::new(jwt_auth_tests::KEY) };
            let builder = JwtAuth::builder(settings).token_blacklist(store.clone()).clock(clock.clone());
            let auth = builder.start().await.expect("starts");
            assert_eq!(auth.health().await.is_ok(), is_fit, "{apart:?}, ahead: {ahead}");
            clock.set(SystemClock.now());
            auth.health().await.expect("put right");
        }
    }
}

/// Nothing is ignored that was set: with these tables alone there are no sessions.
#[tokio::test]
async fn settings_that_these_tables_cannot_keep_are_faults() {
    let scratch = Scratch::new("django-unkept");
    let tables = connect(&sqlite(&scratch).await).await;
    let start = async |settings: Settings, beside_sessions: bool| {
        let builder = JwtAuth::builder(settings).token_blacklist(tables.clone());
        let builder = if beside_sessions { builder.store(MemoryStore::new()) } else { builder };
        match builder.start().await {
            Err(StartError::Settings(error)) => error.faults().iter().map(|fault| fault.name.clone()).collect(),
            started => started.map(|_| Vec::new()).expect("starts"),
        }
    };
    for simple in [false, true] {
        let usual = || {
            let key = jwt_auth_tests::KEY;
            if simple { Settings::simple_jwt(key) } else { Settings::new(key) }
        };
        assert_eq!(start(usual(), false).await, [""; 0], "defaults are no demand");
        let cases = [
            ("namespace", Settings { namespace: "shop".to_owned(), ..usual() }),
            ("max_sessions_per_user", Settings { max_sessions_per_user: Some(3), ..usual() }),
            ("session_lifetime", Settings { session_lifetime: Some(jwt_auth::settings::days(60)), ..usual() }),
        ];
        for (name, settings) in cases {
            assert_eq!(start(settings.clone(), false).await, [name]);
            assert_eq!(start(settings, true).await, [""; 0], "beside a store of sessions {name} is kept");
        }
    }
}

fn stored(jti: &str, payload: &str, expires_at: u64) -> OutstandingToken {
    let token = format!("e30.{}.AAAA", URL_SAFE_NO_PAD.encode(payload));
    OutstandingToken { token: token.into(), expires_at: at(expires_at), ..outstanding(jti) }
}

async fn a_flush_revives_nothing(url: &str) {
    let store = connect(url).await;
    let sliding = |refresh_exp: &str| format!(r#"{{"token_type":"sliding","refresh_exp":{refresh_exp}}}"#);
    let day = BEGIN + 86_400;
    // Blacklisted tokens with the last second at which a copy may be accepted, leeway 30 s, sliding life 5 min; a clock that is ahead
    // must not forget them before it.
    let tokens = [
        ("refresh", r#"{"token_type":"refresh"}"#.to_owned(), BEGIN, BEGIN + 29),
        ("sliding", sliding(&day.to_string()), BEGIN, day + 30 + 300 + 29),
        ("fraction", sliding(&format!("{day}.25")), BEGIN, day + 1 + 30 + 300 + 29),
        ("renamed", format!(r#"{{"type":"x","refresh_exp":{day}}}"#), BEGIN, day + 30 + 300 + 29),
        // Their end cannot be read, so it is the latest that it can be: expiry, refresh life, a last life, the leeway twice.
        ("bare", r#"{"token_type":"sliding"}"#.to_owned(), BEGIN, day + 300 + 60 - 1),
        ("text", sliding("\"soon\""), BEGIN, day + 300 + 60 - 1),
        ("no-json", "sliding".to_owned(), BEGIN, day + 300 + 60 - 1),
        ("deep", format!(r#"{{"a":{}"#, "[".repeat(200)), BEGIN, day + 300 + 60 - 1),
    ];
    for (jti, payload, expires_at, _) in &tokens {
        assert!(store.blacklist(&stored(jti, payload, *expires_at), at(BEGIN)).await.expect("an answer"));
    }
    let mut moments: Vec<u64> = tokens.iter().flat_map(|(.., last)| [*last, last + 1]).collect();
    moments.sort_unstable();
    for now in moments {
        store.flush_expired(&Flush::new(at(now).after(KEPT_LONGER)), 0).await.expect("an answer");
        for (jti, _, _, last) in &tokens {
            let is_there = store.is_blacklisted(jti).await.expect("an answer");
            assert_eq!(is_there, now <= *last, "{jti} at {now}, its last second being {last}");
        }
    }
    assert_eq!((number(url, OUTSTANDING).await, number(url, BLACKLISTED).await), (0, 0));
}

#[tokio::test]
async fn a_flush_revives_nothing_on_either() {
    let scratch = Scratch::new("django");
    a_flush_revives_nothing(&sqlite(&scratch).await).await;
    let Some(server) = Postgres::start() else { return };
    postgres(&server.url()).await;
    run(&server.url(), "ALTER DATABASE postgres SET timezone = 'Asia/Tokyo'").await;
    a_flush_revives_nothing(&server.url()).await;
}

#[tokio::test]
async fn names_of_tables_and_ids_of_tokens_are_no_statements() {
    let scratch = Scratch::new("django");
    let url = sqlite(&scratch).await;
    let hostile = "auth_user\" WHERE 1=1; DROP TABLE auth_user; --";
    let store = connect(&url).await.user_table(hostile, "id", "id");
    assert!(matches!(store.health().await, Err(StoreError::Corrupt(_))));
    assert!(store.outstand(&outstanding("x")).await.is_err());
    let store = connect(&url).await;
    for jti in ["' OR ''='", "x\" OR 1=1 --", "%", "_", ""] {
        assert!(!store.is_blacklisted(jti).await.expect("an answer"), "{jti}");
        assert!(store.blacklist(&outstanding(jti), at(BEGIN)).await.expect("an answer"), "{jti}");
        assert!(store.is_blacklisted(jti).await.expect("an answer"), "{jti}");
    }
    for user_id in ["1 OR 1=1", "' OR ''='", "x"] {
        let token = OutstandingToken { user_id: Some(user_id.to_owned()), ..outstanding(&format!("of {user_id}")) };
        store.outstand(&token).await.expect("noted");
    }
    assert_eq!(number(&url, "SELECT count(*) FROM token_blacklist_outstandingtoken WHERE user_id IS NULL").await, 3);
    assert_eq!(number(&url, "SELECT count(*) FROM auth_user").await, 2);
    for jti in ["\0", &"x".repeat(256)] {
        assert!(!store.is_blacklisted(jti).await.expect("an answer"));
        assert!(matches!(store.blacklist(&outstanding(jti), at(BEGIN)).await, Err(StoreError::Corrupt(_))));
    }
}

/// The database repeats a row that breaks a rule of the table, token and all, where a program shows errors in full.
#[tokio::test]
async fn no_token_is_in_an_error() {
    let Some(server) = Postgres::start() else { return };
    postgres(&server.url()).await;
    run(&server.url(), "ALTER TABLE token_blacklist_outstandingtoken ALTER COLUMN user_id SET NOT NULL").await;
    let store = connect(&server.url()).await;
    let nobody = OutstandingToken { user_id: None, ..stored("secret-id", "{}", BEGIN) };
    let error = store.outstand(&nobody).await.expect_err("the column takes no NULL");
    let shown = format!("{error} {error:?} {nobody:?}");
    assert!(shown.contains("null value") && !shown.contains(nobody.token.expose()), "{shown}");
}

#[tokio::test]
async fn an_outage_is_an_error() {
    let scratch = Scratch::new("django");
    let url = sqlite(&scratch).await;
    let store = connect(&url).await;
    run(&url, "DROP TABLE token_blacklist_blacklistedtoken").await;
    assert!(matches!(store.is_blacklisted("x").await, Err(StoreError::Corrupt(_))));
    assert!(store.blacklist(&outstanding("x"), at(BEGIN)).await.is_err());
    assert!(store.rotate(&outstanding("x"), &outstanding("y"), at(BEGIN)).await.is_err());
    assert_eq!(number(&url, OUTSTANDING).await, 0, "half of a transaction");
    assert!(store.health().await.is_err());
    // A file that was moved away is not read any more.
    std::fs::remove_file(url.strip_prefix("sqlite://").expect("an address")).expect("a file");
    assert!(matches!(store.is_blacklisted("x").await, Err(StoreError::Unavailable(_))));
}
