//! The little of DER that tells keys apart: strict lengths, no recursion.

use super::key_type::KeyType;
use super::{Curve, KeyError};

/// SubjectPublicKeyInfo: the kind of key and the key itself.
pub(super) fn public_key_info(der: &[u8]) -> Result<(KeyType, &[u8]), KeyError> {
    read_public_key_info(der).ok_or(KeyError::Malformed("not a SubjectPublicKeyInfo"))
}

/// PKCS#1 RSAPublicKey: modulus and exponent, without leading zeros.
pub(super) fn rsa_public_key(der: &[u8]) -> Result<(&[u8], &[u8]), KeyError> {
    read_rsa_public_key(der).ok_or(KeyError::Malformed("not an RSAPublicKey"))
}

/// PKCS#8 PrivateKeyInfo: the kind of key.
pub(super) fn private_key_type(der: &[u8]) -> Result<KeyType, KeyError> {
    read_private_key_type(der).ok_or(KeyError::Malformed("not a PKCS#8 PrivateKeyInfo"))
}

/// The kind of a private key without the frame of PKCS#8: PKCS#1 for RSA, SEC 1 (RFC 5915) for EC. `None` for a SEC 1 key that
/// leaves its curve out.
pub(super) fn bare_private_key_type(der: &[u8]) -> Result<Option<KeyType>, KeyError> {
    read_bare_private_key_type(der).ok_or(KeyError::Malformed("neither PKCS#1 nor SEC 1"))
}

/// Modulus and exponent of a private RSA key in PKCS#1, or in PKCS#8.
pub(super) fn rsa_private_key(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let bare = |der| {
        let mut key = Der::whole(der)?;
        key.element(INTEGER)?;
        Some((key.unsigned()?, key.unsigned()?))
    };
    bare(der).or_else(|| {
        let mut info = Der::whole(der)?;
        info.element(INTEGER)?;
        info.element(SEQUENCE)?;
        bare(info.element(OCTET_STRING)?)
    })
}

/// The private number of an EC key in SEC 1, or in PKCS#8.
pub(super) fn ec_private_number(der: &[u8]) -> Option<&[u8]> {
    let bare = |der| {
        let mut key = Der::whole(der)?;
        key.element(INTEGER)?;
        key.element(OCTET_STRING)
    };
    bare(der).or_else(|| {
        let mut info = Der::whole(der)?;
        info.element(INTEGER)?;
        info.element(SEQUENCE)?;
        bare(info.element(OCTET_STRING)?)
    })
}

/// Whether the bytes begin as a key or certificate in DER does, whole or cut off.
pub(super) fn begins_like_key(bytes: &[u8]) -> bool {
    let inner = match bytes {
        [SEQUENCE, 0..=0x7f, inner @ ..] | [SEQUENCE, 0x81, _, inner @ ..] | [SEQUENCE, 0x82, _, _, inner @ ..] => {
            inner
        }
        _ => return false,
    };
    matches!(inner, [SEQUENCE | INTEGER, ..])
}

/// Whether the bytes are one SEQUENCE that starts as keys and certificates do.
pub(super) fn looks_like_key(bytes: &[u8]) -> bool {
    let mut outer = Der(bytes);
    let Some(inner) = outer.element(SEQUENCE).filter(|_| outer.0.is_empty()) else {
        return false;
    };
    let mut inner = Der(inner);
    matches!(inner.any(), Some((SEQUENCE | INTEGER, _)))
}

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const NULL: u8 = 0x05;
const OID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
/// The parameters of a SEC 1 key.
const PARAMETERS: u8 = 0xa0;

const RSA_ENCRYPTION: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
const RSASSA_PSS: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a";
const EC_PUBLIC_KEY: &[u8] = b"\x2a\x86\x48\xce\x3d\x02\x01";
const P256: &[u8] = b"\x2a\x86\x48\xce\x3d\x03\x01\x07";
const P384: &[u8] = b"\x2b\x81\x04\x00\x22";
const P521: &[u8] = b"\x2b\x81\x04\x00\x23";
const SECP256K1: &[u8] = b"\x2b\x81\x04\x00\x0a";
const ED25519: &[u8] = b"\x2b\x65\x70";
const ED448: &[u8] = b"\x2b\x65\x71";
const X25519: &[u8] = b"\x2b\x65\x6e";

fn read_public_key_info(der: &[u8]) -> Option<(KeyType, &[u8])> {
    let mut info = Der::whole(der)?;
    let kind = key_type(info.element(SEQUENCE)?)?;
    let bits = info.element(BIT_STRING)?;
    info.end()?;
    // The first byte counts unused bits at the end; keys are whole bytes.
    Some((kind, bits.strip_prefix(&[0])?))
}

fn read_rsa_public_key(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut key = Der::whole(der)?;
    let modulus = key.unsigned()?;
    let exponent = key.unsigned()?;
    key.end()?;
    Some((modulus, exponent))
}

fn read_private_key_type(der: &[u8]) -> Option<KeyType> {
    let mut info = Der::whole(der)?;
    info.element(INTEGER)?;
    let kind = key_type(info.element(SEQUENCE)?)?;
    info.element(OCTET_STRING)?;
    Some(kind)
}

fn key_type(identifier: &[u8]) -> Option<KeyType> {
    let mut identifier = Der(identifier);
    let kind = match identifier.element(OID)? {
        RSA_ENCRYPTION => {
            // Parameters are NULL; some writers leave them out.
            if !identifier.0.is_empty() && !identifier.element(NULL)?.is_empty() {
                return None;
            }
            KeyType::Rsa
        }
        RSASSA_PSS => return Some(KeyType::RsaPss),
        EC_PUBLIC_KEY => match curve(&mut identifier)? {
            KeyType::OtherEc => return Some(KeyType::OtherEc),
            named => named,
        },
        ED25519 => KeyType::Ed25519,
        ED448 => KeyType::Ed448,
        X25519 => KeyType::X25519,
        _ => return Some(KeyType::Other),
    };
    identifier.end()?;
    Some(kind)
}

fn read_bare_private_key_type(der: &[u8]) -> Option<Option<KeyType>> {
    let mut key = Der::whole(der)?;
    key.element(INTEGER)?;
    match key.any()? {
        (INTEGER, _) => Some(Some(KeyType::Rsa)),
        (OCTET_STRING, _) => match key.any() {
            Some((PARAMETERS, parameters)) => curve(&mut Der(parameters)).map(Some),
            _ => Some(None),
        },
        _ => None,
    }
}

fn curve(parameters: &mut Der<'_>) -> Option<KeyType> {
    Some(match parameters.any()? {
        (OID, P256) => KeyType::Ec(Curve::P256),
        (OID, P384) => KeyType::Ec(Curve::P384),
        (OID, P521) => KeyType::P521,
        (OID, SECP256K1) => KeyType::Secp256k1,
        // Another named curve, or one written out in full, which CVE-2020-0601 warns of.
        _ => KeyType::OtherEc,
    })
}

struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    /// The content of a SEQUENCE that is all there is.
    fn whole(der: &'a [u8]) -> Option<Self> {
        let mut outer = Self(der);
        let content = outer.element(SEQUENCE)?;
        outer.end()?;
        Some(Self(content))
    }

    fn element(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (found, content) = self.any()?;
        (found == tag).then_some(content)
    }

    fn any(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81 | 0x82 => {
                let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                let length = digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit));
                // DER allows only the shortest form.
                let shortest = if first == 0x81 { 0x80 } else { 0x100 };
                (length >= shortest).then_some((length, rest))?
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }

    /// A positive INTEGER, without the sign byte.
    fn unsigned(&mut self) -> Option<&'a [u8]> {
        match self.element(INTEGER)? {
            [0, magnitude @ ..] => magnitude.first().filter(|byte| **byte >= 0x80).map(|_| magnitude),
            magnitude => magnitude.first().filter(|byte| **byte < 0x80).map(|_| magnitude),
        }
    }

    fn end(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ED25519_INFO: &[u8] = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00\
        aaaaaaaabbbbbbbbccccccccdddddddd";

    #[test]
    fn reads_a_public_key_info() {
        let (kind, key) = public_key_info(ED25519_INFO).expect("well-formed");
        assert_eq!(kind, KeyType::Ed25519);
        assert_eq!(key, b"aaaaaaaabbbbbbbbccccccccdddddddd");
    }

    #[test]
    fn every_cut_and_every_addition_is_refused() {
        for end in 0..ED25519_INFO.len() {
            assert!(public_key_info(&ED25519_INFO[..end]).is_err(), "{end}");
        }
        assert!(public_key_info(&[ED25519_INFO, b"\0"].concat()).is_err());
    }

    #[test]
    fn lengths_must_be_in_their_shortest_form() {
        let long = [b"\x30\x81\x2a", &ED25519_INFO[2..]].concat();
        assert!(public_key_info(&long).is_err());
    }

    #[test]
    fn integers_must_be_positive_and_shortest() {
        assert!(rsa_public_key(b"\x30\x06\x02\x01\x05\x02\x01\x03").is_ok());
        assert!(rsa_public_key(b"\x30\x07\x02\x02\x00\x05\x02\x01\x03").is_err());
        assert!(rsa_public_key(b"\x30\x06\x02\x01\x85\x02\x01\x03").is_err());
        assert!(rsa_public_key(b"\x30\x05\x02\x00\x02\x01\x03").is_err());
    }
}
