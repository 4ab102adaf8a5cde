//! A key that checks signatures, prepared once.

use super::jwk::{Jwk, Purpose};
use super::public_parts::PublicParts;
use super::secret_bytes::check_secret;
use super::signer::hmac_hash;
use super::{Algorithm, JwkOrigin, KeyError, KeyMark, KeyStrictness, key_id, pem};
use crate::base64url;
use aws_lc_rs::hmac;
use aws_lc_rs::signature::ParsedPublicKey;
use std::fmt;

/// A key that checks signatures of exactly one algorithm, prepared once.
///
/// The algorithm comes from the configuration and never from a token or from the key's own wish (RFC 8725 3.1).
#[doc(alias = "DecodingKey")]
#[derive(Clone)]
pub struct VerifyingKey {
    algorithm: Algorithm,
    key_id: Option<Box<str>>,
    check: Check,
}

#[derive(Clone)]
enum Check {
    Secret(Box<hmac::Key>),
    Public(PublicParts, ParsedPublicKey),
}

impl VerifyingKey {
    /// Loads what a setting holds: an HMAC secret as its raw UTF-8 bytes, or a public key as PEM (`PUBLIC KEY`,
    /// `RSA PUBLIC KEY`; line ends may be written `\n`) or JWK. `key_id` is the `kid` of the tokens it is for; a JWK's own
    /// one counts when it is `None`.
    ///
    /// # Errors
    /// [`KeyError`], whose text says what to do: among others for a weak secret, a private key, a key of another kind.
    pub fn load(algorithm: Algorithm, key: &str, key_id: Option<&str>) -> Result<Self, KeyError> {
        Self::load_with(algorithm, key, key_id, KeyStrictness::Hardened)
    }

    /// [`load`](Self::load) with a say on weak secrets.
    ///
    /// # Errors
    /// As `load`.
    pub fn load_with(
        algorithm: Algorithm,
        key: &str,
        key_id: Option<&str>,
        strictness: KeyStrictness,
    ) -> Result<Self, KeyError> {
        if algorithm.is_symmetric() {
            return Self::from_secret(algorithm, key.as_bytes(), key_id, strictness);
        }
        let text = key.trim();
        if text.is_empty() {
            Err(KeyError::Empty)
        } else if pem::is_pem(text) {
            let (kind, der) = pem::read_pem(algorithm, text)?;
            Self::from_parts(algorithm, PublicParts::from_pem(algorithm, kind, &der)?, key_id)
        } else if text.starts_with('{') {
            let key = Self::from_jwk(algorithm, text, JwkOrigin::Local, strictness)?;
            match key_id {
                Some(_) => key.with_key_id(key_id),
                None => Ok(key),
            }
        } else {
            Err(KeyError::NotAKey { algorithm })
        }
    }

    /// An HMAC secret as bytes.
    ///
    /// # Errors
    /// [`KeyError`] when the secret is weak (unless lenient) or a key file, or the algorithm is not symmetric.
    pub fn from_secret(
        algorithm: Algorithm,
        secret: &[u8],
        key_id: Option<&str>,
        strictness: KeyStrictness,
    ) -> Result<Self, KeyError> {
        let hash = hmac_hash(algorithm)?;
        check_secret(algorithm, secret, strictness)?;
        Ok(Self {
            algorithm,
            key_id: key_id::check(key_id)?,
            check: Check::Secret(Box::new(hmac::Key::new(hash, secret))),
        })
    }

    /// A public key in DER: SubjectPublicKeyInfo, or PKCS#1 for RSA.
    ///
    /// # Errors
    /// [`KeyError`] when it is not such a key, or not one for the algorithm.
    pub fn from_der(algorithm: Algorithm, der: &[u8], key_id: Option<&str>) -> Result<Self, KeyError> {
        Self::from_parts(algorithm, PublicParts::from_der(algorithm, der)?, key_id)
    }

    /// One JWK (RFC 7517). Its `use`, `key_ops` and `alg` must allow verifying with `algorithm`, and it must not hold the
    /// private half. `strictness` concerns symmetric keys, which only come from a [local](JwkOrigin::Local) place.
    ///
    /// # Errors
    /// [`KeyError`], as said.
    pub fn from_jwk(
        algorithm: Algorithm,
        jwk: &str,
        origin: JwkOrigin,
        strictness: KeyStrictness,
    ) -> Result<Self, KeyError> {
        Self::from_read_jwk(algorithm, &Jwk::read(jwk)?, origin, strictness)
    }

    /// The algorithm it checks.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The `kid` of the tokens it is for; without one it is tried for every token that no other key claims.
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// The same key under another `kid`.
    ///
    /// # Errors
    /// [`KeyError::KeyId`] unless it has 1 to 256 printable ASCII characters.
    pub fn with_key_id(mut self, key_id: Option<&str>) -> Result<Self, KeyError> {
        self.key_id = key_id::check(key_id)?;
        Ok(self)
    }

    /// Whether `signature` is this key's over `message`. Compares in constant time.
    ///
    /// Only the signature: [`Verifier`](crate::verify::Verifier) checks tokens.
    pub fn accepts(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.check {
            Check::Secret(key) => hmac::verify(key, message, signature).is_ok(),
            Check::Public(_, key) => key.verify_sig(message, signature).is_ok(),
        }
    }

    /// The RFC 7638 thumbprint with SHA-256, base64url: a stable `kid`.
    ///
    /// # Errors
    /// [`KeyError::NotPublishable`] for HMAC: a hash of the secret would let others test guesses.
    pub fn thumbprint(&self) -> Result<String, KeyError> {
        self.parts().map(PublicParts::thumbprint)
    }

    /// What may be remembered of it.
    pub fn mark(&self) -> KeyMark {
        KeyMark::from_text(&match &self.check {
            Check::Secret(key) => base64url::encode(hmac::sign(key, b"jwt-auth key mark 1")),
            Check::Public(parts, _) => parts.thumbprint(),
        })
    }

    /// The public JWK with `alg`, `use` and, when it has one, `kid`, on one line.
    ///
    /// # Errors
    /// [`KeyError::NotPublishable`] for HMAC, whose JWK would be the secret.
    pub fn to_public_jwk(&self) -> Result<String, KeyError> {
        let parts = self.parts()?;
        let required = parts.canonical_jwk();
        let mut jwk = format!(r#"{{"alg":"{}","use":"sig","#, self.algorithm);
        if let Some(key_id) = &self.key_id {
            jwk.push_str("\"kid\":");
            jwk.push_str(&key_id::to_json(key_id));
            jwk.push(',');
        }
        jwk.push_str(required.trim_start_matches('{'));
        Ok(jwk)
    }

    pub(super) fn from_read_jwk(
        algorithm: Algorithm,
        jwk: &Jwk,
        origin: JwkOrigin,
        strictness: KeyStrictness,
    ) -> Result<Self, KeyError> {
        if jwk.is_symmetric() && origin == JwkOrigin::Remote {
            return Err(KeyError::RemoteSecret);
        }
        jwk.check_purpose(algorithm, Purpose::Verify)?;
        let key_id = jwk.key_id()?;
        if jwk.is_symmetric() {
            let secret = jwk.bytes("k")?;
            return Self::from_secret(algorithm, &secret, key_id.as_deref(), strictness);
        }
        if jwk.is_private() {
            return Err(KeyError::PrivateKeyGiven);
        }
        let parts = PublicParts::from_jwk(algorithm, jwk)?;
        Self::from_parts(algorithm, parts, key_id.as_deref())
    }

    pub(super) fn from_parts(algorithm: Algorithm, parts: PublicParts, key_id: Option<&str>) -> Result<Self, KeyError> {
        let key = parts.prepare(algorithm)?;
        Ok(Self { algorithm, key_id: key_id::check(key_id)?, check: Check::Public(parts, key) })
    }

    /// Whether two public keys are the same numbers; secrets are never told apart.
    pub(crate) fn is_same_key(&self, other: &Self) -> bool {
        match (&self.check, &other.check) {
            (Check::Public(mine, _), Check::Public(theirs, _)) => mine == theirs,
            _ => false,
        }
    }

    fn parts(&self) -> Result<&PublicParts, KeyError> {
        match &self.check {
            Check::Secret(_) => Err(KeyError::NotPublishable),
            Check::Public(parts, _) => Ok(parts),
        }
    }
}

impl fmt::Debug for VerifyingKey {
    /// Without the key, which may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey")
            .field("algorithm", &self.algorithm)
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}
