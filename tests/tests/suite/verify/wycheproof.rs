//! Project Wycheproof: JWS, JWK and the primitives below them, through our keys and our verifier.

use jwt_auth::Settings;
use jwt_auth::clock::Timestamp;
use jwt_auth::error::TokenError;
use jwt_auth::keys::{Algorithm, JwkOrigin, JwkSet, KeyError, KeyStrictness, VerifyingKey};
use jwt_auth::verify::Verifier;
use serde_json::Value;
use std::path::Path;

/// Cases of the JWS file whose expectation is not ours.
const EXCLUDED: [(u64, &str); 8] = [
    (346, "the key says PS256, the token is PS384: the figure of RFC 7520 was copied with the wrong key"),
    (350, "as 346"),
    (347, "ES512 is not supported, and the key calls it ES521"),
    (351, "as 347"),
    (367, "the padding got lost in the file: the text is a valid token"),
    (370, "as 367"),
    (372, "wants characters outside the base64url alphabet accepted"),
    (373, "as 372"),
];

/// The vectors sign texts that are no claims; a verdict on the payload means that the signature was good.
fn signature_was_good(verifier: &Verifier, token: &str) -> bool {
    match verifier.verify(token, Timestamp::from_seconds(1_800_000_000)) {
        Ok(_) => true,
        Err(error) => matches!(error, TokenError::BadPayload),
    }
}

fn verifier(keys: Vec<VerifyingKey>) -> Verifier {
    let settings = Settings { signing_key: None, ..Settings::new("not used") };
    Verifier::new(&settings, keys)
}

/// The key that the file's JWK is, for the algorithm that it names itself.
fn key_of(jwk: &Value, token: &str) -> Option<VerifyingKey> {
    let named = jwk["alg"].as_str().map(str::to_owned);
    // The keys without `alg` are all for another use; the token's algorithm gives them every chance.
    let algorithm: Algorithm = named.or_else(|| algorithm_of(token))?.parse().ok()?;
    // One HMAC key of the file is 32 zero bytes, which only the lenient rules let pass.
    let strictness = match jwk["kid"].as_str() {
        Some("hs256-key") => KeyStrictness::Lenient,
        _ => KeyStrictness::Hardened,
    };
    VerifyingKey::from_jwk(algorithm, &jwk.to_string(), JwkOrigin::Local, strictness).ok()
}

fn algorithm_of(token: &str) -> Option<String> {
    use base64::Engine;
    let (header, _) = token.split_once('.')?;
    let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(header).ok()?;
    let header: Value = serde_json::from_slice(&header).ok()?;
    header["alg"].as_str().map(str::to_owned)
}

#[test]
fn json_web_signatures() {
    let mut right = 0;
    for (group, case) in cases("json_web_signature_test.json") {
        let id = case["tcId"].as_u64().expect("a number");
        if EXCLUDED.iter().any(|(excluded, _)| *excluded == id) {
            continue;
        }
        let jwk = group.get("public").unwrap_or(&group["private"]);
        let token = text(&case, "jws");
        let good = key_of(jwk, token).is_some_and(|key| signature_was_good(&verifier(vec![key]), token));
        assert_eq!(good, case["result"] == "valid", "case {id}: {}", case["comment"]);
        right += 1;
    }
    assert_eq!(right, 393);
}

#[test]
fn json_web_keys() {
    let mut right = 0;
    for (group, case) in cases("json_web_key_test.json") {
        let set = group.get("public").unwrap_or(&group["private"]).to_string();
        let token = text(&case, "jws");
        let good = JwkSet::read(&set, &Algorithm::ALL, JwkOrigin::Local)
            .is_ok_and(|set| signature_was_good(&verifier(set.into_keys()), token));
        assert_eq!(good, case["result"] == "valid", "case {}: {}", case["tcId"], case["comment"]);
        right += 1;
    }
    assert_eq!(right, 26);
}

#[test]
fn json_web_crypto() {
    let mut signed = 0;
    let mut encrypted = 0;
    for (group, case) in cases("json_web_crypto_test.json") {
        let jwk = group.get("public").unwrap_or(&group["private"]);
        let Some(token) = case.get("jws") else {
            // Encrypted tokens are not spoken here, whatever is in them.
            let token = case["jwe"].to_string();
            let key = VerifyingKey::load(Algorithm::HS256, &"secret".repeat(8), None).expect("good");
            assert!(!signature_was_good(&verifier(vec![key]), token.trim_matches('"')));
            encrypted += 1;
            continue;
        };
        // One is an object, the JSON form of a JWS.
        let token = token.as_str().map_or_else(|| token.to_string(), str::to_owned);
        let token = token.as_str();
        let keys = match jwk.get("keys") {
            Some(_) => JwkSet::read(&jwk.to_string(), &Algorithm::ALL, JwkOrigin::Local)
                .map(JwkSet::into_keys)
                .unwrap_or_default(),
            None => key_of(jwk, token).into_iter().collect(),
        };
        let good = signature_was_good(&verifier(keys), token);
        assert_eq!(good, case["result"] == "valid", "case {}: {}", case["tcId"], case["comment"]);
        signed += 1;
    }
    assert_eq!((signed, encrypted), (49, 34));
}

#[test]
fn hmac() {
    let mut count = 0;
    for (file, algorithm, hash_bytes) in [
        ("hmac_sha256_test.json", Algorithm::HS256, 32),
        ("hmac_sha384_test.json", Algorithm::HS384, 48),
        ("hmac_sha512_test.json", Algorithm::HS512, 64),
    ] {
        for (_, mut case) in cases(file) {
            // JOSE knows no truncated tags (RFC 7518 3.2): the file's good ones are not good here.
            if hex(&case, "tag").len() < hash_bytes {
                case["result"] = "invalid".into();
            }
            // Some secrets of the file are shorter than the hash.
            let secret = hex(&case, "key");
            let key = VerifyingKey::from_secret(algorithm, &secret, None, KeyStrictness::Lenient).expect("a secret");
            check(&case, &key, "tag", file);
            count += 1;
        }
    }
    assert_eq!(count, 522);
}

#[test]
fn elliptic_curves() {
    let mut count = 0;
    for (file, algorithm) in [
        ("ecdsa_secp256r1_sha256_p1363_test.json", Algorithm::ES256),
        ("ecdsa_secp384r1_sha384_p1363_test.json", Algorithm::ES384),
        ("ed25519_test.json", Algorithm::EdDSA),
    ] {
        for (group, case) in cases(file) {
            for key in public_keys(algorithm, &group) {
                check(&case, &key, "sig", file);
            }
            count += 1;
        }
    }
    assert_eq!(count, 262 + 280 + 151);
}

#[test]
fn rsa() {
    let mut count = 0;
    let mut weak = 0;
    for (file, algorithm) in [
        ("rsa_signature_2048_sha256_test.json", Algorithm::RS256),
        ("rsa_signature_3072_sha256_test.json", Algorithm::RS256),
        ("rsa_signature_4096_sha512_test.json", Algorithm::RS512),
        ("rsa_pss_2048_sha256_mgf1_32_test.json", Algorithm::PS256),
    ] {
        for (group, case) in cases(file) {
            count += 1;
            if group["publicKey"]["publicExponent"] == "03" {
                let pem = text(&group, "publicKeyPem");
                let refused = VerifyingKey::load(algorithm, pem, None);
                assert_eq!(refused.err(), Some(KeyError::RsaExponent));
                weak += 1;
                continue;
            }
            for key in public_keys(algorithm, &group) {
                check(&case, &key, "sig", file);
            }
        }
    }
    assert_eq!((count, weak), (777 + 108, 3));
}

/// RFC 7518 3.5: the salt is as long as the hash, so PSS without salt is no PS256.
#[test]
fn rsa_pss_without_salt() {
    let file = "rsa_pss_2048_sha256_mgf1_0_test.json";
    let mut accepted = Vec::new();
    let mut count = 0;
    for (group, case) in cases(file) {
        for key in public_keys(Algorithm::PS256, &group) {
            if key.accepts(&hex(&case, "msg"), &hex(&case, "sig")) {
                accepted.push(case["comment"].to_string());
            }
        }
        count += 1;
    }
    assert_eq!(count, 103);
    // One case is there to be refused by verifiers without salt: its salt has 32 bytes, which is a sound PS256.
    accepted.dedup();
    assert_eq!(accepted.len(), 1, "{accepted:?}");
}

/// The group's key in every form that the file has it in.
fn public_keys(algorithm: Algorithm, group: &Value) -> Vec<VerifyingKey> {
    let mut keys = vec![
        VerifyingKey::load(algorithm, text(group, "publicKeyPem"), None).expect("a sound PEM"),
        VerifyingKey::from_der(algorithm, &hex(group, "publicKeyDer"), None).expect("sound DER"),
    ];
    if group.get("publicKeyAsn").is_some() {
        let pkcs1 = hex(group, "publicKeyAsn");
        keys.push(VerifyingKey::from_der(algorithm, &pkcs1, None).expect("sound PKCS#1"));
    }
    if let Some(jwk) = group.get("publicKeyJwk").or_else(|| group.get("keyJwk")) {
        let jwk = jwk.to_string();
        let strictness = KeyStrictness::Hardened;
        keys.push(VerifyingKey::from_jwk(algorithm, &jwk, JwkOrigin::Remote, strictness).expect("a sound JWK"));
    }
    let thumbprints: Vec<_> = keys.iter().map(VerifyingKey::thumbprint).collect();
    assert!(thumbprints.windows(2).all(|pair| pair[0] == pair[1]));
    keys
}

fn check(case: &Value, key: &VerifyingKey, signature: &str, file: &str) {
    let accepted = key.accepts(&hex(case, "msg"), &hex(case, signature));
    // "acceptable" is a DigestInfo without its NULL, which RFC 8017 forbids.
    let valid = case["result"] == "valid";
    assert_eq!(accepted, valid, "{file} case {}: {}", case["tcId"], case["comment"]);
}

/// Every case of a file, with its group.
fn cases(file: &str) -> Vec<(Value, Value)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/wycheproof").join(file);
    let json = std::fs::read_to_string(path).expect("the file is there");
    let mut file: Value = serde_json::from_str(&json).expect("JSON");
    let mut cases = Vec::new();
    for group in file["testGroups"].as_array_mut().expect("groups") {
        let tests = group["tests"].take();
        for case in tests.as_array().expect("tests") {
            cases.push((group.clone(), case.clone()));
        }
    }
    cases
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().expect("a string")
}

fn hex(value: &Value, name: &str) -> Vec<u8> {
    let digits = text(value, name);
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).expect("hex")).collect()
}
