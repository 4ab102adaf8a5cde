//! The library's side of a signing key.

use super::der;
use super::jwk::Jwk;
use super::key_type::KeyType;
use super::key_type::is_rsa;
use super::pem::PemKind;
use super::public_parts::PublicParts;
use super::{Algorithm, Curve, KeyError};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPairComponents, PublicKeyComponents};
use aws_lc_rs::signature::{
    self, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair, RsaKeyPair, RsaSignatureEncoding,
};

/// A prepared private key or secret.
pub(super) enum Signer {
    Secret(Box<hmac::Key>),
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// The bytes of a signature, wherever the library put them.
#[expect(clippy::large_enum_variant, reason = "lives on the stack for a moment; a box would cost more")]
pub(crate) enum Signature {
    Tag(hmac::Tag),
    Rsa(Vec<u8>),
    Curve(signature::Signature),
}

impl Signer {
    /// The algorithm and the secret were checked by the verifying side.
    pub(super) fn from_secret(algorithm: Algorithm, secret: &[u8]) -> Result<Self, KeyError> {
        let hash = hmac_hash(algorithm)?;
        Ok(Self::Secret(Box::new(hmac::Key::new(hash, secret))))
    }

    pub(super) fn from_pem(algorithm: Algorithm, kind: PemKind, der: &[u8]) -> Result<Self, KeyError> {
        if !kind.is_private() {
            return Err(KeyError::PublicKeyGiven);
        }
        // A key that leaves its curve out is taken for one of the algorithm's, and refused by the library if it is none.
        let found = match (kind.key_type(der)?, ec_curve(algorithm)) {
            (Some(found), _) => found,
            (None, Some(curve)) => KeyType::Ec(curve),
            (None, None) => KeyType::OtherEc,
        };
        found.check(algorithm)?;
        if found == KeyType::Rsa {
            // The library says no more than that it does not want it.
            let (modulus, exponent) = der::rsa_private_key(der).ok_or(refused_by_library(algorithm))?;
            PublicParts::rsa(modulus, exponent)?;
        }
        if let KeyType::Ec(curve) = found {
            // RFC 5915 3: as long as the curve's numbers are. The library takes a few bytes for a whole key.
            let number = der::ec_private_number(der).ok_or(refused_by_library(algorithm))?;
            if number.len() != curve.width() {
                return Err(KeyError::UnsupportedFormat {
                    found: "an EC key whose private number is not as long as its curve's",
                    remedy: TO_PKCS8,
                });
            }
        }
        match (found, kind) {
            (KeyType::Rsa, PemKind::Pkcs8) => RsaKeyPair::from_pkcs8(der).map(Self::Rsa),
            (KeyType::Rsa, _) => RsaKeyPair::from_der(der).map(Self::Rsa),
            (KeyType::Ec(curve), PemKind::Pkcs8) => EcdsaKeyPair::from_pkcs8(ecdsa(curve), der).map(Self::Ec),
            (KeyType::Ec(curve), _) => {
                return EcdsaKeyPair::from_private_key_der(ecdsa(curve), der).map(Self::Ec).map_err(|_| REFUSED_SEC1);
            }
            (_, _) => Ed25519KeyPair::from_pkcs8(der).map(Self::Ed25519),
        }
        .map_err(|_| refused_by_library(algorithm))
    }

    pub(super) fn from_jwk(public: &PublicParts, jwk: &Jwk) -> Result<Self, KeyError> {
        match public {
            PublicParts::Rsa { modulus, exponent } => RsaKeyPair::from_components(&KeyPairComponents {
                public_key: PublicKeyComponents { n: &**modulus, e: &**exponent },
                d: jwk.bytes("d")?.as_slice(),
                p: jwk.bytes("p")?.as_slice(),
                q: jwk.bytes("q")?.as_slice(),
                dP: jwk.bytes("dp")?.as_slice(),
                dQ: jwk.bytes("dq")?.as_slice(),
                qInv: jwk.bytes("qi")?.as_slice(),
            })
            .map(Self::Rsa),
            PublicParts::Ec { curve, x, y } => {
                let private = jwk.bytes_of_length("d", curve.width())?;
                let point = [&[4], &**x, &**y].concat();
                EcdsaKeyPair::from_private_key_and_public_key(ecdsa(*curve), &private, &point).map(Self::Ec)
            }
            PublicParts::Ed25519(public) => {
                let seed = jwk.bytes_of_length("d", 32)?;
                Ed25519KeyPair::from_seed_and_public_key(&seed, public).map(Self::Ed25519)
            }
        }
        .map_err(|_| KeyError::Malformed("its private and public members do not fit"))
    }

    /// The public half, held to the same rules as a key that somebody else published.
    pub(super) fn public_parts(&self, algorithm: Algorithm) -> Result<PublicParts, KeyError> {
        match self {
            Self::Rsa(pair) => PublicParts::from_rsa_der(pair.public_key().as_ref()),
            Self::Ec(pair) => {
                let curve = ec_curve(algorithm).ok_or(KeyError::Rejected)?;
                PublicParts::from_point(curve, pair.public_key().as_ref())
            }
            Self::Ed25519(pair) => PublicParts::ed25519(pair.public_key().as_ref()),
            Self::Secret(_) => Err(KeyError::NotPublishable),
        }
    }

    pub(super) fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Option<Signature> {
        match self {
            Self::Secret(key) => Some(Signature::Tag(hmac::sign(key, message))),
            Self::Rsa(pair) => {
                let mut bytes = vec![0; pair.public_modulus_len()];
                let padding = rsa_padding(algorithm)?;
                pair.sign(padding, &SystemRandom::new(), message, &mut bytes).ok()?;
                Some(Signature::Rsa(bytes))
            }
            Self::Ec(pair) => pair.sign(&SystemRandom::new(), message).ok().map(Signature::Curve),
            Self::Ed25519(pair) => pair.try_sign(message).ok().map(Signature::Curve),
        }
    }
}

impl AsRef<[u8]> for Signature {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Tag(tag) => tag.as_ref(),
            Self::Rsa(bytes) => bytes,
            Self::Curve(signature) => signature.as_ref(),
        }
    }
}

pub(super) fn hmac_hash(algorithm: Algorithm) -> Result<hmac::Algorithm, KeyError> {
    match algorithm {
        Algorithm::HS256 => Ok(hmac::HMAC_SHA256),
        Algorithm::HS384 => Ok(hmac::HMAC_SHA384),
        Algorithm::HS512 => Ok(hmac::HMAC_SHA512),
        _ => {
            let found = "a secret";
            Err(KeyError::WrongKind { algorithm, found })
        }
    }
}

fn rsa_padding(algorithm: Algorithm) -> Option<&'static RsaSignatureEncoding> {
    Some(match algorithm {
        Algorithm::RS256 => &signature::RSA_PKCS1_SHA256,
        Algorithm::RS384 => &signature::RSA_PKCS1_SHA384,
        Algorithm::RS512 => &signature::RSA_PKCS1_SHA512,
        Algorithm::PS256 => &signature::RSA_PSS_SHA256,
        Algorithm::PS384 => &signature::RSA_PSS_SHA384,
        Algorithm::PS512 => &signature::RSA_PSS_SHA512,
        _ => return None,
    })
}

/// The library does not say why; OpenSSL does, and reads more forms of it.
const REFUSED_SEC1: KeyError =
    KeyError::UnsupportedFormat { found: "this SEC 1 key (`EC PRIVATE KEY`)", remedy: TO_PKCS8 };

const TO_PKCS8: &str = "convert it with `openssl pkcs8 -topk8 -nocrypt -in key.pem -out private.pem`";

/// The library does not say why; a size outside its range is the likeliest reason for RSA.
fn refused_by_library(algorithm: Algorithm) -> KeyError {
    if is_rsa(algorithm) {
        KeyError::Malformed("not a valid RSA private key of 2048 to 8192 bits")
    } else {
        KeyError::Malformed("not a valid private key of the algorithm's curve")
    }
}

fn ec_curve(algorithm: Algorithm) -> Option<Curve> {
    match algorithm {
        Algorithm::ES256 => Some(Curve::P256),
        Algorithm::ES384 => Some(Curve::P384),
        _ => None,
    }
}

fn ecdsa(curve: Curve) -> &'static EcdsaSigningAlgorithm {
    match curve {
        Curve::P256 => &signature::ECDSA_P256_SHA256_FIXED_SIGNING,
        Curve::P384 => &signature::ECDSA_P384_SHA384_FIXED_SIGNING,
    }
}
