//! One key out of a PEM text (RFC 7468).

use super::der;
use super::key_type::KeyType;
use super::{Algorithm, KeyError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// What the frame of a PEM block says it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PemKind {
    /// `PUBLIC KEY`: SubjectPublicKeyInfo.
    PublicInfo,
    /// `RSA PUBLIC KEY`: PKCS#1.
    RsaPublic,
    /// `PRIVATE KEY`: PKCS#8.
    Pkcs8,
    /// `RSA PRIVATE KEY`: PKCS#1.
    RsaPrivate,
    /// `EC PRIVATE KEY`: SEC 1.
    EcPrivate,
}

impl PemKind {
    /// The kind of key in a block of this frame, if its own curve is said.
    pub(super) fn key_type(self, der: &[u8]) -> Result<Option<KeyType>, KeyError> {
        match self {
            Self::PublicInfo => der::public_key_info(der).map(|(found, _)| Some(found)),
            Self::RsaPublic => Ok(Some(KeyType::Rsa)),
            Self::Pkcs8 => der::private_key_type(der).map(Some),
            Self::RsaPrivate | Self::EcPrivate => der::bare_private_key_type(der),
        }
    }

    pub(super) const fn is_private(self) -> bool {
        matches!(self, Self::Pkcs8 | Self::RsaPrivate | Self::EcPrivate)
    }
}

/// Whether the text is meant as PEM.
pub(super) fn is_pem(text: &str) -> bool {
    text.contains("-----BEGIN")
}

/// Reads the one key in the text: its frame and its DER bytes.
///
/// Line ends may be real, written as `\n`, or spaces, which is what environment files make of them.
pub(super) fn read_pem(algorithm: Algorithm, text: &str) -> Result<(PemKind, Zeroizing<Vec<u8>>), KeyError> {
    let text = Zeroizing::new(text.replace("\\r", "\r").replace("\\n", "\n"));
    let mut rest: &str = &text;
    let mut found = None;
    while let Some(block) = next_block(&mut rest)? {
        // `openssl ecparam -genkey` writes the curve in a block of its own before the key.
        if block.label == "EC PARAMETERS" {
            continue;
        }
        let kind = kind_of(block.label, block.body)?;
        if found.replace((kind, block.body)).is_some() {
            return Err(KeyError::Malformed("more than one PEM block"));
        }
    }
    let (kind, body) = found.ok_or(KeyError::NotAKey { algorithm })?;
    let packed: Zeroizing<Vec<u8>> = Zeroizing::new(body.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect());
    let der = STANDARD.decode(&*packed).map_err(|_| KeyError::Malformed("the PEM body is not base64"))?;
    Ok((kind, Zeroizing::new(der)))
}

struct Block<'a> {
    label: &'a str,
    body: &'a str,
}

fn next_block<'a>(rest: &mut &'a str) -> Result<Option<Block<'a>>, KeyError> {
    const CUT: KeyError = KeyError::Malformed("the PEM text is cut off");
    let Some((_, after)) = rest.split_once("-----BEGIN ") else {
        return Ok(None);
    };
    let (label, after) = after.split_once("-----").ok_or(CUT)?;
    let (body, after) = after.split_once("-----END ").ok_or(CUT)?;
    let after = after.strip_prefix(label).and_then(|after| after.strip_prefix("-----")).ok_or(CUT)?;
    *rest = after;
    Ok(Some(Block { label, body }))
}

fn kind_of(label: &str, body: &str) -> Result<PemKind, KeyError> {
    const ENCRYPTED: KeyError = KeyError::UnsupportedFormat {
        found: "an encrypted private key",
        remedy: "decrypt it with `openssl pkey -in encrypted.pem -out private.pem` and keep the file readable by its owner only",
    };
    if body.contains("ENCRYPTED") {
        return Err(ENCRYPTED);
    }
    Ok(match label {
        "PUBLIC KEY" => PemKind::PublicInfo,
        "RSA PUBLIC KEY" => PemKind::RsaPublic,
        "PRIVATE KEY" => PemKind::Pkcs8,
        "RSA PRIVATE KEY" => PemKind::RsaPrivate,
        "EC PRIVATE KEY" => PemKind::EcPrivate,
        "ENCRYPTED PRIVATE KEY" => return Err(ENCRYPTED),
        "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => {
            return Err(KeyError::UnsupportedFormat {
                found: "a certificate",
                remedy: "take the public key out with `openssl x509 -in cert.pem -pubkey -noout`",
            });
        }
        "OPENSSH PRIVATE KEY" => {
            return Err(KeyError::UnsupportedFormat {
                found: "an OpenSSH key",
                remedy: "convert it with `ssh-keygen -p -m PKCS8 -f key`",
            });
        }
        _ => {
            return Err(KeyError::UnsupportedFormat {
                found: "this kind of PEM block",
                remedy: "use `PUBLIC KEY` (SubjectPublicKeyInfo) or `PRIVATE KEY` (PKCS#8)",
            });
        }
    })
}
