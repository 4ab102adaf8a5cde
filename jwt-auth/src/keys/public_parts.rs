//! Public keys as numbers: checked once, then handed to the library, to JWKs and to thumbprints.

use super::der;
use super::jwk::Jwk;
use super::key_type::{KeyType, is_rsa};
use super::pem::PemKind;
use super::{Algorithm, Curve, KeyError, roca};
use crate::base64url;
use aws_lc_rs::digest;
use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{self, ParsedPublicKey, RsaParameters};

/// The numbers of a public key, fit for the algorithm they were loaded for.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum PublicParts {
    Rsa { modulus: Box<[u8]>, exponent: Box<[u8]> },
    Ec { curve: Curve, x: Box<[u8]>, y: Box<[u8]> },
    Ed25519([u8; 32]),
}

impl PublicParts {
    /// From the content of a public PEM block.
    pub(super) fn from_pem(algorithm: Algorithm, kind: PemKind, der: &[u8]) -> Result<Self, KeyError> {
        match kind {
            PemKind::PublicInfo => Self::from_info(algorithm, der),
            PemKind::RsaPublic if is_rsa(algorithm) => Self::from_rsa_der(der),
            PemKind::RsaPublic => Err(KeyType::Rsa.is_wrong_for(algorithm)),
            _ => Err(KeyError::PrivateKeyGiven),
        }
    }

    /// From a SubjectPublicKeyInfo (RFC 5280), of the algorithm's kind.
    pub(super) fn from_info(algorithm: Algorithm, der: &[u8]) -> Result<Self, KeyError> {
        let (found, key) = der::public_key_info(der)?;
        found.check(algorithm)?;
        match found {
            KeyType::Rsa => Self::from_rsa_der(key),
            KeyType::Ec(curve) => Self::from_point(curve, key),
            _ => Self::ed25519(key),
        }
    }

    /// From a SubjectPublicKeyInfo, or a PKCS#1 RSAPublicKey where the algorithm is of that kind.
    pub(super) fn from_der(algorithm: Algorithm, der: &[u8]) -> Result<Self, KeyError> {
        match Self::from_info(algorithm, der) {
            Err(KeyError::Malformed(_)) if is_rsa(algorithm) => Self::from_rsa_der(der),
            other => other,
        }
    }

    /// From a PKCS#1 RSAPublicKey.
    pub(super) fn from_rsa_der(der: &[u8]) -> Result<Self, KeyError> {
        let (modulus, exponent) = der::rsa_public_key(der)?;
        Self::rsa(modulus, exponent)
    }

    /// From an uncompressed point (SEC 1 2.3.3).
    pub(super) fn from_point(curve: Curve, point: &[u8]) -> Result<Self, KeyError> {
        let coordinates = match point.split_first() {
            Some((4, coordinates)) if coordinates.len() == 2 * curve.width() => coordinates,
            Some((2 | 3, _)) => {
                return Err(KeyError::UnsupportedFormat {
                    found: "an EC key with a compressed point",
                    remedy: "convert it with `openssl ec -pubin -in key.pem -pubout -conv_form uncompressed`",
                });
            }
            _ => return Err(KeyError::InvalidPoint),
        };
        let (x, y) = coordinates.split_at(curve.width());
        Self::ec(curve, x, y)
    }

    /// From the public members of a JWK.
    pub(super) fn from_jwk(algorithm: Algorithm, jwk: &Jwk) -> Result<Self, KeyError> {
        let found = jwk.kind()?;
        found.check(algorithm)?;
        match found {
            KeyType::Rsa => Self::rsa(&jwk.bytes("n")?, &jwk.bytes("e")?),
            KeyType::Ec(curve) => {
                let x = jwk.bytes_of_length("x", curve.width())?;
                let y = jwk.bytes_of_length("y", curve.width())?;
                Self::ec(curve, &x, &y)
            }
            _ => Self::ed25519(&jwk.bytes_of_length("x", 32)?),
        }
    }

    /// The key prepared for verifying with `algorithm`.
    pub(super) fn prepare(&self, algorithm: Algorithm) -> Result<ParsedPublicKey, KeyError> {
        match self {
            Self::Rsa { modulus, exponent } => {
                let n = modulus;
                let e = exponent;
                PublicKeyComponents { n, e }
                    .to_parsed_public_key(rsa_parameters(algorithm)?)
                    .map_err(|_| KeyError::Rejected)
            }
            Self::Ec { curve, x, y } => prepare_point(*curve, x, y),
            Self::Ed25519(bytes) => ParsedPublicKey::new(&signature::ED25519, bytes).map_err(|_| KeyError::WeakPoint),
        }
    }

    /// The required members of the JWK in alphabetical order without white space (RFC 7638 3.2).
    ///
    /// Every value is base64url or a constant, so nothing in it needs escaping.
    pub(super) fn canonical_jwk(&self) -> String {
        let text = |bytes: &[u8]| base64url::encode(bytes);
        match self {
            Self::Rsa { modulus, exponent } => {
                format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, text(exponent), text(modulus))
            }
            Self::Ec { curve, x, y } => {
                format!(r#"{{"crv":"{}","kty":"EC","x":"{}","y":"{}"}}"#, curve.name(), text(x), text(y))
            }
            Self::Ed25519(bytes) => {
                format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, text(bytes))
            }
        }
    }

    /// RFC 7638, with SHA-256.
    pub(super) fn thumbprint(&self) -> String {
        let hash = digest::digest(&digest::SHA256, self.canonical_jwk().as_bytes());
        base64url::encode(hash)
    }

    pub(super) fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        let top = *modulus.first().ok_or(KeyError::JwkMember("n"))?;
        if top == 0 {
            // RFC 7518 6.3.1.1: as few octets as will do.
            return Err(KeyError::Malformed("the RSA modulus starts with a zero byte"));
        }
        let bits = 8 * modulus.len() - top.leading_zeros() as usize;
        if !(2048..=8192).contains(&bits) {
            return Err(KeyError::RsaSize { bits });
        }
        if modulus.last().is_some_and(|low| low % 2 == 0) {
            return Err(KeyError::Malformed("the RSA modulus is even"));
        }
        check_exponent(exponent)?;
        if roca::is_vulnerable(modulus) {
            return Err(KeyError::RsaRoca);
        }
        Ok(Self::Rsa { modulus: modulus.into(), exponent: exponent.into() })
    }

    fn ec(curve: Curve, x: &[u8], y: &[u8]) -> Result<Self, KeyError> {
        prepare_point(curve, x, y)?;
        Ok(Self::Ec { curve, x: x.into(), y: y.into() })
    }

    pub(super) fn ed25519(bytes: &[u8]) -> Result<Self, KeyError> {
        let bytes: [u8; 32] =
            bytes.try_into().map_err(|_| KeyError::Malformed("an Ed25519 key has exactly 32 bytes"))?;
        if is_weak_ed25519(&bytes) {
            return Err(KeyError::WeakPoint);
        }
        Ok(Self::Ed25519(bytes))
    }
}

const fn rsa_parameters(algorithm: Algorithm) -> Result<&'static RsaParameters, KeyError> {
    Ok(match algorithm {
        Algorithm::RS256 => &signature::RSA_PKCS1_2048_8192_SHA256,
        Algorithm::RS384 => &signature::RSA_PKCS1_2048_8192_SHA384,
        Algorithm::RS512 => &signature::RSA_PKCS1_2048_8192_SHA512,
        Algorithm::PS256 => &signature::RSA_PSS_2048_8192_SHA256,
        Algorithm::PS384 => &signature::RSA_PSS_2048_8192_SHA384,
        Algorithm::PS512 => &signature::RSA_PSS_2048_8192_SHA512,
        _ => return Err(KeyType::Rsa.is_wrong_for(algorithm)),
    })
}

/// The library checks here that the point is on the curve.
fn prepare_point(curve: Curve, x: &[u8], y: &[u8]) -> Result<ParsedPublicKey, KeyError> {
    let point = [&[4], x, y].concat();
    let algorithm = match curve {
        Curve::P256 => &signature::ECDSA_P256_SHA256_FIXED,
        Curve::P384 => &signature::ECDSA_P384_SHA384_FIXED,
    };
    ParsedPublicKey::new(algorithm, point).map_err(|_| KeyError::InvalidPoint)
}

/// Odd, at least 65537 (NIST SP 800-56B 6.2), and within the 33 bits that the library verifies with.
fn check_exponent(exponent: &[u8]) -> Result<(), KeyError> {
    if exponent.first() == Some(&0) || exponent.len() > 5 {
        return Err(KeyError::RsaExponent);
    }
    let value = exponent.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    let fits = value % 2 == 1 && (65_537..1 << 33).contains(&value);
    fits.then_some(()).ok_or(KeyError::RsaExponent)
}

/// The y coordinates of the eight points of small order, below p, little-endian (RFC 7748's curve, Edwards form).
const SMALL_ORDER: [[u8; 32]; 5] = [
    *b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
       \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
    *b"\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
       \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
    *b"\xec\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\
       \xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
    *b"\xc7\x17\x6a\x70\x3d\x4d\xd8\x4f\xba\x3c\x0b\x76\x0d\x10\x67\x0f\
       \x2a\x20\x53\xfa\x2c\x39\xcc\xc6\x4e\xc7\xfd\x77\x92\xac\x03\x7a",
    *b"\x26\xe8\x95\x8f\xc2\xb2\x27\xb0\x45\xc3\xf4\x89\xf2\xef\x98\xf0\
       \xd5\xdf\xac\x05\xd3\xc6\x33\x39\xb1\x38\x02\x88\x6d\x53\xfc\x05",
];

/// Of small order: there are signatures that verify for every message. Or not below p = 2^255 - 19.
fn is_weak_ed25519(bytes: &[u8; 32]) -> bool {
    let mut y = *bytes;
    y[31] &= 0x7f;
    let canonical = !(y[0] >= 0xed && y[1..31].iter().all(|byte| *byte == 0xff) && y[31] == 0x7f);
    !canonical || SMALL_ORDER.contains(&y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_listed_points_are_refused_with_either_sign_and_so_are_non_canonical_ones() {
        for mut point in SMALL_ORDER {
            for sign in [0x00, 0x80] {
                point[31] = point[31] & 0x7f | sign;
                assert_eq!(PublicParts::ed25519(&point).err(), Some(KeyError::WeakPoint));
            }
        }
        for low in 0xed..=0xff {
            let mut point = [0xff; 32];
            point[0] = low;
            for top in [0x7f, 0xff] {
                point[31] = top;
                assert_eq!(PublicParts::ed25519(&point).err(), Some(KeyError::WeakPoint));
            }
        }
    }

    #[test]
    fn ed25519_keys_have_32_bytes() {
        for length in [0, 1, 31, 33, 42] {
            assert!(PublicParts::ed25519(&vec![9; length]).is_err(), "{length}");
        }
    }

    #[test]
    fn exponents() {
        for good in [&b"\x01\x00\x01"[..], b"\x01\x00\x00\x00\x01", b"\x01\x00\x03"] {
            assert_eq!(check_exponent(good), Ok(()), "{good:?}");
        }
        for bad in [
            &b""[..],
            b"\x01",
            b"\x03",
            b"\x01\x00\x00",
            b"\x00\x01\x00\x01",
            b"\x02\x00\x00\x00\x01",
            b"\x01\x00\x00\x00\x00\x01",
        ] {
            assert_eq!(check_exponent(bad), Err(KeyError::RsaExponent), "{bad:?}");
        }
    }
}
