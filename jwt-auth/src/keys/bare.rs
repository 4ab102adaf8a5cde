//! Keys as other libraries keep them: bytes and numbers without a frame, loaded anew for every token.
//!
//! They pass the same checks as every other key. Only the probe of [`SigningKey`](super::SigningKey), which costs a signature
//! and its verification, is left out: it is worth its time once, not with every token.

use super::key_type::is_rsa;
use super::public_parts::PublicParts;
use super::secret_bytes::check_secret;
use super::signer::{Signature, Signer};
use super::signing_key::kind_of_der;
use super::{Algorithm, Curve, KeyError, KeyStrictness, VerifyingKey};

/// A private key or secret that signs a message or two.
pub(crate) struct BareSigner {
    algorithm: Algorithm,
    signer: Signer,
}

impl BareSigner {
    pub(crate) fn from_secret(algorithm: Algorithm, secret: &[u8]) -> Result<Self, KeyError> {
        let signer = Signer::from_secret(algorithm, secret)?;
        check_secret(algorithm, secret, KeyStrictness::Hardened)?;
        Ok(Self { algorithm, signer })
    }

    pub(crate) fn from_der(algorithm: Algorithm, der: &[u8]) -> Result<Self, KeyError> {
        let signer = Signer::from_pem(algorithm, kind_of_der(der), der)?;
        signer.public_parts(algorithm)?;
        Ok(Self { algorithm, signer })
    }

    /// `None` when the library fails.
    pub(crate) fn sign(&self, message: &[u8]) -> Option<Signature> {
        self.signer.sign(self.algorithm, message)
    }

    pub(crate) fn public_numbers(&self) -> Result<(Vec<u8>, Vec<u8>), KeyError> {
        self.signer.public_parts(self.algorithm).map(numbers)
    }
}

/// Modulus and exponent of a PKCS#1 RSAPublicKey or of a SubjectPublicKeyInfo.
pub(crate) fn rsa_public_numbers(der: &[u8]) -> Result<(Vec<u8>, Vec<u8>), KeyError> {
    PublicParts::from_der(Algorithm::RS256, der).map(numbers)
}

impl VerifyingKey {
    /// A public key without a frame: an uncompressed point, or the 32 bytes of Ed25519. With one, what
    /// [`from_der`](Self::from_der) reads.
    pub(crate) fn from_bare(algorithm: Algorithm, key: &[u8]) -> Result<Self, KeyError> {
        const SEQUENCE: u8 = 0x30;
        let parts = match algorithm {
            Algorithm::ES256 if key.first() != Some(&SEQUENCE) => PublicParts::from_point(Curve::P256, key)?,
            Algorithm::ES384 if key.first() != Some(&SEQUENCE) => PublicParts::from_point(Curve::P384, key)?,
            Algorithm::EdDSA if key.len() == 32 => PublicParts::ed25519(key)?,
            _ => return Self::from_der(algorithm, key, None),
        };
        Self::from_parts(algorithm, parts, None)
    }

    /// An RSA key as numbers, big-endian and without leading zeros.
    pub(crate) fn from_rsa_numbers(algorithm: Algorithm, modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        if !is_rsa(algorithm) {
            return Err(KeyError::WrongKind { algorithm, found: "an RSA key" });
        }
        Self::from_parts(algorithm, PublicParts::rsa(modulus, exponent)?, None)
    }
}

/// In the order of RFC 7518 6: `n` and `e`, `x` and `y`, or `x` alone.
fn numbers(parts: PublicParts) -> (Vec<u8>, Vec<u8>) {
    match parts {
        PublicParts::Rsa { modulus, exponent } => (modulus.into(), exponent.into()),
        PublicParts::Ec { x, y, .. } => (x.into(), y.into()),
        PublicParts::Ed25519(x) => (x.into(), Vec::new()),
    }
}
