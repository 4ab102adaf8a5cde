//! A whole token, of whoever.

use crate::tokens::{Forge, base64url, now, settings, verifier};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, Ed25519KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, Validation};
use jwt_auth::Settings;
use jwt_auth::keys::Algorithm;
use jwt_auth::verify::Verifier;
use std::sync::LazyLock;

/// RFC 8037 A.1.
const SEED: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
const ED25519: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
/// RFC 7515 A.3.
const P256: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

/// What is accepted was signed with the key: whoever signs it anew gets the same text, and jsonwebtoken, which asks for less, accepts it as well. No
/// text is a token of two algorithms, and none is judged otherwise the second time.
pub(super) fn token(data: &[u8]) {
    struct Bench {
        verifiers: [(Algorithm, Verifier, DecodingKey); 3],
        hmac: Forge,
        ed25519: Ed25519KeyPair,
        p256: Vec<u8>,
    }
    static BENCH: LazyLock<Bench> = LazyLock::new(|| {
        let public = |algorithm, jwk: &str| {
            let settings = Settings { signing_key: None, verifying_key: Some(jwk.into()), ..settings(algorithm) };
            let theirs = serde_json::from_str(jwk).expect("a JWK");
            (algorithm, verifier(&settings), DecodingKey::from_jwk(&theirs).expect("a key"))
        };
        let secret = DecodingKey::from_secret(crate::tokens::SECRET.as_bytes());
        let seed = URL_SAFE_NO_PAD.decode(SEED).expect("base64url");
        let point = ["f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"];
        let point = point.map(|part| URL_SAFE_NO_PAD.decode(part).expect("base64url")).concat();
        Bench {
            verifiers: [
                (Algorithm::HS256, verifier(&settings(Algorithm::HS256)), secret),
                public(Algorithm::EdDSA, ED25519),
                public(Algorithm::ES256, P256),
            ],
            hmac: Forge::new(Algorithm::HS256),
            ed25519: Ed25519KeyPair::from_seed_unchecked(&seed).expect("a seed"),
            p256: [&[4], &point[..]].concat(),
        }
    });
    let bench = &*BENCH;
    let text = String::from_utf8_lossy(data);
    let mut accepted = Vec::new();
    for (algorithm, verifier, theirs) in &bench.verifiers {
        let verdict = verifier.verify(&text, now());
        assert_eq!(verifier.verify(&text, now()).err(), verdict.as_ref().err().copied(), "{text:?}");
        let Ok(verified) = verdict else { continue };
        accepted.push(*algorithm);
        let (signed, signature) = text.rsplit_once('.').expect("three parts");
        let (header, payload) = signed.split_once('.').expect("three parts");
        assert_eq!(payload, base64url(verified.payload()), "{text:?}");
        match algorithm {
            Algorithm::HS256 => assert_eq!(bench.hmac.segments(header, payload), text),
            Algorithm::EdDSA => assert_eq!(base64url(bench.ed25519.sign(signed.as_bytes())), signature, "{text:?}"),
            // Drawn at random by whoever signs.
            _ => {
                let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
                let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &bench.p256);
                key.verify(signed.as_bytes(), &signature).expect("a good signature");
            }
        }
        let mut validation = Validation::new(algorithm.name().parse().expect("an algorithm of theirs"));
        // Their clock is the system's.
        (validation.validate_exp, validation.validate_nbf) = (false, false);
        validation.set_issuer(&["https://issuer.example"]);
        validation.set_audience(&["api", "admin"]);
        jsonwebtoken::decode::<serde_json::Value>(&*text, theirs, &validation).expect("they ask for less");
    }
    assert!(accepted.len() <= 1, "{accepted:?} {text:?}");
}
