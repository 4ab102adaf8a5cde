//! The provider for jsonwebtoken, by its factories: nothing is installed here, for this process is shared. What an installed
//! one does is in `tests/providers`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER as THEIRS;
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::jwk::{EllipticCurve, Jwk, JwkSet, ThumbprintHash};
use jsonwebtoken::{Algorithm as Named, AlgorithmFamily, DecodingKey, EncodingKey};
use jwt_auth::jsonwebtoken::{PROVIDER, signing_key, verifying_key};
use jwt_auth::keys::{self, Algorithm, KeyError, VerifyingKey};
use jwt_auth_tests::tokens::{self, SECRET, base64url, pair, pem};

const MESSAGE: &[u8] = b"header.payload";

fn named(algorithm: Algorithm) -> Named {
    algorithm.name().parse().expect("jsonwebtoken has all of ours")
}

/// In each of the forms that jsonwebtoken keeps a private key of this kind in.
fn encoding_keys(algorithm: Algorithm) -> Vec<EncodingKey> {
    let pair = pair(algorithm);
    let text = pem("PRIVATE KEY", &pair.pkcs8);
    match named(algorithm).family() {
        AlgorithmFamily::Hmac => vec![EncodingKey::from_secret(SECRET.as_bytes())],
        AlgorithmFamily::Rsa => vec![
            EncodingKey::from_rsa_pem(text.as_bytes()).expect("PEM"),
            EncodingKey::from_rsa_der(&pair.own_form),
            EncodingKey::from_rsa_der(&pair.pkcs8),
        ],
        AlgorithmFamily::Ec => vec![
            EncodingKey::from_ec_pem(text.as_bytes()).expect("PEM"),
            EncodingKey::from_ec_der(&pair.pkcs8),
            EncodingKey::from_ec_der(&pair.own_form),
        ],
        AlgorithmFamily::Ed => vec![
            EncodingKey::from_ed_pem(text.as_bytes()).expect("PEM"),
            EncodingKey::from_ed_der(&pair.pkcs8),
            EncodingKey::from_ed_der(&pair.own_form),
        ],
    }
}

/// Likewise a public key, or the secret.
fn decoding_keys(algorithm: Algorithm) -> Vec<DecodingKey> {
    let info = &pair(algorithm).public_info;
    let text = pem("PUBLIC KEY", info);
    let jwk = || -> Jwk {
        let key = tokens::signing_key(algorithm).verifying_key();
        serde_json::from_str(&key.to_public_jwk().expect("public")).expect("a JWK")
    };
    match named(algorithm).family() {
        AlgorithmFamily::Hmac => vec![DecodingKey::from_secret(SECRET.as_bytes())],
        AlgorithmFamily::Rsa => vec![
            DecodingKey::from_rsa_pem(text.as_bytes()).expect("PEM"),
            DecodingKey::from_rsa_der(info),
            DecodingKey::from_jwk(&jwk()).expect("a JWK"),
        ],
        AlgorithmFamily::Ec => vec![
            DecodingKey::from_ec_pem(text.as_bytes()).expect("PEM"),
            DecodingKey::from_ec_der(info),
            DecodingKey::from_jwk(&jwk()).expect("a JWK"),
        ],
        AlgorithmFamily::Ed => vec![
            DecodingKey::from_ed_pem(text.as_bytes()).expect("PEM"),
            DecodingKey::from_ed_der(info),
            DecodingKey::from_jwk(&jwk()).expect("a JWK"),
        ],
    }
}

#[test]
fn every_algorithm_and_form_of_key_signs_for_all_and_checks_what_all_have_signed() {
    for algorithm in Algorithm::ALL {
        let name = named(algorithm);
        let own = tokens::signing_key(algorithm);
        let token = own.sign("{}");
        let (signed, signature) = token.rsplit_once('.').expect("three parts");
        let signature = decode(signature);
        for (form, encoding) in encoding_keys(algorithm).iter().enumerate() {
            let signer = (PROVIDER.signer_factory)(&name, encoding).expect("a good key");
            assert_eq!(signer.algorithm(), name);
            let made = signer.try_sign(MESSAGE).expect("signs");
            assert!(own.verifying_key().accepts(MESSAGE, &made), "{algorithm} {form}: ours");
            let converted = signing_key(algorithm, encoding).expect("a good key");
            assert_eq!(converted.self_check(&own.verifying_key()), Ok(()), "{algorithm} {form}");
            for (other, decoding) in decoding_keys(algorithm).iter().enumerate() {
                for (provider, factory) in [("ours", PROVIDER.verifier_factory), ("theirs", THEIRS.verifier_factory)] {
                    let verifier = factory(&name, decoding).expect("a good key");
                    assert_eq!(verifier.algorithm(), name);
                    assert!(verifier.verify(MESSAGE, &made).is_ok(), "{algorithm} {form} {other} {provider}");
                    assert!(verifier.verify(b"header.payloae", &made).is_err(), "{algorithm} {form} {other}");
                    assert!(verifier.verify(MESSAGE, &Vec::new()).is_err(), "{algorithm} {form} {other}");
                    assert!(verifier.verify(signed.as_bytes(), &signature).is_ok(), "{algorithm} {other}: a token");
                }
                assert!(verifying_key(algorithm, decoding).expect("good").accepts(MESSAGE, &made));
            }
        }
        let theirs = (THEIRS.signer_factory)(&name, &encoding_keys(algorithm)[0]).expect("a good key");
        let made = theirs.try_sign(MESSAGE).expect("signs");
        for decoding in decoding_keys(algorithm) {
            let verifier = (PROVIDER.verifier_factory)(&name, &decoding).expect("a good key");
            assert!(verifier.verify(MESSAGE, &made).is_ok(), "{algorithm}: theirs, checked by ours");
        }
    }
}

#[test]
fn a_key_of_another_family_fits_no_algorithm() {
    for algorithm in Algorithm::ALL {
        for other in Algorithm::ALL.into_iter().filter(|other| named(*other).family() != named(algorithm).family()) {
            let error = signing_fault(algorithm, &encoding_keys(other)[0]);
            assert_eq!(error, ErrorKind::InvalidKeyFormat.into(), "{algorithm} {other}");
            let error = verifying_fault(algorithm, &decoding_keys(other)[0]);
            assert_eq!(error, ErrorKind::InvalidKeyFormat.into(), "{algorithm} {other}");
            let error = signing_key(algorithm, &encoding_keys(other)[0]).err();
            assert!(matches!(error, Some(KeyError::WrongKind { .. })), "{algorithm} {other}: {error:?}");
        }
    }
    // Within the family of curves, the bytes say which.
    for (algorithm, other) in [(Algorithm::ES256, Algorithm::ES384), (Algorithm::ES384, Algorithm::ES256)] {
        for key in encoding_keys(other) {
            assert_eq!(signing_fault(algorithm, &key), ErrorKind::InvalidEcdsaKey.into());
        }
        for key in decoding_keys(other) {
            assert_eq!(verifying_fault(algorithm, &key), ErrorKind::InvalidEcdsaKey.into());
        }
    }
}

#[test]
fn weak_secrets_and_key_files_are_refused_both_ways() {
    let public = pem("PUBLIC KEY", &pair(Algorithm::RS256).public_info);
    let jwk = format!(r#"{{"kty":"oct","k":"{}"}}"#, base64url(SECRET));
    for (algorithm, secret, said) in [
        (Algorithm::HS256, &b""[..], "the key is empty"),
        (Algorithm::HS256, &[b' '; 40], "the key is empty"),
        (Algorithm::HS256, &SECRET.as_bytes()[..31], "31 bytes"),
        (Algorithm::HS384, &SECRET.as_bytes()[..47], "47 bytes"),
        (Algorithm::HS512, &SECRET.as_bytes()[..63], "63 bytes"),
        (Algorithm::HS256, &[b'a'; 64], "one byte repeated"),
        (Algorithm::HS256, public.as_bytes(), "a PEM file"),
        (Algorithm::HS256, jwk.as_bytes(), "a JWK"),
        (Algorithm::HS256, &pair(Algorithm::RS256).public_info, "a DER key"),
    ] {
        for error in [
            signing_fault(algorithm, &EncodingKey::from_secret(secret)),
            verifying_fault(algorithm, &DecodingKey::from_secret(secret)),
        ] {
            let ErrorKind::Provider(reason) = error.kind() else { panic!("{algorithm} {said}: {error:?}") };
            assert!(reason.contains(said), "{reason}");
        }
    }
}

#[test]
fn hostile_rsa_keys_are_refused_whether_they_come_as_der_or_as_numbers() {
    const WYCHEPROOF: &str = include_str!("../../vectors/wycheproof/json_web_key_test.json");
    let (n, e) = (PROVIDER.key_utils.rsa_pub_components_from_public_key)(&pair(Algorithm::RS256).public_info)
        .expect("a good key");
    let numbers = |n: &[u8], e: &[u8]| DecodingKey::from_rsa_raw_components(n, e);
    let mut even = n.clone();
    *even.last_mut().expect("a byte") &= 0xfe;
    let zero = [&[0], &*n].concat();
    let mut cases = vec![
        ("1024 bits", numbers(&n[..128], &e), "1024 bits"),
        ("512 bits", numbers(&n[..64], &e), "512 bits"),
        ("16384 bits", numbers(&n.repeat(8), &e), "16384 bits"),
        ("e = 1", numbers(&n, &[1]), "exponent"),
        ("e = 3", numbers(&n, &[3]), "exponent"),
        ("e even", numbers(&n, &[1, 0, 0]), "exponent"),
        ("e of 34 bits", numbers(&n, &[2, 0, 0, 0, 1]), "exponent"),
        ("e with a zero", numbers(&n, &[0, 1, 0, 1]), "exponent"),
        ("n even", numbers(&even, &e), "even"),
        ("n with a zero", numbers(&zero, &e), "zero byte"),
        ("nothing", numbers(&[], &[]), "`n`"),
        ("no DER", DecodingKey::from_rsa_der(b"no DER"), "damaged"),
        ("cut off", DecodingKey::from_rsa_der(&pair(Algorithm::RS256).public_info[..200]), "damaged"),
        ("another kind", DecodingKey::from_rsa_der(&pair(Algorithm::ES256).public_info), "an EC key"),
        ("private", DecodingKey::from_rsa_der(&pair(Algorithm::RS256).pkcs8), "damaged"),
    ];
    let vectors: serde_json::Value = serde_json::from_str(WYCHEPROOF).expect("JSON");
    let groups = vectors["testGroups"].as_array().expect("groups");
    let flawed = groups.iter().find(|group| group["comment"] == "jws_rsa_roca_key").expect("a flawed key");
    let n = flawed["public"]["keys"][0]["n"].as_str().or(flawed["private"]["keys"][0]["n"].as_str());
    cases.push(("ROCA", numbers(&decode(n.expect("a modulus")), &e), "CVE-2017-15361"));
    for (case, key, said) in cases {
        for algorithm in [Algorithm::RS256, Algorithm::PS512] {
            let error = verifying_fault(algorithm, &key);
            let ErrorKind::InvalidRsaKey(reason) = error.kind() else { panic!("{case}: {error:?}") };
            assert!(reason.contains(said), "{case}: {reason}");
        }
    }
    for bytes in [&b""[..], b"no DER", &pair(Algorithm::RS256).public_info, &pair(Algorithm::ES256).pkcs8] {
        let error = signing_fault(Algorithm::RS256, &EncodingKey::from_rsa_der(bytes));
        assert!(matches!(error.kind(), ErrorKind::InvalidRsaKey(_)), "{error:?}");
    }
}

#[test]
fn hostile_points_are_refused() {
    let ec = |x: &[u8], y: &[u8]| DecodingKey::from_ec_components(&base64url(x), &base64url(y)).expect("base64");
    let jwk: serde_json::Value =
        serde_json::from_str(&tokens::signing_key(Algorithm::ES256).verifying_key().to_public_jwk().expect("public"))
            .expect("JSON");
    let (x, y) = (decode(jwk["x"].as_str().expect("x")), decode(jwk["y"].as_str().expect("y")));
    for (case, key) in [
        ("off the curve", ec(&y, &x)),
        ("the origin", ec(&[0; 32], &[0; 32])),
        ("short", ec(&x[1..], &y)),
        ("long", ec(&[&[0], &*x].concat(), &y)),
        ("empty", ec(&[], &[])),
        ("at infinity", DecodingKey::from_ec_der(&[0])),
        ("compressed", DecodingKey::from_ec_der(&[&[2], &*x].concat())),
        ("no bytes", DecodingKey::from_ec_der(&[])),
    ] {
        assert_eq!(verifying_fault(Algorithm::ES256, &key), ErrorKind::InvalidEcdsaKey.into(), "{case}");
    }
    let ed = |x: &[u8]| DecodingKey::from_ed_components(&base64url(x)).expect("base64");
    let mut one = [0; 32];
    one[0] = 1;
    for (case, key) in [
        ("small order: 0", ed(&[0; 32])),
        ("small order: 1", ed(&one)),
        ("not below p", ed(&[0xff; 32])),
        ("31 bytes", ed(&[9; 31])),
        ("33 bytes", ed(&[9; 33])),
        ("no bytes", ed(&[])),
        ("another kind", DecodingKey::from_ed_der(&pair(Algorithm::ES256).public_info)),
    ] {
        assert_eq!(verifying_fault(Algorithm::EdDSA, &key), ErrorKind::InvalidEddsaKey.into(), "{case}");
    }
    for bytes in [&b""[..], &[7; 32], &[7; 48], &pair(Algorithm::EdDSA).pkcs8[..47]] {
        let key = EncodingKey::from_ed_der(bytes);
        assert_eq!(signing_fault(Algorithm::EdDSA, &key), ErrorKind::InvalidEddsaKey.into());
        let key = EncodingKey::from_ec_der(bytes);
        assert_eq!(signing_fault(Algorithm::ES256, &key), ErrorKind::InvalidEcdsaKey.into());
    }
}

#[test]
fn key_utils_say_what_those_of_the_other_provider_say() {
    let (ours, theirs) = (&PROVIDER.key_utils, &THEIRS.key_utils);
    let rsa = pair(Algorithm::RS256);
    let own = ours.rsa_pub_components_from_private_key;
    assert_eq!(own(&rsa.own_form), (theirs.rsa_pub_components_from_private_key)(&rsa.own_form));
    assert_eq!(own(&rsa.pkcs8), own(&rsa.own_form), "theirs reads the one form only");
    let own = ours.rsa_pub_components_from_public_key;
    assert_eq!(own(&rsa.public_info), (theirs.rsa_pub_components_from_public_key)(&rsa.public_info));
    assert!(own(b"no DER").is_err());
    for (algorithm, name) in [(Algorithm::ES256, Named::ES256), (Algorithm::ES384, Named::ES384)] {
        let der = &pair(algorithm).pkcs8;
        let own = ours.ec_pub_components_from_private_key;
        assert_eq!(own(der, name), (theirs.ec_pub_components_from_private_key)(der, name));
        assert_eq!(own(der, Named::EdDSA), (theirs.ec_pub_components_from_private_key)(der, Named::EdDSA));
        assert!(own(b"no DER", name).is_err());
    }
    let der = &pair(Algorithm::EdDSA).pkcs8;
    for curve in [EllipticCurve::Ed25519, EllipticCurve::P256] {
        let (own, other) = (ours.ed_pub_components_from_private_key, theirs.ed_pub_components_from_private_key);
        assert_eq!(own(der, &curve), other(der, &curve));
    }
    for hash in [ThumbprintHash::SHA256, ThumbprintHash::SHA384, ThumbprintHash::SHA512] {
        assert_eq!((ours.compute_digest)(MESSAGE, hash.clone()), (theirs.compute_digest)(MESSAGE, hash));
    }
}

#[test]
fn algorithms_become_ours() {
    for algorithm in Algorithm::ALL {
        assert_eq!(Algorithm::try_from(named(algorithm)), Ok(algorithm));
    }
}

#[test]
fn jwks_become_ours() {
    for algorithm in Algorithm::ALL.into_iter().filter(|algorithm| !algorithm.is_symmetric()) {
        let key = tokens::signing_key(algorithm).verifying_key().with_key_id(Some("a")).expect("a good id");
        let jwk: Jwk = serde_json::from_str(&key.to_public_jwk().expect("public")).expect("a JWK");
        let read = VerifyingKey::try_from(&jwk).expect("a good key");
        assert_eq!((read.algorithm(), read.key_id()), (algorithm, Some("a")));
        assert_eq!(read.thumbprint(), key.thumbprint());

        let mut unnamed = jwk.clone();
        unnamed.common.key_algorithm = None;
        let read = VerifyingKey::try_from(&unnamed).map(|key| key.algorithm());
        let alone = matches!(algorithm, Algorithm::ES256 | Algorithm::ES384 | Algorithm::EdDSA);
        assert_eq!(read, if alone { Ok(algorithm) } else { Err(KeyError::JwkMember("alg")) });
    }
    let rsa = tokens::signing_key(Algorithm::RS256).verifying_key().to_public_jwk().expect("public");
    for (from, to, error) in [
        (r#""use":"sig""#, r#""use":"enc""#, KeyError::JwkPurpose("use")),
        (r#""use":"sig""#, r#""key_ops":["encrypt"]"#, KeyError::JwkPurpose("key_ops")),
        (r#""alg":"RS256""#, r#""alg":"RSA-OAEP""#, KeyError::JwkPurpose("alg")),
        (r#""alg":"RS256""#, r#""alg":"RS1""#, KeyError::JwkPurpose("alg")),
        (r#""e":"AQAB""#, r#""e":"Aw""#, KeyError::RsaExponent),
    ] {
        assert!(rsa.contains(from), "{rsa}");
        let jwk: Jwk = serde_json::from_str(&rsa.replace(from, to)).expect("a JWK");
        assert_eq!(VerifyingKey::try_from(&jwk).err(), Some(error), "{to}");
    }
    let secret: Jwk = serde_json::from_str(&secret_jwk()).expect("a JWK");
    assert_eq!(VerifyingKey::try_from(&secret).err(), Some(KeyError::RemoteSecret));
    let foreign: Jwk = serde_json::from_str(r#"{"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"}"#).expect("a JWK");
    assert!(VerifyingKey::try_from(&foreign).is_err());
}

#[test]
fn jwk_sets_become_ours_and_lose_what_is_unfit() {
    let member = |algorithm| tokens::signing_key(algorithm).verifying_key().to_public_jwk().expect("public");
    let members = [member(Algorithm::ES256), secret_jwk(), member(Algorithm::PS384), member(Algorithm::EdDSA)];
    let set: JwkSet = serde_json::from_str(&format!(r#"{{"keys":[{}]}}"#, members.join(","))).expect("a set");
    let read = keys::JwkSet::try_from(&set).expect("a set");
    let algorithms: Vec<Algorithm> = read.keys().iter().map(VerifyingKey::algorithm).collect();
    assert_eq!(algorithms, [Algorithm::ES256, Algorithm::PS384, Algorithm::EdDSA]);
    assert_eq!(read.skipped(), [(1, KeyError::RemoteSecret)]);
}

fn secret_jwk() -> String {
    format!(r#"{{"kty":"oct","alg":"HS256","k":"{}"}}"#, base64url(SECRET))
}

fn signing_fault(algorithm: Algorithm, key: &EncodingKey) -> Error {
    (PROVIDER.signer_factory)(&named(algorithm), key).err().expect("a fault")
}

fn verifying_fault(algorithm: Algorithm, key: &DecodingKey) -> Error {
    (PROVIDER.verifier_factory)(&named(algorithm), key).err().expect("a fault")
}

fn decode(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).expect("base64url")
}
