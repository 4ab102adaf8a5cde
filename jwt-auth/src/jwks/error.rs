//! Why there are no new keys.

use std::error::Error as StdError;
use std::fmt;

/// Why keys could not be fetched. Those of before stay.
#[derive(Debug)]
#[non_exhaustive]
pub enum JwksError {
    /// No answer, or not all of it in time: a name without an address, a connection that fails, a certificate that is not good.
    Unreachable(Box<dyn StdError + Send + Sync>),
    /// Another status than 200.
    Status(u16),
    /// An answer that sends on to another server, which is not followed.
    Redirected,
    /// More than [`JwksAnswer::MAX_BYTES`](super::JwksAnswer::MAX_BYTES).
    TooLarge,
    /// A discovered address that may not be asked: by `http`, or in a private network on another host than its issuer's.
    ForbiddenAddress,
    /// The document about the issuer is not one JSON object with a text `jwks_uri`, or names another issuer.
    WrongDocument,
    /// No JWK set, one of more than 100 keys, or none in it that verifies with the issuer's algorithm.
    NoUsableKeys,
}

impl JwksError {
    /// Whether trying again may help, and nobody has to mend anything.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Status(429 | 500..))
    }
}

impl fmt::Display for JwksError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreachable(_) => "there is no answer",
            Self::Status(status) => return write!(f, "the answer has status {status}"),
            Self::Redirected => "the answer sends on to another server, which is not followed",
            Self::TooLarge => "the answer is longer than 256 KiB",
            Self::ForbiddenAddress => {
                "the address in the issuer's document is one of a private network or without TLS, which only `jwk_url` may name"
            }
            Self::WrongDocument => "the document about the issuer does not name this issuer, letter by letter, and a `jwks_uri`",
            Self::NoUsableKeys => "the answer is no JWK set with a key for the algorithm",
        })
    }
}

impl StdError for JwksError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Unreachable(source) => Some(&**source),
            _ => None,
        }
    }
}
