//! What jsonwebtoken's JWKs need: public numbers, and hashes for thumbprints.

use super::provider::refused;
use crate::keys::{self, BareSigner, rsa_public_numbers};
use ::jsonwebtoken::Algorithm;
use ::jsonwebtoken::crypto::KeyUtils;
use ::jsonwebtoken::errors::{ErrorKind, Result, new_error};
use ::jsonwebtoken::jwk::{EllipticCurve, ThumbprintHash};
use aws_lc_rs::digest;

pub(super) const KEY_UTILS: KeyUtils = KeyUtils {
    rsa_pub_components_from_private_key: rsa_private,
    rsa_pub_components_from_public_key: rsa_public,
    ec_pub_components_from_private_key: ec_private,
    ed_pub_components_from_private_key: ed_private,
    compute_digest: digest_of,
};

fn rsa_private(der: &[u8]) -> Result<(Vec<u8>, Vec<u8>)> {
    public_numbers(keys::Algorithm::RS256, der)
}

fn rsa_public(der: &[u8]) -> Result<(Vec<u8>, Vec<u8>)> {
    rsa_public_numbers(der).map_err(|error| refused(keys::Algorithm::RS256, error))
}

fn ec_private(der: &[u8], algorithm: Algorithm) -> Result<(EllipticCurve, Vec<u8>, Vec<u8>)> {
    let (algorithm, curve) = match algorithm {
        Algorithm::ES256 => (keys::Algorithm::ES256, EllipticCurve::P256),
        Algorithm::ES384 => (keys::Algorithm::ES384, EllipticCurve::P384),
        _ => return Err(new_error(ErrorKind::InvalidEcdsaKey)),
    };
    let (x, y) = public_numbers(algorithm, der)?;
    Ok((curve, x, y))
}

fn ed_private(der: &[u8], curve: &EllipticCurve) -> Result<Vec<u8>> {
    match curve {
        EllipticCurve::Ed25519 => public_numbers(keys::Algorithm::EdDSA, der).map(|(x, _)| x),
        _ => Err(new_error(ErrorKind::InvalidAlgorithm)),
    }
}

fn digest_of(data: &[u8], hash: ThumbprintHash) -> Result<Vec<u8>> {
    let algorithm = match hash {
        ThumbprintHash::SHA256 => &digest::SHA256,
        ThumbprintHash::SHA384 => &digest::SHA384,
        ThumbprintHash::SHA512 => &digest::SHA512,
        _ => return Err(new_error(ErrorKind::UnsupportedAlgorithm)),
    };
    Ok(digest::digest(algorithm, data).as_ref().to_vec())
}

fn public_numbers(algorithm: keys::Algorithm, der: &[u8]) -> Result<(Vec<u8>, Vec<u8>)> {
    let signer = BareSigner::from_der(algorithm, der);
    signer.and_then(|signer| signer.public_numbers()).map_err(|error| refused(algorithm, error))
}
