//! `keys generate`.

use crate::Outcome;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jwt_auth::keys::{Algorithm, SigningKey};
use std::io::Write;
use zeroize::Zeroizing;

/// Prints a new key as a file of `key_ring` holds it.
pub(crate) fn generate(algorithm: &str) -> Outcome {
    let algorithm: Algorithm = algorithm.parse().map_err(|_| {
        let known: Vec<&str> = Algorithm::ALL.iter().map(|known| known.name()).collect();
        format!("there is no algorithm {algorithm:?}: write one of {}", known.join(", "))
    })?;
    let text = match algorithm {
        Algorithm::EdDSA => pem(Ed25519KeyPair::generate()?.to_pkcs8v1()?.as_ref()),
        Algorithm::ES256 => pem(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?.to_pkcs8v1()?.as_ref()),
        Algorithm::ES384 => pem(EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING)?.to_pkcs8v1()?.as_ref()),
        algorithm if algorithm.is_symmetric() => secret(algorithm)?,
        _ => pem(AsDer::<Pkcs8V1Der<'_>>::as_der(&RsaKeyPair::generate(KeySize::Rsa3072)?)?.as_ref()),
    };
    let key = match algorithm.is_symmetric() {
        true => SigningKey::from_jwk(algorithm, &text, None, jwt_auth::keys::KeyStrictness::Hardened)?,
        false => SigningKey::load(algorithm, &text, None)?,
    };
    let verifying = key.verifying_key();
    let key_id = match key.key_id() {
        Some(key_id) => key_id.to_owned(),
        None => verifying.thumbprint()?,
    };
    std::io::stdout().write_all(text.as_bytes())?;
    eprintln!("kid {key_id}");
    Ok(())
}

fn pem(der: &[u8]) -> Zeroizing<String> {
    let text = Zeroizing::new(STANDARD.encode(der));
    let mut pem = Zeroizing::new("-----BEGIN PRIVATE KEY-----\n".to_owned());
    for (at, char) in text.char_indices() {
        if at > 0 && at % 64 == 0 {
            pem.push('\n');
        }
        pem.push(char);
    }
    pem.push_str("\n-----END PRIVATE KEY-----\n");
    pem
}

/// A secret has no thumbprint that others may know: its name is drawn.
fn secret(algorithm: Algorithm) -> Result<Zeroizing<String>, Box<dyn std::error::Error>> {
    let (mut secret, mut name) = (Zeroizing::new([0; 64]), [0; 8]);
    aws_lc_rs::rand::fill(&mut *secret)?;
    aws_lc_rs::rand::fill(&mut name)?;
    let (kid, k) = (URL_SAFE_NO_PAD.encode(name), Zeroizing::new(URL_SAFE_NO_PAD.encode(*secret)));
    Ok(Zeroizing::new(format!("{{\"kty\":\"oct\",\"kid\":\"{kid}\",\"alg\":\"{algorithm}\",\"k\":\"{}\"}}\n", &*k)))
}
