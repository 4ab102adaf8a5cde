//! jsonwebtoken's words as ours.

use crate::keys::{Algorithm, JwkOrigin, JwkSet, KeyError, KeyStrictness, UnknownAlgorithm, VerifyingKey};
use ::jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk};

impl TryFrom<::jsonwebtoken::Algorithm> for Algorithm {
    type Error = UnknownAlgorithm;

    /// Every algorithm of jsonwebtoken 11 is one of ours; a later one may not be.
    fn try_from(theirs: ::jsonwebtoken::Algorithm) -> Result<Self, UnknownAlgorithm> {
        use ::jsonwebtoken::Algorithm as Theirs;
        Ok(match theirs {
            Theirs::HS256 => Self::HS256,
            Theirs::HS384 => Self::HS384,
            Theirs::HS512 => Self::HS512,
            Theirs::RS256 => Self::RS256,
            Theirs::RS384 => Self::RS384,
            Theirs::RS512 => Self::RS512,
            Theirs::PS256 => Self::PS256,
            Theirs::PS384 => Self::PS384,
            Theirs::PS512 => Self::PS512,
            Theirs::ES256 => Self::ES256,
            Theirs::ES384 => Self::ES384,
            Theirs::EdDSA => Self::EdDSA,
            _ => return Err(UnknownAlgorithm),
        })
    }
}

impl TryFrom<&Jwk> for VerifyingKey {
    type Error = KeyError;

    /// For the JWK's own `alg`, or the one that its curve allows. An RSA key must name its `alg`. Secrets (`oct`) are refused, for
    /// a JWK of jsonwebtoken's does not say where it came from: [`VerifyingKey::from_secret`] takes those. Members that
    /// jsonwebtoken does not know, such as a private half, are gone before this sees them.
    fn try_from(jwk: &Jwk) -> Result<Self, KeyError> {
        let algorithm = match (jwk.common.key_algorithm, &jwk.algorithm) {
            (_, AlgorithmParameters::OctetKey(_)) => return Err(KeyError::RemoteSecret),
            (Some(named), _) => ::jsonwebtoken::Algorithm::try_from(named)
                .map_err(|_| KeyError::JwkPurpose("alg"))?
                .try_into()
                .map_err(|_| KeyError::JwkPurpose("alg"))?,
            (None, AlgorithmParameters::EllipticCurve(key)) if key.curve == EllipticCurve::P256 => Algorithm::ES256,
            (None, AlgorithmParameters::EllipticCurve(key)) if key.curve == EllipticCurve::P384 => Algorithm::ES384,
            (None, AlgorithmParameters::OctetKeyPair(_)) => Algorithm::EdDSA,
            (None, _) => return Err(KeyError::JwkMember("alg")),
        };
        let text = serde_json::to_string(jwk).map_err(|_| KeyError::JwkSyntax)?;
        Self::from_jwk(algorithm, &text, JwkOrigin::Remote, KeyStrictness::Hardened)
    }
}

impl TryFrom<&::jsonwebtoken::jwk::JwkSet> for JwkSet {
    type Error = KeyError;

    /// [`JwkSet::read`] with all algorithms, for a set that others can read: secrets in it are skipped.
    fn try_from(set: &::jsonwebtoken::jwk::JwkSet) -> Result<Self, KeyError> {
        let text = serde_json::to_string(set).map_err(|_| KeyError::JwkSyntax)?;
        Self::read(&text, &Algorithm::ALL, JwkOrigin::Remote)
    }
}
