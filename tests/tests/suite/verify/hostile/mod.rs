//! The attack corpus: every class of forged, malformed and merely odd token, over one algorithm of each family.
//!
//! All of them are refused without a panic; the good ones beside them are accepted, so refusal means something.

mod corpus;
mod headers;
mod payloads;
mod shapes;
mod signatures;

use corpus::Corpus;
use jwt_auth::Settings;
use jwt_auth::error::TokenError::*;
use jwt_auth::keys::Algorithm;
use jwt_auth::verify::Verifier;
use jwt_auth_tests::tokens::{Forge, NOW, now, pair, payload, pem, settings, signing_text, verifier};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

const FAMILIES: [Algorithm; 4] = [Algorithm::HS256, Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];

#[test]
fn the_corpus() {
    let mut refused = 0;
    let mut accepted = 0;
    for algorithm in FAMILIES {
        let corpus = Corpus::new(algorithm);
        let verifier = verifier(&settings(algorithm));
        for (name, token, expected) in &corpus.bad {
            let verdict = verifier.verify(token, now());
            match (verdict, expected) {
                (Ok(_), _) => panic!("{algorithm} {name} was accepted: {token}"),
                (Err(error), Some(expected)) => assert_eq!(error, *expected, "{algorithm} {name}"),
                (Err(_), None) => {}
            }
            refused += 1;
        }
        for (name, token) in &corpus.good {
            let verdict = verifier.verify(token, now());
            assert!(verdict.is_ok(), "{algorithm} {name}: {verdict:?} {token}");
            accepted += 1;
        }
    }
    // A corpus that shrinks by accident would still pass.
    assert!(refused > 900 && accepted > 60, "{refused} refused, {accepted} accepted");
}

/// What was learned from good tokens must not let bad ones pass: the whole corpus once more, after its good half.
#[test]
fn the_corpus_after_the_verifier_has_learned_headers() {
    for algorithm in FAMILIES {
        let corpus = Corpus::new(algorithm);
        let verifier = verifier(&settings(algorithm));
        for (name, token) in &corpus.good {
            assert!(verifier.verify(token, now()).is_ok(), "{name}");
            assert!(verifier.verify(token, now()).is_ok(), "{name} again");
        }
        for (name, token, _) in &corpus.bad {
            assert!(verifier.verify(token, now()).is_err(), "{algorithm} {name}");
        }
    }
}

#[test]
fn a_verifier_without_issuer_ignores_it_and_without_audience_is_not_meant_by_one() {
    for algorithm in FAMILIES {
        let settings = Settings::new(signing_text(algorithm));
        let settings = Settings { algorithm, ..settings };
        let forge = Forge::new(algorithm);
        for value in [None, Some("\"elsewhere\""), Some("[\"x\"]"), Some("5")] {
            let token = forge.token(&payload(&[("aud", None), ("iss", value)]));
            assert!(verifier(&settings).verify(&token, now()).is_ok(), "{value:?}");
            let token = forge.token(&payload(&[("aud", value), ("iss", None)]));
            assert_eq!(verifier(&settings).verify(&token, now()).err(), value.map(|_| WrongAudience), "{value:?}");
        }
    }
}

#[test]
fn tokens_of_foreign_issuers_pass_when_the_claim_names_are_unset() {
    let settings = Settings {
        token_type_claim: None,
        jti_claim: None,
        user_id_claim: "sub".to_owned(),
        signing_key: None,
        verifying_key: Some(pem("PUBLIC KEY", &pair(Algorithm::RS256).public_info).into()),
        ..settings(Algorithm::RS256)
    };
    let verifier = verifier(&settings);
    let forge = Forge::new(Algorithm::RS256);
    let header = r#"{"alg":"RS256","typ":"JWT","kid":"NjVBRjY5MDlCMUIwNzU4RTA2QzZFMDQ4QzQ2MDAyQjVDNjk1RTM2Qg"}"#;
    let day = (NOW + 86_400).to_string();
    let changes = [
        ("token_type", None),
        ("jti", None),
        ("user_id", None),
        ("sub", Some("\"auth0|5f7c8ec7c33c6c004bbafe82\"")),
        ("azp", Some("\"my_client_id\"")),
        ("exp", Some(&*day)),
        ("realm_access", Some(r#"{"roles":["offline_access","user"]}"#)),
        ("aud", Some(r#"["api","https://issuer.example/userinfo"]"#)),
    ];
    let token = forge.with_header(header, &payload(&changes));
    let verified = verifier.verify(&token, now()).expect("a good token of an Auth0 tenant");
    assert_eq!(verified.user_id(), Some("auth0|5f7c8ec7c33c6c004bbafe82"));
    assert_eq!((verified.jti(), verified.token_type()), (None, None));

    // Foreign issuers choose their own lives, unless they are not trusted with that.
    let bounded = Settings { max_token_lifetime: Some(Duration::from_millis(86_399_500)), ..settings };
    let bounded = Verifier::from_settings(&bounded).expect("good settings");
    for (life, refused) in [(86_400, None), (86_401, Some(LivesTooLong)), (500 * 86_400, Some(LivesTooLong))] {
        let end = (NOW - 100 + life).to_string();
        let token = forge.token(&payload(&[("exp", Some(&end))]));
        assert_eq!(verifier.verify(&token, now()).err(), None);
        assert_eq!(bounded.verify(&token, now()).err(), refused);
    }
}

#[test]
fn a_token_as_long_as_allowed_is_read_and_one_byte_more_is_not() {
    let algorithm = Algorithm::HS256;
    let forge = Forge::new(algorithm);
    let with_filler = |length: usize| {
        let filler = format!("\"{}\"", "x".repeat(length));
        forge.token(&payload(&[("filler", Some(&filler))]))
    };
    let long = (0..8192).map(with_filler).take_while(|token| token.len() <= 8192).last();
    let long = long.expect("some fit");
    assert!(long.len() >= 8190);
    let verifier = verifier(&settings(algorithm));
    assert!(verifier.verify(&long, now()).is_ok());
    let longer = with_filler(7000);
    assert_eq!(verifier.verify(&longer, now()).err(), Some(TooLong));
    let huge = "a".repeat(10_000_000);
    assert_eq!(verifier.verify(&huge, now()).err(), Some(TooLong));
}

/// With the size cap lifted by the setting, the worst that a signer can write takes work in proportion to its length. Sixteen times as much of it would take 256
/// times as long where something is done for each pair of its parts.
#[test]
fn nothing_a_signer_can_write_is_slow() {
    type Shape = (&'static str, fn(usize) -> String);
    const LONGER: u32 = 16;
    let algorithm = Algorithm::HS256;
    let settings = Settings { max_token_bytes: 1 << 23, ..settings(algorithm) };
    let verifier = verifier(&settings);
    let forge = Forge::new(algorithm);
    let shapes: [Shape; 7] = [
        ("many members", |size| {
            let members: Vec<String> = (0..size).map(|n| format!("\"m{n:07}\":{n}")).collect();
            format!("{{{}}}", members.join(","))
        }),
        ("names that begin alike", |size| {
            let members: Vec<String> = (0..size).map(|n| format!("\"permission_{n:07}\":{n}")).collect();
            format!("{{{}}}", members.join(","))
        }),
        ("many objects", |size| format!("[{}{{}}]", "{\"a\":1,\"b\":{}},".repeat(size))),
        ("many escapes", |size| format!("\"{}\"", "\\u0061".repeat(4 * size))),
        ("an escaped name", |size| {
            let name = "\\u0061".repeat(4 * size);
            format!("{{\"{name}\":1,\"{name}b\":2}}")
        }),
        ("a wide list", |size| format!("[{}1]", "1,".repeat(8 * size))),
        ("deep", |size| format!("[{}1]", format!("{}{},", "[".repeat(29), "]".repeat(29)).repeat(size / 8))),
    ];
    for (name, shape) in shapes {
        let tokens = [500, 500 * LONGER as usize].map(|size| forge.token(&payload(&[("extra", Some(&shape(size)))])));
        let [short, long] = tokens.map(|token| work(|| assert!(verifier.verify(&token, now()).is_ok(), "{name}")));
        assert!(long < short * f64::from(4 * LONGER), "{name}: {long} for {LONGER} times as much as took {short}");
    }
}

/// What one turn takes, in nanoseconds of this thread alone: what else the machine does meanwhile does not count.
fn work(turn: impl Fn()) -> f64 {
    const LONG_ENOUGH: f64 = 40_000_000.0;
    let (begin, mut turns) = (spent(), 0.0);
    loop {
        (0..4).for_each(|_| turn());
        turns += 4.0;
        let spent = spent() - begin;
        if spent > LONG_ENOUGH {
            return spent / turns;
        }
    }
}

/// The processor time of this thread in nanoseconds, where the system tells; elsewhere the time of day.
fn spent() -> f64 {
    static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let told = told.and_then(|text| text.split(' ').next()?.parse().ok());
    told.unwrap_or_else(|| BEGIN.elapsed().as_nanos() as f64)
}
