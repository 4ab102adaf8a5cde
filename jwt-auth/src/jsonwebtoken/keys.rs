//! jsonwebtoken's keys, through our loader.

use crate::keys::{Algorithm, BareSigner, KeyError, KeyStrictness, SigningKey, VerifyingKey};
use ::jsonwebtoken::{AlgorithmFamily, DecodingKey, DecodingKeyKind, EncodingKey};

/// A key of jsonwebtoken's as one that signs tokens here.
///
/// # Errors
/// [`KeyError`], as the [loader](crate::keys) gives it.
pub fn signing_key(algorithm: Algorithm, key: &EncodingKey) -> Result<SigningKey, KeyError> {
    check_family(algorithm, key.family())?;
    match key.family() {
        AlgorithmFamily::Hmac => SigningKey::from_secret(algorithm, key.as_bytes(), None, KeyStrictness::Hardened),
        _ => SigningKey::from_der(algorithm, key.as_bytes(), None),
    }
}

/// A key of jsonwebtoken's as one that checks tokens here.
///
/// # Errors
/// [`KeyError`], as the [loader](crate::keys) gives it.
pub fn verifying_key(algorithm: Algorithm, key: &DecodingKey) -> Result<VerifyingKey, KeyError> {
    check_family(algorithm, key.family())?;
    match (key.family(), key.kind()) {
        (AlgorithmFamily::Hmac, DecodingKeyKind::SecretOrDer(secret)) => {
            VerifyingKey::from_secret(algorithm, secret, None, KeyStrictness::Hardened)
        }
        (_, DecodingKeyKind::SecretOrDer(key)) => VerifyingKey::from_bare(algorithm, key),
        (_, DecodingKeyKind::RsaModulusExponent { n, e }) => VerifyingKey::from_rsa_numbers(algorithm, n, e),
    }
}

/// For one signature: jsonwebtoken asks for a new one with every token.
pub(super) fn bare_signer(algorithm: Algorithm, key: &EncodingKey) -> Result<BareSigner, KeyError> {
    check_family(algorithm, key.family())?;
    match key.family() {
        AlgorithmFamily::Hmac => BareSigner::from_secret(algorithm, key.as_bytes()),
        _ => BareSigner::from_der(algorithm, key.as_bytes()),
    }
}

/// The constructor of jsonwebtoken's that made the key says what it is; the bytes are looked at later.
fn check_family(algorithm: Algorithm, family: AlgorithmFamily) -> Result<(), KeyError> {
    let found = match family {
        AlgorithmFamily::Hmac => "a secret",
        AlgorithmFamily::Rsa => "an RSA key",
        AlgorithmFamily::Ec => "an EC key",
        AlgorithmFamily::Ed => "an Ed25519 key",
    };
    if family == family_of(algorithm) { Ok(()) } else { Err(KeyError::WrongKind { algorithm, found }) }
}

pub(super) const fn family_of(algorithm: Algorithm) -> AlgorithmFamily {
    match algorithm {
        Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512 => AlgorithmFamily::Hmac,
        Algorithm::ES256 | Algorithm::ES384 => AlgorithmFamily::Ec,
        Algorithm::EdDSA => AlgorithmFamily::Ed,
        Algorithm::RS256
        | Algorithm::RS384
        | Algorithm::RS512
        | Algorithm::PS256
        | Algorithm::PS384
        | Algorithm::PS512 => AlgorithmFamily::Rsa,
    }
}
