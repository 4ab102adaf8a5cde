//! The examples printed in RFC 7515, 7520, 7638, 7797 and 8037.

use jwt_auth::Settings;
use jwt_auth::clock::Timestamp;
use jwt_auth::error::TokenError;
use jwt_auth::keys::{Algorithm, JwkOrigin, KeyError, KeyStrictness, SigningKey, VerifyingKey};
use jwt_auth::verify::Verifier;
use serde_json::Value;
use std::path::Path;

fn read(path: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors").join(path);
    let json = std::fs::read_to_string(path).expect("the file is there");
    serde_json::from_str(&json).expect("JSON")
}

fn verifying(algorithm: Algorithm, jwk: &Value) -> Result<VerifyingKey, KeyError> {
    let strictness = KeyStrictness::Hardened;
    VerifyingKey::from_jwk(algorithm, &jwk.to_string(), JwkOrigin::Local, strictness)
}

#[test]
fn signatures() {
    let verify_only = Settings { signing_key: None, ..Settings::new("not used") };
    let mut seen = [0; 3];
    for vector in read("rfc/rfc_jws_vectors.json")["jws"].as_array().expect("a list") {
        let name = &vector["name"];
        let token = vector["jws"].as_str().expect("a token");
        let algorithm = vector["alg"].as_str().expect("a name").parse::<Algorithm>();
        let key = algorithm.ok().and_then(|algorithm| verifying(algorithm, &vector["key"]).ok());
        let verdict = key.map(|key| {
            Verifier::new(&verify_only, vec![key])
                .verify(token, Timestamp::from_seconds(1_800_000_000))
                .expect_err("no example is a token of ours that is alive")
        });
        match vector["expect"].as_str().expect("a word") {
            "valid" => {
                // RFC 7515's payload is a JWT of 2011; the others are prose.
                let good = matches!(verdict, Some(TokenError::BadPayload | TokenError::Expired));
                assert!(good, "{name}: {verdict:?}");
                seen[0] += 1;
            }
            "valid-but-unsupported" => {
                assert_eq!(verdict, None, "{name}");
                seen[1] += 1;
            }
            "reject" => {
                let bad = !matches!(verdict, Some(TokenError::BadPayload | TokenError::Expired));
                assert!(bad, "{name}: {verdict:?}");
                seen[2] += 1;
            }
            other => panic!("{name} expects {other}"),
        }
    }
    assert_eq!(seen, [7, 2, 3]);
}

#[test]
fn thumbprints() {
    let file = read("rfc/rfc_jws_vectors.json");
    for vector in file["thumbprints"].as_array().expect("a list") {
        let algorithm = match vector["jwk"]["kty"].as_str() {
            Some("RSA") => Algorithm::RS256,
            _ => Algorithm::EdDSA,
        };
        let key = verifying(algorithm, &vector["jwk"]).expect("a sound key");
        let thumbprint = key.thumbprint().expect("public");
        assert_eq!(vector["sha256"], *thumbprint, "{}", vector["source"]);
    }
}

#[test]
fn private_keys_of_rfc_7520_sign() {
    let key = read("rfc7520/jwk/3_4.rsa_private_key.json");
    for algorithm in [Algorithm::RS256, Algorithm::PS384] {
        let strictness = KeyStrictness::Hardened;
        let key = SigningKey::from_jwk(algorithm, &key.to_string(), None, strictness).expect("a sound key");
        assert_eq!(key.key_id(), Some("bilbo.baggins@hobbiton.example"));
        let public = read("rfc7520/jwk/3_3.rsa_public_key.json");
        let public = verifying(algorithm, &public).expect("a sound key");
        assert_eq!(key.self_check(&public), Ok(()));
        assert_eq!(key.verifying_key().thumbprint(), public.thumbprint());
    }
}

#[test]
fn keys_of_rfc_7520_for_something_else_are_refused() {
    let p521 = read("rfc7520/jwk/3_1.ec_public_key.json");
    for algorithm in Algorithm::ALL {
        assert!(verifying(algorithm, &p521).is_err(), "{algorithm}");
    }
    let encryption = read("rfc7520/jwk/3_6.symmetric_key_encryption.json");
    for algorithm in Algorithm::ALL {
        assert!(verifying(algorithm, &encryption).is_err(), "{algorithm}");
    }
    let private = read("rfc7520/jwk/3_4.rsa_private_key.json");
    let refused = verifying(Algorithm::RS256, &private);
    assert_eq!(refused.err(), Some(KeyError::PrivateKeyGiven));
}
