//! Signing and verifying for jsonwebtoken, over aws-lc-rs and our key loader.

use super::key_utils::KEY_UTILS;
use super::keys::{bare_signer, family_of, verifying_key};
use crate::keys::{self, BareSigner, KeyError, VerifyingKey};
use ::jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier};
use ::jsonwebtoken::errors::{Error, ErrorKind, Result, new_error};
use ::jsonwebtoken::signature::{self, Signer, Verifier};
use ::jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, EncodingKey};

/// The cryptography of this crate for jsonwebtoken's `encode`, `decode` and JWKs: all of its algorithms, over aws-lc-rs, with
/// [keys](crate::keys) held to our rules. Install it before the first token:
///
/// ```
/// jwt_auth::jsonwebtoken::PROVIDER.install_default().expect("nothing else is installed");
/// ```
///
/// A library leaves that to its application.
pub static PROVIDER: CryptoProvider = CryptoProvider { signer_factory, verifier_factory, key_utils: KEY_UTILS };

fn signer_factory(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    let (named, ours) = (*algorithm, ours(*algorithm)?);
    check_family(named, key.family())?;
    let signer = bare_signer(ours, key).map_err(|error| refused(ours, error))?;
    Ok(Box::new(Signs { named, signer }))
}

fn verifier_factory(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    let (named, ours) = (*algorithm, ours(*algorithm)?);
    check_family(named, key.family())?;
    let key = verifying_key(ours, key).map_err(|error| refused(ours, error))?;
    Ok(Box::new(Verifies { named, key }))
}

struct Signs {
    named: Algorithm,
    signer: BareSigner,
}

impl Signer<Vec<u8>> for Signs {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, signature::Error> {
        let signature = self.signer.sign(message).ok_or_else(signature::Error::new)?;
        Ok(signature.as_ref().to_vec())
    }
}

impl JwtSigner for Signs {
    fn algorithm(&self) -> Algorithm {
        self.named
    }
}

struct Verifies {
    named: Algorithm,
    key: VerifyingKey,
}

impl Verifier<Vec<u8>> for Verifies {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), signature::Error> {
        if self.key.accepts(message, signature) { Ok(()) } else { Err(signature::Error::new()) }
    }
}

impl JwtVerifier for Verifies {
    fn algorithm(&self) -> Algorithm {
        self.named
    }
}

fn ours(algorithm: Algorithm) -> Result<keys::Algorithm> {
    algorithm.try_into().map_err(|_| new_error(ErrorKind::UnsupportedAlgorithm))
}

fn check_family(algorithm: Algorithm, family: AlgorithmFamily) -> Result<()> {
    if algorithm.family() == family { Ok(()) } else { Err(new_error(ErrorKind::InvalidKeyFormat)) }
}

/// jsonwebtoken's word for it, with our reason where there is room for one.
pub(super) fn refused(algorithm: keys::Algorithm, error: KeyError) -> Error {
    tracing::debug!(%algorithm, %error, "a key of jsonwebtoken's was refused");
    new_error(match family_of(algorithm) {
        AlgorithmFamily::Rsa => ErrorKind::InvalidRsaKey(error.to_string()),
        AlgorithmFamily::Ec => ErrorKind::InvalidEcdsaKey,
        AlgorithmFamily::Ed => ErrorKind::InvalidEddsaKey,
        AlgorithmFamily::Hmac => ErrorKind::Provider(error.to_string()),
    })
}
