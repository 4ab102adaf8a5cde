//! Several keys: those of one configuration, and which of them a token means.

use jwt_auth::Settings;
use jwt_auth::error::TokenError;
use jwt_auth::keys::{Algorithm, KeyError, KeyRing, SigningKey, VerifyingKey};
use jwt_auth::verify::Verifier;
use jwt_auth_tests::tokens::{
    Forge, SECRET, base64url, good_payload, now, pair, payload, pem, rsa, settings, signing_key, signing_text,
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

/// Each fallback key knows its own algorithm, whichever the present one is.
#[test]
fn a_fallback_key_may_be_of_another_algorithm() {
    let public = |algorithm: Algorithm| pem("PUBLIC KEY", &pair(algorithm).public_info);
    let usual =
        [Algorithm::HS256, Algorithm::RS256, Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA, Algorithm::PS512];
    for present in usual {
        for old in usual.into_iter().filter(|old| *old != Algorithm::PS512) {
            // An RSA key beside PS512 is one of PS512.
            let algorithm = if (present, old) == (Algorithm::PS512, Algorithm::RS256) { present } else { old };
            let token = signing_key(algorithm).sign(&good_payload());
            let texts = if old.is_symmetric() { vec![SECRET.to_owned()] } else { vec![signing_text(old), public(old)] };
            for text in texts {
                // Another secret than the old one signs now.
                let signing = if present.is_symmetric() { SECRET.replace('k', "K") } else { signing_text(present) };
                let settings = Settings {
                    signing_key: Some(signing.into()),
                    fallback_keys: vec![text.into()],
                    ..settings(present)
                };
                let verifier = Verifier::from_settings(&settings).expect("good keys");
                assert_eq!(verifier.keys()[1].algorithm(), algorithm, "{present} {old}");
                assert_eq!(verifier.verify(&token, now()).err(), None, "{present}, once {old}");
            }
        }
    }
}

#[test]
fn a_jwk_says_its_algorithm() {
    let secret = |more: &str| format!(r#"{{"kty":"oct",{more}"k":"{}"}}"#, base64url(SECRET));
    let rsa = signing_key(Algorithm::RS384).verifying_key().to_public_jwk().expect("public");
    for (present, text, algorithm) in [
        (Algorithm::RS256, secret(r#""alg":"HS512","#), Algorithm::HS512),
        (Algorithm::RS256, secret(""), Algorithm::HS256),
        (Algorithm::HS512, secret(""), Algorithm::HS512),
        (Algorithm::HS512, secret(r#""alg":"HS256","#), Algorithm::HS256),
        (Algorithm::HS256, rsa.clone(), Algorithm::RS384),
        (Algorithm::ES256, rsa.clone(), Algorithm::RS384),
        (Algorithm::RS256, rsa, Algorithm::RS384),
    ] {
        let settings = Settings { fallback_keys: vec![text.into()], ..settings(present) };
        let ring = KeyRing::from_settings(&settings).expect("good keys");
        assert_eq!(ring.verifying()[1].algorithm(), algorithm, "{present}");
        assert_eq!(
            Verifier::from_settings(&settings)
                .expect("good")
                .verify(&signing_key(algorithm).sign(&good_payload()), now())
                .err(),
            None
        );
    }
    let unfit = Settings {
        fallback_keys: vec![r#"{"kty":"oct","alg":"ES512","k":"AAAA"}"#.into()],
        ..settings(Algorithm::RS256)
    };
    assert_eq!(KeyRing::from_settings(&unfit).expect_err("unknown")[0].error, KeyError::JwkPurpose("alg"));
}

/// RFC 8725 2.1: a key of one algorithm is never taken for one of another, above all no public key for a secret.
#[test]
fn a_fallback_key_is_no_secret_to_those_who_know_it() {
    let public = pem("PUBLIC KEY", &pair(Algorithm::RS256).public_info);
    let present = Settings { fallback_keys: vec![public.clone().into()], ..settings(Algorithm::HS256) };
    let verifier = Verifier::from_settings(&present).expect("good keys");
    for secret in [public.as_bytes(), public.trim().as_bytes(), &pair(Algorithm::RS256).public_info] {
        let forged = Forge::with_secret(secret).token(&good_payload());
        assert_eq!(verifier.verify(&forged, now()).err(), Some(TokenError::BadSignature));
    }
    // Nor where its frame was lost, in part or whole.
    let body: String = public.lines().filter(|line| !line.starts_with('-')).collect();
    let lines: Vec<&str> = public.lines().collect();
    let cut = lines[2..lines.len() - 1].join("\n");
    for text in [body, cut, "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 me@here".to_owned()] {
        for algorithm in [Algorithm::RS256, Algorithm::ES256] {
            let settings = Settings { fallback_keys: vec![text.clone().into()], ..settings(algorithm) };
            let faults = KeyRing::from_settings(&settings).expect_err("no secret");
            assert_eq!(faults[0].error, KeyError::NotAKey { algorithm }, "{text}");
        }
    }
    let short = Settings { fallback_keys: vec!["short".into()], ..settings(Algorithm::RS256) };
    let fault = KeyRing::from_settings(&short).expect_err("too short");
    assert_eq!(fault[0].error, KeyError::SecretTooShort { algorithm: Algorithm::HS256, bytes: 5, needed: 32 });
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
