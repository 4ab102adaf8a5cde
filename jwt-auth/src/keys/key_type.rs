//! Kinds of keys, by the names that a refusal gives them, and which algorithm works with which.

use super::{Algorithm, KeyError};

/// What an AlgorithmIdentifier names (RFC 5280 4.1.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyType {
    Rsa,
    RsaPss,
    Ec(Curve),
    P521,
    Secp256k1,
    OtherEc,
    Ed25519,
    Ed448,
    X25519,
    Secret,
    Other,
}

impl KeyType {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Rsa => "an RSA key",
            Self::RsaPss => "an RSA key bound to PSS",
            Self::Ec(Curve::P256) => "an EC key on P-256",
            Self::Ec(Curve::P384) => "an EC key on P-384",
            Self::P521 => "an EC key on P-521",
            Self::Secp256k1 => "an EC key on secp256k1",
            Self::OtherEc => "an EC key on another curve",
            Self::Ed25519 => "an Ed25519 key",
            Self::Ed448 => "an Ed448 key",
            Self::X25519 => "an X25519 key, which signs nothing",
            Self::Secret => "a secret",
            Self::Other => "a key of another kind",
        }
    }

    /// Refuses a key that `algorithm` does not work with.
    pub(super) fn check(self, algorithm: Algorithm) -> Result<(), KeyError> {
        let fits = match self {
            Self::Rsa => is_rsa(algorithm),
            Self::Ec(Curve::P256) => algorithm == Algorithm::ES256,
            Self::Ec(Curve::P384) => algorithm == Algorithm::ES384,
            Self::Ed25519 => algorithm == Algorithm::EdDSA,
            _ => false,
        };
        if fits { Ok(()) } else { Err(self.is_wrong_for(algorithm)) }
    }

    pub(super) const fn is_wrong_for(self, algorithm: Algorithm) -> KeyError {
        KeyError::WrongKind { algorithm, found: self.name() }
    }
}

pub(super) const fn is_rsa(algorithm: Algorithm) -> bool {
    use Algorithm::{PS256, PS384, PS512, RS256, RS384, RS512};
    matches!(algorithm, RS256 | RS384 | RS512 | PS256 | PS384 | PS512)
}

/// A NIST curve, as RFC 7518 6.2.1.1 names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Curve {
    P256,
    P384,
}

impl Curve {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
        }
    }

    /// Bytes of one coordinate, and of a private key.
    pub(super) const fn width(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
        }
    }
}
