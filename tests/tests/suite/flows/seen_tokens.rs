//! A token that passed is known again, and whatever can change about it is noticed on the next request.

use axum::body::{Body, to_bytes};
use http::{HeaderMap, Request, StatusCode};
use jwt_auth::clock::Timestamp;
use jwt_auth::keys::Algorithm;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::testing::ManualClock;
use jwt_auth::{JwtAuth, Settings, TokenUser, protected};
use jwt_auth_tests::tokens::{NOW, pair, payload, pem, settings as strict_settings, signing_key};
use jwt_auth_tests::{App, settings};
use proptest::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tower::ServiceExt;

#[tokio::test]
async fn a_token_is_verified_once() {
    let app = App::start(settings()).await;
    let (refresh, access) = app.login().await;
    for times in 0..4 {
        assert_eq!(app.get("/stateless", &access).await.status, StatusCode::OK);
        assert_eq!(app.auth.seen_tokens(), times);
    }
    // What opens nothing is not kept.
    for _ in 0..2 {
        assert_eq!(app.get("/stateless", &refresh).await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(app.auth.seen_tokens(), 3);
}

#[tokio::test]
async fn without_bytes_for_it_nothing_is_kept() {
    let app = App::start(Settings { token_cache_bytes: 0, ..settings() }).await;
    let (_, access) = app.login().await;
    for _ in 0..3 {
        assert_eq!(app.get("/stateless", &access).await.status, StatusCode::OK);
    }
    assert_eq!(app.auth.seen_tokens(), 0);
}

#[tokio::test]
async fn a_logout_is_noticed_by_the_next_request() {
    for everywhere in [false, true] {
        let app = App::start(settings()).await;
        let (refresh, access) = app.login().await;
        let (_, bystander) = app.login().await;
        for token in [&access, &access, &bystander, &bystander] {
            assert_eq!(app.get("/stateless", token).await.status, StatusCode::OK);
        }
        assert_eq!(app.auth.seen_tokens(), 2);
        if everywhere {
            app.auth.end_all_sessions("1").await.expect("the store is there");
        } else {
            app.auth.blacklist(&refresh).await.expect("it is good");
        }
        assert_eq!(app.get("/stateless", &access).await.status, StatusCode::UNAUTHORIZED);
        let answer = app.get("/stateless", &bystander).await.status;
        assert_eq!(answer == StatusCode::OK, !everywhere);
    }
}

#[tokio::test]
async fn what_resembles_a_seen_token_is_not_one() {
    let auth = start(strict_settings(Algorithm::HS256), &ManualClock::new(Timestamp::from_seconds(NOW))).await;
    let token = signing_key(Algorithm::HS256).sign(&payload(&[]));
    for _ in 0..2 {
        auth.authenticate(&token).await.expect("it is good");
    }
    assert_eq!(auth.seen_tokens(), 1);
    let (head, signature) = token.rsplit_once('.').expect("three parts");
    for at in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(bytes).expect("ASCII");
        assert!(auth.authenticate(&forged).await.is_err(), "changed at {at}");
    }
    for forged in [format!("{head}.{signature}."), format!(".{signature}"), signature.to_owned(), format!("{token}=")] {
        assert!(auth.authenticate(&forged).await.is_err(), "{forged}");
    }
    assert_eq!(auth.seen_tokens(), 1, "none of them was found");
}

#[tokio::test]
async fn two_services_share_nothing() {
    let clock = ManualClock::new(Timestamp::from_seconds(NOW));
    let mine = start(strict_settings(Algorithm::HS256), &clock).await;
    let same = start(strict_settings(Algorithm::HS256), &clock).await;
    let stricter = Settings { audience: "admin".into(), ..strict_settings(Algorithm::HS256) };
    let stricter = start(stricter, &clock).await;
    let token = signing_key(Algorithm::HS256).sign(&payload(&[]));
    for _ in 0..2 {
        mine.authenticate(&token).await.expect("it is good");
    }
    same.authenticate(&token).await.expect("it is good");
    assert!(stricter.authenticate(&token).await.is_err());
    assert_eq!([mine.seen_tokens(), same.seen_tokens(), stricter.seen_tokens()], [1, 0, 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn many_tasks_get_the_claims_of_their_own_token() {
    const TOKENS: usize = 400;
    // Room for a fifth of them.
    let small = Settings { token_cache_bytes: 128 << 10, ..strict_settings(Algorithm::HS256) };
    let auth = Arc::new(start(small, &ManualClock::new(Timestamp::from_seconds(NOW))).await);
    let key = signing_key(Algorithm::HS256);
    let tokens: Arc<Vec<String>> =
        Arc::new((0..TOKENS).map(|user| key.sign(&payload(&[("user_id", Some(&format!("\"{user}\"")))]))).collect());
    let found_another = Arc::new(AtomicBool::new(false));
    let tasks: Vec<_> = (0..8)
        .map(|task: usize| {
            let (auth, tokens, found_another) = (Arc::clone(&auth), Arc::clone(&tokens), Arc::clone(&found_another));
            tokio::spawn(async move {
                for step in 0..4000 {
                    // Some often, most of them seldom.
                    let user = if step % 3 == 0 { step % 7 } else { (step * (task + 3)) % TOKENS };
                    let token = auth.authenticate(&tokens[user]).await.expect("it is good");
                    found_another.fetch_or(token.user_id() != Some(user.to_string().as_str()), Ordering::Relaxed);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no panic");
    }
    assert!(!found_another.load(Ordering::Relaxed));
    assert!(auth.seen_tokens() > 0);
}

/// With a cache and without one every answer is the same, whatever the times and however the clock steps.
fn same_answers(settings: Settings, times: [Option<String>; 3], steps: &[i64]) -> Result<(), TestCaseError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let clock = ManualClock::new(Timestamp::from_seconds(NOW));
        let with = start(settings.clone(), &clock).await;
        let without = start(Settings { token_cache_bytes: 0, ..settings.clone() }, &clock).await;
        let [exp, nbf, iat] = &times;
        let claims = [("exp", exp.as_deref()), ("nbf", nbf.as_deref()), ("iat", iat.as_deref())];
        let token = signing_key(settings.algorithm).sign(&payload(&claims));
        for step in steps {
            let millis = (NOW * 1000).checked_add_signed(*step).expect("in range");
            clock.set(Timestamp::from_millis(millis));
            // A guard looks for usual headers in another way than for unusual ones.
            for headers in [["Bearer ", "", ""], ["bearer \t", " ", ""], ["Bearer ", "", "Bearer "], ["Token ", "", ""]]
            {
                let answers = [asked(&with, headers, &token).await, asked(&without, headers, &token).await];
                prop_assert_eq!(&answers[0], &answers[1], "{} ms, {:?}, {:?}", step, times, headers);
            }
            let answers = [with.authenticate(&token).await, without.authenticate(&token).await];
            let [with, without] = answers.map(|answer| answer.map(drop).map_err(|error| format!("{error:?}")));
            prop_assert_eq!(with, without, "{} ms, {:?}", step, times);
        }
        Ok(())
    })
}

#[protected]
async fn who(user: TokenUser) -> String {
    user.id().to_owned()
}

/// What a guarded route answers to the token between these texts, and to it once more behind the last one unless that is empty.
async fn asked(auth: &JwtAuth, [before, after, again]: [&str; 3], token: &str) -> (StatusCode, HeaderMap, String) {
    let router = GuardedRouter::new().route("/", get(who)).with_state(auth.clone());
    let mut request = Request::builder().uri("/").header("authorization", format!("{before}{token}{after}"));
    if !again.is_empty() {
        request = request.header("authorization", format!("{again}{token}"));
    }
    let answer = router.oneshot(request.body(Body::empty()).expect("a request")).await.expect("routers do not fail");
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, 1 << 16).await.expect("short");
    (parts.status, parts.headers, String::from_utf8_lossy(&body).into_owned())
}

fn near(seconds: std::ops::Range<i64>) -> impl Strategy<Value = Option<String>> {
    let around = (seconds, prop_oneof![Just(""), Just(".0"), Just(".5"), Just(".999")]);
    prop_oneof![
        1 => Just(None),
        6 => around.prop_map(|(offset, fraction)| Some(format!("{}{fraction}", NOW as i64 + offset))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.min(2000), ..ProptestConfig::default() })]

    #[test]
    fn a_cache_changes_no_answer(
        exp in near(-40..90),
        nbf in near(-60..60),
        iat in near(-60..60),
        steps in prop::collection::vec(-100_000_i64..100_000, 1..12),
        profile in 0..3_usize,
    ) {
        let profiles: [fn(Settings) -> Settings; 3] = [
            |settings| settings,
            |settings| with_keys_of(Settings::simple_jwt(""), settings),
            |settings| Settings {
                max_token_lifetime: Some(Duration::from_secs(60)),
                signing_key: None,
                verifying_key: Some(pem("PUBLIC KEY", &pair(Algorithm::EdDSA).public_info).into()),
                ..settings
            },
        ];
        let algorithm = if profile == 2 { Algorithm::EdDSA } else { Algorithm::HS256 };
        same_answers(profiles[profile](strict_settings(algorithm)), [exp, nbf, iat], &steps)?;
    }
}

fn with_keys_of(profile: Settings, settings: Settings) -> Settings {
    Settings { signing_key: settings.signing_key, issuer: settings.issuer, audience: settings.audience, ..profile }
}

async fn start(settings: Settings, clock: &ManualClock) -> JwtAuth {
    let settings = Settings { rotate_refresh_tokens: false, blacklist_after_rotation: false, ..settings };
    JwtAuth::builder(settings).clock(clock.clone()).start().await.expect("good settings")
}
