//! A key that signs, prepared once.

use super::der;
use super::jwk::{Jwk, Purpose};
use super::pem::{self, PemKind};
use super::public_parts::PublicParts;
use super::signer::{Signature, Signer};
use super::{Algorithm, KeyError, KeyStrictness, VerifyingKey, key_id};
use crate::base64url;
use std::fmt;

/// A key that signs with exactly one algorithm, prepared once. It has signed and verified a probe before you get it.
///
/// ```
/// use jwt_auth::Secret;
/// use jwt_auth::keys::{Algorithm, SigningKey};
///
/// let key = SigningKey::load(Algorithm::HS256, Secret::generate()?.expose(), None)?;
/// let token = key.sign(r#"{"sub":"42"}"#);
/// assert_eq!(token.split('.').count(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "EncodingKey")]
pub struct SigningKey {
    verifying: VerifyingKey,
    signer: Signer,
    /// The header of every token it signs, as base64url.
    header: Box<str>,
}

impl SigningKey {
    /// Loads what a setting holds: an HMAC secret as its raw UTF-8 bytes, or a private key as PEM (`PRIVATE KEY`,
    /// `RSA PRIVATE KEY`, `EC PRIVATE KEY`; line ends may be written `\n`) or JWK. `key_id` becomes the header's `kid`; a
    /// JWK's own one counts when it is `None`.
    ///
    /// # Errors
    /// [`KeyError`], whose text says what to do: among others for a weak secret, a public key, a key of another kind.
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
            Self::new(algorithm, Signer::from_pem(algorithm, kind, &der)?, key_id)
        } else if text.starts_with('{') {
            Self::from_jwk(algorithm, text, key_id, strictness)
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
        let verifying = VerifyingKey::from_secret(algorithm, secret, key_id, strictness)?;
        Self::checked(verifying, Signer::from_secret(algorithm, secret)?)
    }

    /// A private key in DER: PKCS#8, PKCS#1 for RSA, SEC 1 for EC.
    ///
    /// # Errors
    /// [`KeyError`] when it is not such a key, or not one for the algorithm.
    pub fn from_der(algorithm: Algorithm, der: &[u8], key_id: Option<&str>) -> Result<Self, KeyError> {
        Self::new(algorithm, Signer::from_pem(algorithm, kind_of_der(der), der)?, key_id)
    }

    /// One private or symmetric JWK (RFC 7517). RSA keys need their prime factors (`p`, `q`, `dp`, `dq`, `qi`).
    ///
    /// # Errors
    /// [`KeyError`] when its `use`, `key_ops` or `alg` do not allow signing with `algorithm`, or its halves do not fit.
    pub fn from_jwk(
        algorithm: Algorithm,
        jwk: &str,
        key_id: Option<&str>,
        strictness: KeyStrictness,
    ) -> Result<Self, KeyError> {
        let jwk = Jwk::read(jwk)?;
        jwk.check_purpose(algorithm, Purpose::Sign)?;
        let own_id = jwk.key_id()?;
        let key_id = key_id.or(own_id.as_deref());
        if jwk.is_symmetric() {
            return Self::from_secret(algorithm, &jwk.bytes("k")?, key_id, strictness);
        }
        if !jwk.is_private() {
            return Err(KeyError::PublicKeyGiven);
        }
        let public = PublicParts::from_jwk(algorithm, &jwk)?;
        Self::new(algorithm, Signer::from_jwk(&public, &jwk)?, key_id)
    }

    /// The key that checks what this one signs: the public half, or the same secret.
    pub fn verifying_key(&self) -> VerifyingKey {
        self.verifying.clone()
    }

    /// The algorithm it signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.verifying.algorithm()
    }

    /// The `kid` it writes into headers.
    pub fn key_id(&self) -> Option<&str> {
        self.verifying.key_id()
    }

    /// The same key, which writes another `kid`.
    ///
    /// # Errors
    /// [`KeyError::KeyId`] unless it has 1 to 256 printable ASCII characters.
    pub fn with_key_id(self, key_id: Option<&str>) -> Result<Self, KeyError> {
        let verifying = self.verifying.with_key_id(key_id)?;
        let header = header_segment(verifying.algorithm(), verifying.key_id()).into();
        Ok(Self { verifying, header, ..self })
    }

    /// Signs a probe and has `verifying` check it: worth doing at start when the two were configured separately.
    ///
    /// # Errors
    /// [`KeyError::Mismatch`] when they do not belong together.
    pub fn self_check(&self, verifying: &VerifyingKey) -> Result<(), KeyError> {
        const PROBE: &[u8] = b"a message that is never a token";
        let signature = self.signature(PROBE).ok_or(KeyError::Rejected)?;
        if verifying.algorithm() == self.algorithm() && verifying.accepts(PROBE, signature.as_ref()) {
            Ok(())
        } else {
            Err(KeyError::Mismatch)
        }
    }

    pub(crate) fn header(&self) -> &str {
        &self.header
    }

    /// The bare signature; `None` when the library fails.
    pub(crate) fn signature(&self, message: &[u8]) -> Option<Signature> {
        self.signer.sign(self.algorithm(), message)
    }

    fn new(algorithm: Algorithm, signer: Signer, key_id: Option<&str>) -> Result<Self, KeyError> {
        let parts = signer.public_parts(algorithm)?;
        Self::checked(VerifyingKey::from_parts(algorithm, parts, key_id)?, signer)
    }

    fn checked(verifying: VerifyingKey, signer: Signer) -> Result<Self, KeyError> {
        let header = header_segment(verifying.algorithm(), verifying.key_id());
        let key = Self { header: header.into(), verifying, signer };
        // Only a key of our own has halves that somebody may have put together.
        key.self_check(&key.verifying).map_err(|_| KeyError::Rejected)?;
        Ok(key)
    }
}

impl fmt::Debug for SigningKey {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("algorithm", &self.algorithm())
            .field("key_id", &self.key_id())
            .finish_non_exhaustive()
    }
}

/// What the DER of a private key would say of itself as PEM. Without the frame of PKCS#8 its own bytes tell PKCS#1 from SEC 1.
pub(super) fn kind_of_der(der: &[u8]) -> PemKind {
    if der::private_key_type(der).is_ok() { PemKind::Pkcs8 } else { PemKind::EcPrivate }
}

/// The header as SimpleJWT writes it, byte for byte: names sorted, no white space.
pub(crate) fn header_segment(algorithm: Algorithm, key_id: Option<&str>) -> String {
    let header = match key_id {
        None => format!(r#"{{"alg":"{algorithm}","typ":"JWT"}}"#),
        Some(key_id) => format!(r#"{{"alg":"{algorithm}","kid":{},"typ":"JWT"}}"#, key_id::to_json(key_id)),
    };
    base64url::encode(header)
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::signature::EcdsaKeyPair;

    /// The library looks at the halves of one key too; this is asked of whatever it hands out.
    #[test]
    fn what_does_not_verify_its_own_signatures_signs_nothing() {
        let algorithm = Algorithm::HS256;
        let secrets = [0_u8, 1].map(|first| [&[first], &(1..64).collect::<Vec<u8>>()[..]].concat());
        for (one, other) in [(0, 0), (0, 1), (1, 0)] {
            let verifying = VerifyingKey::from_secret(algorithm, &secrets[one], None, KeyStrictness::Hardened);
            let signer = Signer::from_secret(algorithm, &secrets[other]);
            let key = SigningKey::checked(verifying.expect("a good secret"), signer.expect("a good secret"));
            let expected = (one != other).then_some(KeyError::Rejected);
            assert_eq!(key.err(), expected, "{one} {other}");
        }
        for (kind, curve) in [
            (Algorithm::ES256, &aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED_SIGNING),
            (Algorithm::ES384, &aws_lc_rs::signature::ECDSA_P384_SHA384_FIXED_SIGNING),
        ] {
            let [one, other] = [(); 2].map(|()| Signer::Ec(EcdsaKeyPair::generate(curve).expect("generates")));
            let of_other = other.public_parts(kind).and_then(|parts| VerifyingKey::from_parts(kind, parts, None));
            assert_eq!(SigningKey::checked(of_other.expect("public"), one).err(), Some(KeyError::Rejected));
        }
    }
}
