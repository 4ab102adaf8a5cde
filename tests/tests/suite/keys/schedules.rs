//! How a schedule of keys is changed, and what keys are called.

use super::rotation::{FIRST, SECOND, kid};
use jwt_auth::Settings;
use jwt_auth::clock::Timestamp;
use jwt_auth::keys::{Algorithm, KeyMark, KeySchedule, KeyState, KeyTimes, ScheduleError, SigningKey};
use jwt_auth::settings::{hours, minutes, seconds};
use jwt_auth::verify::Verifier;
use jwt_auth_tests::tokens::{pair, pem};
use jwt_auth_tests::{BEGIN, KEY};

#[test]
fn a_schedule_goes_one_way() {
    let times = KeyTimes::of(&Settings { leeway: seconds(30), ..Settings::new(KEY) });
    let now = Timestamp::from_seconds(BEGIN);
    let [one, two, three] = ["one", "two", "three"].map(KeyMark::from_text);
    let known = KeySchedule::default().take_over(&one, "one", now);
    assert_eq!(known.signer(now).map(|key| key.key_id.as_str()), Some("one"));
    assert_eq!(known.activate(&two, now, &times, now), Err(ScheduleError::NotStaged));
    let known = known.stage(&two, "two", now).expect("staged");
    assert_eq!(known.stage(&two, "two", now), Err(ScheduleError::Already(KeyState::Staged)));
    assert_eq!(known.activate(&two, now, &times, now), Err(ScheduleError::TooSoon(now.after(times.heard))));
    assert_eq!(known.retire(&one, "one", &times, now), Err(ScheduleError::NoOther));
    assert_eq!(
        known.compromise(&one, "one", false, &times, now).expect("two signs").signer(now).map(|key| &key.mark),
        Some(&two)
    );

    // Taken back before its time: all is as it was.
    let noon = now.after(hours(12));
    let agreed = known.activate(&two, noon, &times, now).expect("agreed");
    let back = agreed.retire(&two, "two", &times, now.after(hours(1))).expect("it never signed");
    assert_eq!(back.state(&two, now.after(hours(1))), Some(KeyState::Removed));
    assert_eq!(back.get(&one), known.get(&one));
    assert_eq!(back.activate(&two, noon, &times, noon), Err(ScheduleError::Removed));
    assert_eq!(back.stage(&two, "two", noon), Err(ScheduleError::Removed));

    // Put off, and called off while the former one retires.
    let later = agreed.activate(&two, noon.after(hours(1)), &times, now).expect("agreed");
    assert_eq!(later.get(&one).and_then(|key| key.retiring_from), Some(noon.after(hours(1))));
    let evening = noon.after(hours(6));
    assert_eq!(agreed.state(&one, evening), Some(KeyState::Retiring));
    let again = agreed.activate(&one, evening, &times, evening).expect("it is still accepted");
    assert_eq!(again.signer(evening).map(|key| &key.mark), Some(&one));
    assert_eq!(again.state(&two, evening), Some(KeyState::Retiring));

    // The one that signs cannot be made to pause: a staged one would sign in its place, before its time.
    assert_eq!(agreed.activate(&one, now.after(hours(1)), &times, now), Err(ScheduleError::Already(KeyState::Active)));

    // Shorter lifetimes since then remove nothing earlier.
    let short = KeyTimes { kept: minutes(1), ..times };
    let next = agreed.stage(&three, "three", evening).expect("staged").activate(
        &three,
        evening.after(hours(1)),
        &short,
        evening,
    );
    assert_eq!(next.expect("agreed").get(&one).and_then(|key| key.removed_at), Some(noon.after(times.kept)));
}

/// RFC 7638 for key pairs; secrets by `key_id` or their own name alone; and as ever under `simple_jwt`.
#[test]
fn who_has_a_kid() {
    let kid_of = |settings: &Settings| {
        let ring = jwt_auth::keys::KeyRing::from_settings(settings).unwrap_or_else(|faults| panic!("{faults:?}"));
        ring.all_signing().iter().map(|key| key.key_id().map(str::to_owned)).collect::<Vec<_>>()
    };
    let pairs =
        |settings: Settings| Settings { algorithm: Algorithm::EdDSA, key_ring: vec![SECOND.into()], ..settings };
    assert_eq!(kid_of(&pairs(Settings::new(FIRST))), [Some(kid(FIRST)), Some(kid(SECOND))]);
    assert_eq!(
        kid_of(&Settings { key_id: Some("x".to_owned()), ..pairs(Settings::new(FIRST)) })[0].as_deref(),
        Some("x")
    );
    assert_eq!(kid_of(&pairs(Settings::simple_jwt(FIRST))), [None, None]);
    assert_eq!(kid_of(&Settings::new(KEY)), [None]);
    let jwk = r#"{"kty":"oct","kid":"2027","alg":"HS384","k":"c29tZXRoaW5nIGxvbmcgYW5kIHJhbmRvbSBlbm91Z2ggZm9yIEhTMzg0LCBhcyBpdCBtdXN0IGJl"}"#;
    assert_eq!(kid_of(&Settings { key_ring: vec![jwk.into()], ..Settings::new(KEY) }), [None, Some("2027".to_owned())]);
    let rsa = pem("PRIVATE KEY", &pair(Algorithm::RS256).pkcs8);
    assert_eq!(
        kid_of(&Settings { key_ring: vec![rsa.into(), FIRST.into(), FIRST.into()], ..Settings::new(KEY) }).len(),
        3
    );
    let nameless = jwk.replace(r#""kid":"2027","#, "");
    for text in [nameless.as_str(), "a secret without a name, which is long enough", ""] {
        let settings = Settings { key_ring: vec![text.into()], ..Settings::new(KEY) };
        let faults = jwt_auth::keys::KeyRing::from_settings(&settings).expect_err("no name");
        assert_eq!(faults[0].setting, "key_ring[0]");
    }
    let none = Settings {
        key_ring: vec![FIRST.into()],
        ..Settings::verify_only(Algorithm::EdDSA, pem("PUBLIC KEY", &pair(Algorithm::EdDSA).public_info))
    };
    assert!(
        Settings::from_json(&format!(
            "{{\"algorithm\":\"EdDSA\",\"verifying_key\":{:?},\"key_ring\":[{FIRST:?}]}}",
            none.verifying_key.expect("set").expose()
        ))
        .is_err()
    );
}

/// A session of before keys had names goes on when they get them, and back.
#[tokio::test]
async fn a_name_that_a_key_gets_or_loses_ends_nothing() {
    let verifier = |settings: &Settings| Verifier::from_settings(settings).expect("keys");
    let pairs = Settings { algorithm: Algorithm::EdDSA, ..Settings::new(FIRST) };
    let now = Timestamp::from_seconds(BEGIN);
    let claims = payload_of(now);
    for (signs, name) in [(None, "none"), (Some("2026"), "given"), (Some(kid(FIRST).as_str()), "thumbprint")] {
        let token = SigningKey::load(Algorithm::EdDSA, FIRST, signs).expect("a key").sign(&claims);
        for key_id in [None, Some("2027".to_owned())] {
            let outcome = verifier(&Settings { key_id: key_id.clone(), ..pairs.clone() }).verify(&token, now);
            assert!(outcome.is_ok(), "{name} {key_id:?}: {outcome:?}");
        }
    }
}

fn payload_of(now: Timestamp) -> String {
    let (iat, exp) = (now.seconds(), now.seconds() + 300);
    format!(r#"{{"token_type":"access","exp":{exp},"iat":{iat},"jti":"f00d","user_id":"1"}}"#)
}
