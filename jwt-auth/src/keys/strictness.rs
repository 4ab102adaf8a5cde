//! What to do with a weak secret.

/// How a weak HMAC secret is treated: the only thing about keys that profiles disagree on.
///
/// An empty secret, a key file used as a secret, and every fault of an asymmetric key are refused either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyStrictness {
    /// Shorter than the hash (RFC 7518 3.2) or one byte repeated: an error. The default.
    #[default]
    Hardened,
    /// The same only logs a warning, as PyJWT does, for services that share an old secret with SimpleJWT.
    Lenient,
}
