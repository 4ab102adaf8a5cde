//! Several keys: those of one configuration, and which of them a token means.

use jwt_auth::Settings;
use jwt_auth::error::TokenError;
use jwt_auth::keys::{Algorithm, KeyError, KeyRing, SigningKey, VerifyingKey};
use jwt_auth::verify::Verifier;
use jwt_auth_tests::tokens::{
    Forge, SECRET, good_payload, now, pair, payload, pem, rsa, settings, signing_key, signing_text,
};

#[test]
fn a_ring_reports_every_fault_at_once() {
    let settings =
        Settings { fallback_keys: vec![SECRET.into(), "short".into(), "".into()], ..Settings::new("too short") };
    let faults = KeyRing::from_settings(&settings).expect_err("three faults");
    let names: Vec<&str> = faults.iter().map(|fault| &*fault.setting).collect();
    assert_eq!(names, ["signing_key", "fallback_keys[1]", "fallback_keys[2]"]);

    let none = Settings { signing_key: None, ..Settings::new("") };
    assert_eq!(KeyRing::from_settings(&none).expect_err("no key").len(), 1);
}

#[test]
fn a_ring_checks_that_its_keys_belong_together() {
    let algorithm = Algorithm::RS256;
    let public = pem("PUBLIC KEY", &pair(algorithm).public_info);
    let fitting = Settings {
        verifying_key: Some(public.clone().into()),
        fallback_keys: vec![signing_text(algorithm).into(), public.into()],
        ..settings(algorithm)
    };
    let ring = KeyRing::from_settings(&fitting).expect("they fit");
    assert_eq!(ring.verifying().len(), 3);

    let other = rsa(aws_lc_rs::rsa::KeySize::Rsa2048);
    let strange = Settings { verifying_key: Some(pem("PUBLIC KEY", &other.public_info).into()), ..settings(algorithm) };
    let faults = KeyRing::from_settings(&strange).expect_err("they do not");
    assert_eq!(faults[0].setting, "verifying_key");
    assert_eq!(faults[0].error, KeyError::Mismatch);
}

#[test]
fn the_key_is_chosen_by_its_id() {
    let algorithm = Algorithm::HS256;
    let key = |secret: &str, id| SigningKey::load(algorithm, secret, id).expect("good");
    let (one, two) = (SECRET.to_owned(), SECRET.replace('k', "K"));
    let three = SECRET.replace('O', "o");
    let with_ids = [key(&one, Some("one")), key(&two, Some("two"))];
    let verifier = |keys: &[SigningKey]| {
        let keys = keys.iter().map(SigningKey::verifying_key).collect();
        Verifier::new(&settings(algorithm), keys)
    };
    let verdict = |keys: &[SigningKey], by: &SigningKey| {
        let verifier = verifier(keys);
        let token = by.sign(&good_payload());
        let first = verifier.verify(&token, now()).err();
        assert_eq!(verifier.verify(&token, now()).err(), first, "learned otherwise");
        first
    };
    assert_eq!(verdict(&with_ids, &key(&one, Some("one"))), None);
    assert_eq!(verdict(&with_ids, &key(&two, Some("two"))), None);
    assert_eq!(verdict(&with_ids, &key(&two, None)), None);
    assert_eq!(verdict(&with_ids, &key(&two, Some("one"))), Some(TokenError::BadSignature));
    assert_eq!(verdict(&with_ids, &key(&one, Some("three"))), Some(TokenError::UnknownKey));
    assert_eq!(verdict(&with_ids, &key(&three, None)), Some(TokenError::BadSignature));

    // A key without an id, as fallback keys are, is there for ids that no other key has.
    let rotated = [key(&one, Some("new")), key(&two, None)];
    assert_eq!(verdict(&rotated, &key(&two, Some("old"))), None);
    assert_eq!(verdict(&rotated, &key(&one, Some("old"))), Some(TokenError::BadSignature));
    assert_eq!(verdict(&rotated, &key(&two, Some("new"))), Some(TokenError::BadSignature));
    assert_eq!(verdict(&[key(&one, None)], &key(&one, Some("whatever"))), None);

    let rs256 = signing_key(Algorithm::RS256).verifying_key().with_key_id(Some("one")).expect("good");
    let mixed = Verifier::new(&settings(algorithm), vec![rs256]);
    let token = key(&one, Some("one")).sign(&good_payload());
    assert_eq!(mixed.verify(&token, now()).err(), Some(TokenError::AlgorithmNotAllowed));
}

#[test]
fn keys_and_verifiers_are_shared_between_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<SigningKey>();
    shared::<VerifyingKey>();
    shared::<Verifier>();
    shared::<jwt_auth::verify::VerifiedToken>();
}

#[test]
fn debug_of_a_verified_token_shows_names_only() {
    let token = Forge::new(Algorithm::HS256).token(&payload(&[("email", Some("\"a@b.example\""))]));
    let verifier = Verifier::from_settings(&settings(Algorithm::HS256)).expect("good");
    let shown = format!("{:?}", verifier.verify(&token, now()).expect("good"));
    assert!(shown.contains("email") && !shown.contains("b.example") && !shown.contains("42"), "{shown}");
    assert!(!format!("{verifier:?}").contains(SECRET));
}
