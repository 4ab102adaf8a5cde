//! What holds for every token, tried on many.

use jwt_auth::Settings;
use jwt_auth::clock::Timestamp;
use jwt_auth::keys::{Algorithm, SigningKey};
use jwt_auth::verify::Verifier;
use jwt_auth_tests::tokens::{Forge, NOW, good_payload, now, settings, signing_key, verifier};
use proptest::prelude::*;
use serde_json::{Map, Value};
use std::sync::OnceLock;
use std::time::Duration;

const FAMILIES: [Algorithm; 4] = [Algorithm::HS256, Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];

fn bench_of(algorithm: Algorithm) -> &'static (SigningKey, Verifier) {
    static ALL: OnceLock<Vec<(SigningKey, Verifier)>> = OnceLock::new();
    let all =
        ALL.get_or_init(|| FAMILIES.map(|algorithm| (signing_key(algorithm), verifier(&settings(algorithm)))).into());
    let index = FAMILIES.iter().position(|known| *known == algorithm);
    &all[index.expect("one of the four")]
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        // Eighths: serde_json's quick reader of floats may be off by one bit.
        any::<i32>().prop_map(|n| Value::from(f64::from(n) / 8.0)),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(any::<String>(), inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    // As many as there are cases: what is left out is a fixed part of them.
    #![proptest_config(ProptestConfig { max_global_rejects: 1_000_000, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn signed_claims_come_back_unchanged(
        algorithm in prop::sample::select(&FAMILIES[..]),
        extra in prop::collection::hash_map(any::<String>(), any_json(), 0..30),
    ) {
        let (key, verifier) = bench_of(algorithm);
        let mut claims: Map<String, Value> = extra.into_iter().collect();
        let required: Map<String, Value> = serde_json::from_str(&good_payload()).expect("JSON");
        claims.extend(required);
        claims.remove("nbf");
        claims.remove("sub");
        let payload = Value::Object(claims.clone()).to_string();
        let token = key.sign(&payload);
        prop_assume!(token.len() <= 8192);

        let verified = verifier.verify(&token, now()).expect("ours");
        prop_assert_eq!(verified.payload(), &payload);
        prop_assert_eq!(verified.user_id(), Some("42"));
        prop_assert_eq!(verified.expires_at(), Timestamp::from_seconds(NOW + 200));
        for (name, value) in &claims {
            prop_assert_eq!(verified.raw_claim(name), Some(&*value.to_string()));
            let read: Option<Value> = verified.claim(name).expect("JSON");
            // serde_json rounds some floats on the way in, whoever calls it.
            let reread: Value = serde_json::from_str(&value.to_string()).expect("JSON");
            prop_assert_eq!(read, Some(reread));
        }
        prop_assert_eq!(verified.claims().to_json(), payload);
    }

    #[test]
    fn strings_are_handed_out_decoded(user in any::<String>(), id in "[a-zA-Z0-9 é😀\"\\\\/]{1,40}", ascii in any::<bool>()) {
        let (_, verifier) = bench_of(Algorithm::HS256);
        let write = |text: &str| {
            // What Python writes: everything beyond ASCII escaped.
            let units: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
            if ascii { format!("\"{units}\"") } else { Value::from(text).to_string() }
        };
        let (user_json, id_json) = (write(&user), write(&id));
        prop_assume!(id_json.len() <= 258);
        let payload = jwt_auth_tests::tokens::payload(&[("user_id", Some(&user_json)), ("jti", Some(&id_json))]);
        let token = Forge::new(Algorithm::HS256).token(&payload);
        prop_assume!(token.len() <= 8192);
        let verified = verifier.verify(&token, now()).expect("good");
        // The empty text names nobody.
        prop_assert_eq!(verified.user_id(), Some(&*user).filter(|user| !user.is_empty()));
        prop_assert_eq!(verified.jti(), Some(&*id));
        prop_assert_eq!(verified.payload(), &payload);
    }

    #[test]
    fn a_token_with_any_byte_changed_is_refused(
        algorithm in prop::sample::select(&FAMILIES[..]),
        at in any::<prop::sample::Index>(),
        byte in 0_u8..0x80,
    ) {
        let (key, verifier) = bench_of(algorithm);
        let mut token = key.sign(&good_payload()).into_bytes();
        let at = at.index(token.len());
        prop_assume!(token[at] != byte);
        token[at] = byte;
        let token = String::from_utf8(token).expect("ASCII");
        prop_assert!(verifier.verify(&token, now()).is_err());
    }

    #[test]
    fn a_token_with_anything_put_in_or_left_out_is_refused(
        algorithm in prop::sample::select(&FAMILIES[..]),
        from in any::<prop::sample::Index>(),
        length in 0_usize..5,
        put in "\\PC{0,3}",
    ) {
        let (key, verifier) = bench_of(algorithm);
        let token = key.sign(&good_payload());
        let from = from.index(token.len());
        let until = (from + length).min(token.len());
        let changed = format!("{}{put}{}", &token[..from], &token[until..]);
        prop_assume!(changed != token);
        prop_assert!(verifier.verify(&changed, now()).is_err());
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>(), parts in "[A-Za-z0-9_-]{0,60}(\\.[A-Za-z0-9_-]{0,60}){0,4}") {
        for algorithm in FAMILIES {
            let (_, verifier) = bench_of(algorithm);
            prop_assert!(verifier.verify(&text, now()).is_err());
            prop_assert!(verifier.verify(&parts, now()).is_err());
        }
    }

    #[test]
    fn no_header_or_payload_makes_it_panic(
        algorithm in prop::sample::select(&FAMILIES[..]),
        header in prop::collection::vec(any::<u8>(), 0..60),
        payload in prop::collection::vec(any::<u8>(), 0..60),
        json in any_json(),
    ) {
        let (_, verifier) = bench_of(algorithm);
        let forge = Forge::new(algorithm);
        let good = format!(r#"{{"alg":"{algorithm}"}}"#);
        prop_assert!(verifier.verify(&forge.bytes(&header, good_payload().as_bytes()), now()).is_err());
        prop_assert!(verifier.verify(&forge.bytes(good.as_bytes(), &payload), now()).is_err());
        let _ = verifier.verify(&forge.with_header(&json.to_string(), &json.to_string()), now());
        let _ = verifier.verify(&forge.with_header(&good, &json.to_string()), now());
    }

    /// The rule in one line each, in arithmetic that cannot overflow.
    #[test]
    fn times_are_judged_exactly(
        exp in time(), nbf in proptest::option::of(time()), iat in time(), millis in prop_oneof![0_u64..4_000_000_000_000, (NOW - 400) * 1000..(NOW + 400) * 1000],
        leeway in prop_oneof![Just(0_u64), Just(30_000), 0_u64..100_000, Just(u64::MAX)],
    ) {
        let settings = Settings {
            leeway: Duration::from_millis(leeway),
            ..settings(Algorithm::HS256)
        };
        let verifier = verifier(&settings);
        let (exp_text, iat_text) = (exp.to_string(), iat.to_string());
        let nbf_text = nbf.map(|nbf| nbf.to_string());
        let payload = jwt_auth_tests::tokens::payload(&[
            ("exp", Some(&exp_text)),
            ("iat", Some(&iat_text)),
            ("nbf", nbf_text.as_deref()),
        ]);
        let token = Forge::new(Algorithm::HS256).token(&payload);
        let [exp, iat, now, leeway] =
            [i128::from(exp), i128::from(iat), i128::from(millis), i128::from(leeway)];
        // Moments before 1970 and after the last that a clock can show are those two.
        let clamp = |value: i128| value.clamp(0, i128::from(u64::MAX));
        let alive = clamp(exp * 1000) > clamp(now - leeway);
        let started = nbf.is_none_or(|nbf| clamp(i128::from(nbf) * 1000) <= clamp(now + leeway));
        let issued = clamp(iat * 1000) <= clamp(now + leeway);
        let verdict = verifier.verify(&token, Timestamp::from_millis(millis));
        prop_assert_eq!(verdict.is_ok(), alive && started && issued, "{:?}", verdict);
    }
}

/// Every bit of the text, and not only of those that a random test happens to turn.
#[test]
fn a_token_with_any_bit_turned_is_refused() {
    for algorithm in FAMILIES {
        let (key, verifier) = bench_of(algorithm);
        let token = key.sign(&good_payload());
        assert!(verifier.verify(&token, now()).is_ok());
        for (at, bit) in (0..token.len()).flat_map(|at| (0..7).map(move |bit| (at, bit))) {
            let mut turned = token.clone().into_bytes();
            turned[at] ^= 1 << bit;
            // The eighth would make it no text.
            let turned = String::from_utf8(turned).expect("ASCII");
            assert!(verifier.verify(&turned, now()).is_err(), "{algorithm}: bit {bit} of byte {at} in {token}");
        }
    }
}

proptest! {
    /// Moments and durations as far as their types reach: what lies beyond is the last moment, or the first.
    #[test]
    fn times_end_where_their_type_does(
        millis in prop_oneof![any::<u64>(), Just(0), Just(u64::MAX), 0_u64..10_000],
        seconds in prop_oneof![any::<u64>(), Just(u64::MAX)],
        nanos in 0_u32..1_000_000_000,
    ) {
        let (moment, duration) = (Timestamp::from_millis(millis), Duration::new(seconds, nanos));
        let (length, end) = (duration.as_millis(), u128::from(u64::MAX));
        let [later, earlier] = [moment.after(duration), moment.before(duration)].map(|moment| u128::from(moment.millis()));
        prop_assert_eq!(later, (u128::from(millis) + length.min(end)).min(end));
        prop_assert_eq!(earlier, u128::from(millis).saturating_sub(length.min(end)));
        prop_assert_eq!(moment.since(Timestamp::from_seconds(seconds)).as_millis() as u64, millis.saturating_sub(seconds.saturating_mul(1000)));
        prop_assert_eq!(Timestamp::from_seconds(seconds).millis(), seconds.saturating_mul(1000));
        prop_assert!(!moment.to_string().is_empty());
    }
}

fn time() -> impl Strategy<Value = i64> {
    prop_oneof![
        any::<i64>(),
        0_i64..4_000_000_000,
        (NOW as i64 - 400)..(NOW as i64 + 400),
        Just(0),
        Just(i64::MAX),
        Just(i64::MIN),
    ]
}
