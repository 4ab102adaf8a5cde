//! The protected header: what it may say.

use super::policy::Policy;
use crate::base64url;
use crate::error::TokenError;
use crate::json::{self, Object};
pub(crate) use crate::keys::Header;
use crate::keys::{Algorithm, key_id};

impl Header {
    /// Reads the first part of a token.
    pub(crate) fn read(segment: &str, policy: &dyn Policy) -> Result<Self, TokenError> {
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

pub(crate) fn read_algorithm(value: &str) -> Result<Algorithm, TokenError> {
    let name: String = json::decode(json::as_string(value).ok_or(TokenError::BadHeader)?).collect();
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
