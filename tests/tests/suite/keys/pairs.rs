//! A private and a public half: read from as little as there can be, and never put together from two keys.

use jwt_auth::keys::{Algorithm, SigningKey, VerifyingKey};
use jwt_auth::settings::SettingsFault;
use jwt_auth::{JwtAuth, Settings, StartError};
use jwt_auth_tests::tokens::{pair, pem, rsa, settings};

/// Of RFC 7515 A.3, and of RFC 8037 A.2.
const P256: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
const ED25519: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

/// SEC 1 keys are loaded with and without what RFC 5915 leaves to the writer.
#[test]
fn sec_1_keys_load_with_as_little_as_the_private_number() {
    for (algorithm, width, curve) in [
        (Algorithm::ES256, 32, &b"\xa0\x0a\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"[..]),
        (Algorithm::ES384, 48, b"\xa0\x07\x06\x05\x2b\x81\x04\x00\x22"),
    ] {
        let number = [&[7][..], &[9].repeat(width - 1)].concat();
        for parameters in [&b""[..], curve] {
            let inner = [&[2, 1, 1, 4, width as u8], &number[..], parameters].concat();
            let der = [&[0x30, inner.len() as u8], &inner[..]].concat();
            let text = pem("EC PRIVATE KEY", &der);
            match SigningKey::load(algorithm, &text, None) {
                Ok(key) => assert!(
                    VerifyingKey::load(algorithm, &key.verifying_key().to_public_jwk().expect("public"), None).is_ok()
                ),
                Err(error) => assert!(error.to_string().contains("openssl pkcs8 -topk8"), "{error}"),
            }
        }
    }
}

/// What is signed at the start is verified at the start: no pair of halves that do not belong together gets further.
#[tokio::test]
async fn halves_that_do_not_belong_together() {
    let strange = rsa(aws_lc_rs::rsa::KeySize::Rsa2048);
    let mut broken: Vec<(Algorithm, &str, Vec<u8>)> = Vec::new();
    // Of RSA: each private number in turn, one bit of it. After version, modulus (257) and exponent come the private exponent, the primes ..
    let own = &pair(Algorithm::RS256).own_form;
    for at in [300, 400, 560, 700, 830, 960, 1100, own.len() - 3] {
        let mut der = own.clone();
        der[at] ^= 1;
        broken.push((Algorithm::RS256, "RSA PRIVATE KEY", der.clone()));
        broken.push((Algorithm::PS512, "RSA PRIVATE KEY", der));
    }
    // One of two key pairs' halves.
    for algorithm in [Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA] {
        let der = &pair(algorithm).own_form;
        let label = if algorithm == Algorithm::EdDSA { "PRIVATE KEY" } else { "EC PRIVATE KEY" };
        // The last bytes are the public half.
        for back in [1, 20] {
            let mut der = der.clone();
            let at = der.len() - back;
            der[at] ^= 1;
            broken.push((algorithm, label, der));
        }
    }
    for (algorithm, label, der) in &broken {
        let refused = SigningKey::load(*algorithm, &pem(label, der), None).expect_err("halves that do not fit");
        assert!(refused.to_string().contains(": "), "{refused}");
        let start = JwtAuth::<jwt_auth::NoUser>::builder(Settings {
            algorithm: *algorithm,
            rotate_refresh_tokens: false,
            ..Settings::new(pem(label, der))
        });
        assert_eq!(fault(start.start().await.expect_err("no start"), "signing_key").origin, "code");
    }
    // Two settings, each of them good.
    for (algorithm, public) in [
        (Algorithm::RS256, pem("PUBLIC KEY", &strange.public_info)),
        (Algorithm::ES256, P256.to_owned()),
        (Algorithm::EdDSA, ED25519.to_owned()),
    ] {
        let settings =
            Settings { rotate_refresh_tokens: false, verifying_key: Some(public.into()), ..settings(algorithm) };
        let start = JwtAuth::<jwt_auth::NoUser>::builder(settings).start().await.expect_err("no start");
        let fault = fault(start, "verifying_key");
        assert!(fault.reason.contains("does not fit") && fault.remedy.contains("leave `verifying_key` out"), "{fault}");
    }
}

fn fault(error: StartError, name: &str) -> SettingsFault {
    let StartError::Settings(error) = error else { panic!("{error}") };
    error.faults().iter().find(|fault| fault.name == name).unwrap_or_else(|| panic!("{error}")).clone()
}
