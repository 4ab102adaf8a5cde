//! The protected header: what it may say, and which ones need no second look.

use super::policy::Policy;
use crate::base64url;
use crate::error::TokenError;
use crate::json::{self, Object};
use crate::keys::{Algorithm, VerifyingKey, header_segment, key_id};
use std::sync::OnceLock;

/// What a header says that matters: everything else in it was refused or means nothing.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub(crate) algorithm: Algorithm,
    pub(crate) key_id: Option<Box<str>>,
}

impl Header {
    /// Reads the first part of a token.
    pub(super) fn read(segment: &str, policy: &dyn Policy) -> Result<Self, TokenError> {
        let bytes = base64url::decode(segment).map_err(|_| TokenError::Malformed)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| TokenError::BadHeader)?;
        policy.header(&Object::read(text).map_err(|_| TokenError::BadHeader)?, text)
    }

    /// What is not understood, or would have to be, is refused.
    pub(crate) fn strict(object: &Object, text: &str) -> Result<Self, TokenError> {
        let mut algorithm = None;
        let mut key_id = None;
        for (name, value) in object.members(text) {
            let name: String = json::decode(name).collect();
            match &*name {
                "alg" => algorithm = Some(read_algorithm(value)?),
                "kid" => key_id = Some(read_key_id(value)?),
                "typ" => check_type(value)?,
                // Extensions that must be understood, other encodings of the payload, encryption, a token inside the token
                // (`cty`, RFC 7519 5.2), and keys that the sender would choose (RFC 8725 3.10).
                "crit" | "b64" | "zip" | "enc" | "cty" | "jwk" | "jku" => return Err(TokenError::ForbiddenHeader),
                // Thumbprints of the certificate (RFC 7515 4.1.7, 4.1.8) bring no key; Microsoft's and Java's issuers write them.
                "x5t" | "x5t#S256" => {}
                name if name.starts_with("x5") => return Err(TokenError::ForbiddenHeader),
                _ => {}
            }
        }
        Ok(Self { algorithm: algorithm.ok_or(TokenError::BadHeader)?, key_id })
    }
}

/// Headers that were read before, as the bytes they have in a token: an issuer writes very few different ones.
#[derive(Debug)]
pub(super) struct KnownHeaders {
    standard: Vec<(Box<str>, Header)>,
    /// Filled once each, and only after a signature was good, so strangers cannot take the places.
    learned: [OnceLock<(Box<str>, Header)>; 8],
}

impl KnownHeaders {
    /// Knows from the start what SimpleJWT and we ourselves write for these keys.
    pub(super) fn for_keys(keys: &[VerifyingKey]) -> Self {
        let mut standard: Vec<(Box<str>, Header)> = Vec::new();
        for key in keys {
            for key_id in [None, key.key_id()] {
                let segment = header_segment(key.algorithm(), key_id).into_boxed_str();
                if standard.iter().all(|(known, _)| *known != segment) {
                    let header = Header { algorithm: key.algorithm(), key_id: key_id.map(Into::into) };
                    standard.push((segment, header));
                }
            }
        }
        Self { standard, learned: Default::default() }
    }

    pub(super) fn find(&self, segment: &str) -> Option<&Header> {
        let learned = self.learned.iter().map_while(OnceLock::get);
        self.standard.iter().chain(learned).find(|(known, _)| **known == *segment).map(|(_, header)| header)
    }

    /// Remembers a header whose token had a good signature, while there is room.
    pub(super) fn learn(&self, segment: &str, header: Header) {
        let mut entry = (segment.into(), header);
        for place in &self.learned {
            match place.set(entry) {
                Ok(()) => return,
                Err(refused) => entry = refused,
            }
        }
    }
}

pub(crate) fn read_algorithm(value: &str) -> Result<Algorithm, TokenError> {
    let name = json::as_string(value).ok_or(TokenError::BadHeader)?;
    // `none`, spelled in whatever way, ends here like every other name that is not ours.
    name.parse().map_err(|_| TokenError::AlgorithmNotAllowed)
}

fn read_key_id(value: &str) -> Result<Box<str>, TokenError> {
    let raw = json::as_string(value).ok_or(TokenError::BadHeader)?;
    let text: String = json::decode(raw).collect();
    if key_id::is_valid(&text) { Ok(text.into()) } else { Err(TokenError::BadHeader) }
}

/// `JWT` (RFC 7519 5.1) or `at+jwt` (RFC 9068 2.1): another kind of token of the same issuer must not pass (RFC 8725 3.11).
fn check_type(value: &str) -> Result<(), TokenError> {
    const PREFIX: &str = "application/";
    let raw = json::as_string(value).ok_or(TokenError::BadHeader)?;
    let text: String = json::decode(raw).collect();
    let text = match text.get(..PREFIX.len()) {
        Some(prefix) if prefix.eq_ignore_ascii_case(PREFIX) => &text[PREFIX.len()..],
        _ => &text,
    };
    if text.eq_ignore_ascii_case("JWT") || text.eq_ignore_ascii_case("at+jwt") {
        Ok(())
    } else {
        Err(TokenError::WrongMediaType)
    }
}
