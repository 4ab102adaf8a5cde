//! The little of DER that tells keys apart: strict lengths, no recursion.

use super::{Curve, KeyError};

/// What an AlgorithmIdentifier names (RFC 5280 4.1.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyType {
    Rsa,
    RsaPss,
    Ec(Curve),
    OtherEc,
    Ed25519,
    Other,
}

impl KeyType {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Rsa => "an RSA key",
            Self::RsaPss => "an RSA key bound to PSS",
            Self::Ec(Curve::P256) => "an EC key on P-256",
            Self::Ec(Curve::P384) => "an EC key on P-384",
            Self::OtherEc => "an EC key on another curve",
            Self::Ed25519 => "an Ed25519 key",
            Self::Other => "a key of another kind",
        }
    }
}

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

const RSA_ENCRYPTION: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
const RSASSA_PSS: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a";
const EC_PUBLIC_KEY: &[u8] = b"\x2a\x86\x48\xce\x3d\x02\x01";
const P256: &[u8] = b"\x2a\x86\x48\xce\x3d\x03\x01\x07";
const P384: &[u8] = b"\x2b\x81\x04\x00\x22";
const ED25519: &[u8] = b"\x2b\x65\x70";

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
        EC_PUBLIC_KEY => match identifier.any()? {
            (OID, P256) => KeyType::Ec(Curve::P256),
            (OID, P384) => KeyType::Ec(Curve::P384),
            // Another named curve, or one written out in full, which CVE-2020-0601 warns of.
            _ => return Some(KeyType::OtherEc),
        },
        ED25519 => KeyType::Ed25519,
        _ => return Some(KeyType::Other),
    };
    identifier.end()?;
    Some(kind)
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
