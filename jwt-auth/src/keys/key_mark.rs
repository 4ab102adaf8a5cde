//! What a store may remember of a key.

use std::fmt;

/// A mark of a key, by which a store knows it again ([`VerifyingKey::mark`](super::VerifyingKey::mark)). Printed as base64url.
///
/// Of a public key it is the thumbprint (RFC 7638). Of a secret it is an HMAC of a constant under it, which says no more of it than any
/// token does.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyMark(Box<str>);

impl KeyMark {
    /// From its text, as a store reads it.
    pub fn from_text(text: &str) -> Self {
        Self(text.into())
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
