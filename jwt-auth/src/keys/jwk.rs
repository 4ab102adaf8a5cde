//! One JWK (RFC 7517), read strictly.

use super::key_type::KeyType;
use super::{Algorithm, Curve, KeyError};
use crate::base64url;
use crate::claims::Claims;
use zeroize::Zeroizing;

/// Where a JWK came from: it decides whether it may be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwkOrigin {
    /// The application's own configuration; symmetric keys (`oct`) are fine.
    Local,
    /// A JWKS address or anything else that others can read: symmetric keys are refused (RFC 8725 2.1).
    Remote,
}

/// What a key is to be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Sign,
    Verify,
}

/// The members of a JWK, each of them once.
pub(super) struct Jwk {
    // Not claims of a token, and the same thing: an ordered JSON object that refuses repeated names.
    members: Claims,
    key_type: String,
}

impl Jwk {
    pub(super) fn read(text: &str) -> Result<Self, KeyError> {
        let members = Claims::from_json(text).map_err(|_| KeyError::JwkSyntax)?;
        if members.contains("keys") && !members.contains("kty") {
            return Err(KeyError::UnsupportedFormat {
                found: "a JWK set",
                remedy: "set one of the keys in its list `keys`, `{\"kty\":..}`",
            });
        }
        let key_type = members.get("kty").ok().flatten().ok_or(KeyError::JwkMember("kty"))?;
        Ok(Self { members, key_type })
    }

    pub(super) fn key_type(&self) -> &str {
        &self.key_type
    }

    /// What it is by its `kty` and `crv` (RFC 7518 6, RFC 8037 2, RFC 8812 3.1).
    pub(super) fn kind(&self) -> Result<KeyType, KeyError> {
        let curve = self.text("crv")?;
        Ok(match (&*self.key_type, curve.as_deref()) {
            ("RSA", _) => KeyType::Rsa,
            ("EC", Some("P-256")) => KeyType::Ec(Curve::P256),
            ("EC", Some("P-384")) => KeyType::Ec(Curve::P384),
            ("EC", Some("P-521")) => KeyType::P521,
            ("EC", Some("secp256k1")) => KeyType::Secp256k1,
            ("EC", _) => KeyType::OtherEc,
            ("OKP", Some("Ed25519")) => KeyType::Ed25519,
            ("OKP", Some("Ed448")) => KeyType::Ed448,
            ("OKP", Some("X25519")) => KeyType::X25519,
            ("oct", _) => KeyType::Secret,
            _ => KeyType::Other,
        })
    }

    pub(super) fn is_symmetric(&self) -> bool {
        self.key_type == "oct"
    }

    /// Whether it holds anything that must stay with the signer.
    pub(super) fn is_private(&self) -> bool {
        const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
        PRIVATE.iter().any(|name| self.members.contains(name))
    }

    /// The algorithm it says it is for, if it says so.
    pub(super) fn algorithm(&self) -> Result<Option<Algorithm>, KeyError> {
        self.text("alg")?.map(|name| name.parse().map_err(|_| KeyError::JwkPurpose("alg"))).transpose()
    }

    pub(super) fn key_id(&self) -> Result<Option<String>, KeyError> {
        self.text("kid").map_err(|_| KeyError::KeyId)
    }

    /// `use`, `key_ops` and `alg` must allow the purpose (RFC 7517 4.2 to 4.4); what is absent allows everything.
    pub(super) fn check_purpose(&self, algorithm: Algorithm, purpose: Purpose) -> Result<(), KeyError> {
        if self.text("use")?.is_some_and(|usage| usage != "sig") {
            return Err(KeyError::JwkPurpose("use"));
        }
        if self.algorithm()?.is_some_and(|own| own != algorithm) {
            return Err(KeyError::JwkPurpose("alg"));
        }
        let needed = match purpose {
            Purpose::Sign => "sign",
            Purpose::Verify => "verify",
        };
        let operations: Option<Vec<String>> =
            self.members.get("key_ops").map_err(|_| KeyError::JwkMember("key_ops"))?;
        match operations {
            Some(operations) if !operations.iter().any(|operation| operation == needed) => {
                Err(KeyError::JwkPurpose("key_ops"))
            }
            _ => Ok(()),
        }
    }

    /// A member that is a string; `None` when it is not there.
    pub(super) fn text(&self, name: &'static str) -> Result<Option<String>, KeyError> {
        match self.members.raw(name) {
            None => Ok(None),
            Some("null") => Err(KeyError::JwkMember(name)),
            Some(_) => self.members.get(name).map_err(|_| KeyError::JwkMember(name)),
        }
    }

    /// A member in base64url without padding (RFC 7518 2), not empty.
    pub(super) fn bytes(&self, name: &'static str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let text = Zeroizing::new(self.text(name)?.ok_or(KeyError::JwkMember(name))?);
        let bytes = base64url::decode(&text).map_err(|_| KeyError::JwkMember(name))?;
        if bytes.is_empty() {
            return Err(KeyError::JwkMember(name));
        }
        Ok(Zeroizing::new(bytes))
    }

    pub(super) fn bytes_of_length(&self, name: &'static str, length: usize) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let bytes = self.bytes(name)?;
        if bytes.len() == length { Ok(bytes) } else { Err(KeyError::JwkMember(name)) }
    }
}
