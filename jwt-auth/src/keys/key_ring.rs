//! All keys of one configuration.

use super::jwk::Jwk;
use super::public_parts::is_rsa;
use super::{Algorithm, JwkOrigin, KeyError, KeyStrictness, SigningKey, VerifyingKey, pem};
use crate::settings::Settings;

/// The keys that settings name: the one that signs, if any, and all that verify.
#[derive(Debug)]
pub struct KeyRing {
    signing: Option<SigningKey>,
    verifying: Vec<VerifyingKey>,
}

/// A key setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{setting}`: {error}")]
pub struct KeyFault {
    /// The setting: `signing_key`, `fallback_keys[1]`.
    pub setting: String,
    /// What is wrong with it, and what to do.
    pub error: KeyError,
}

impl KeyRing {
    /// Loads `signing_key`, `verifying_key` and `fallback_keys` for `algorithm`, under the name `key_id`.
    ///
    /// Without a `verifying_key` the public half of the signing key verifies; SimpleJWT would need both. For HMAC the
    /// `signing_key` does both, as there. Fallback keys carry no `kid`: they are tried for tokens that no other key claims.
    /// Each may be the old private key or its public half, and of an algorithm of its own ([`Settings::fallback_keys`]).
    ///
    /// # Errors
    /// Every fault there is; that there is no key at all is one.
    pub fn from_settings(settings: &Settings) -> Result<Self, Vec<KeyFault>> {
        let mut faults = Vec::new();
        let mut keep = |setting: String, error| faults.push(KeyFault { setting, error });

        let loader = Loader::new(settings);
        let mut signing = None;
        let mut verifying = Vec::new();
        if let Some(text) = &settings.signing_key {
            match loader.signing(text.expose()) {
                Ok(key) => signing = Some(key),
                Err(error) => keep("signing_key".to_owned(), error),
            }
        }
        match (&settings.verifying_key, &signing) {
            // SimpleJWT ignores VERIFYING_KEY for HMAC.
            (_, Some(key)) if key.algorithm().is_symmetric() => verifying.push(key.verifying_key()),
            (None, Some(key)) => verifying.push(key.verifying_key()),
            (Some(text), signing) => match loader.verifying(text.expose(), signing.as_ref()) {
                Ok(key) => verifying.push(key),
                Err(error) => keep("verifying_key".to_owned(), error),
            },
            (None, None) if settings.signing_key.is_none() => {
                keep("signing_key".to_owned(), KeyError::Empty);
            }
            (None, None) => {}
        }
        for (index, text) in settings.fallback_keys.iter().enumerate() {
            match loader.fallback(text.expose()) {
                Ok(key) => verifying.push(key),
                Err(error) => keep(format!("fallback_keys[{index}]"), error),
            }
        }
        if faults.is_empty() { Ok(Self { signing, verifying }) } else { Err(faults) }
    }

    /// The key that signs; `None` when these settings only verify.
    pub fn signing(&self) -> Option<&SigningKey> {
        self.signing.as_ref()
    }

    /// The keys that verify: the current one first, then the fallback keys.
    pub fn verifying(&self) -> &[VerifyingKey] {
        &self.verifying
    }

    /// Both, taken apart.
    pub fn into_parts(self) -> (Option<SigningKey>, Vec<VerifyingKey>) {
        (self.signing, self.verifying)
    }
}

/// The usual algorithms of a JWK's `kty`, which need not say more (RFC 7517 4.4).
fn of_type(key_type: &str) -> &'static [Algorithm] {
    match key_type {
        "oct" => &[Algorithm::HS256],
        "EC" => &[Algorithm::ES256, Algorithm::ES384],
        "OKP" => &[Algorithm::EdDSA],
        _ => &[Algorithm::RS256],
    }
}

/// Whether keys of one algorithm can be keys of the other.
fn is_same_kind(one: Algorithm, other: Algorithm) -> bool {
    one == other || one.is_symmetric() && other.is_symmetric() || is_rsa(one) && is_rsa(other)
}

struct Loader<'a> {
    algorithm: Algorithm,
    key_id: Option<&'a str>,
    strictness: KeyStrictness,
}

impl<'a> Loader<'a> {
    fn new(settings: &'a Settings) -> Self {
        Self {
            algorithm: settings.algorithm,
            key_id: settings.key_id.as_deref(),
            strictness: if settings.profile.is_simple_jwt() { KeyStrictness::Lenient } else { KeyStrictness::Hardened },
        }
    }

    fn signing(&self, text: &str) -> Result<SigningKey, KeyError> {
        SigningKey::load_with(self.algorithm, text, self.key_id, self.strictness)
    }

    fn verifying(&self, text: &str, signing: Option<&SigningKey>) -> Result<VerifyingKey, KeyError> {
        let key = VerifyingKey::load_with(self.algorithm, text, self.key_id, self.strictness)?;
        if let Some(signing) = signing {
            signing.self_check(&key)?;
        }
        Ok(key)
    }

    /// A key of before may be of another algorithm than the present one.
    fn fallback(&self, text: &str) -> Result<VerifyingKey, KeyError> {
        let jwk = text.trim_start().starts_with('{').then(|| Jwk::read(text.trim())).and_then(Result::ok);
        let is_pem = pem::is_pem(text);
        let mut algorithms = match &jwk {
            Some(jwk) => jwk.algorithm()?.map_or_else(|| self.algorithms_for(of_type(jwk.key_type())), |own| vec![own]),
            None if is_pem => {
                self.algorithms_for(&[Algorithm::RS256, Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA])
            }
            None => self.algorithms_for(&[Algorithm::HS256]),
        };
        // A public key is no secret, whatever was lost of its frame: whoever holds it could sign.
        let is_secret = jwk.is_none() && !is_pem && !self.algorithm.is_symmetric();
        if is_secret && text.trim().contains('\n') {
            return Err(KeyError::NotAKey { algorithm: self.algorithm });
        }
        let load = |algorithm| match jwk {
            Some(_) => self.fallback_jwk(algorithm, text.trim()),
            None => self.fallback_text(algorithm, text),
        };
        let mut fault = match load(algorithms.remove(0)) {
            Err(KeyError::SecretIsAKey { .. }) if is_secret => KeyError::NotAKey { algorithm: self.algorithm },
            Err(fault) => fault,
            Ok(key) => return Ok(key),
        };
        for algorithm in algorithms {
            match load(algorithm) {
                Ok(key) => return Ok(key),
                // What is wrong with a key of the right kind says more.
                Err(better) if matches!(fault, KeyError::WrongKind { .. }) => fault = better,
                Err(_) => {}
            }
        }
        Err(fault)
    }

    /// The usual algorithms of a kind of key, the present one first if it is of that kind.
    fn algorithms_for(&self, usual: &[Algorithm]) -> Vec<Algorithm> {
        let is_of_kind = usual.iter().any(|usual| is_same_kind(*usual, self.algorithm));
        let present = is_of_kind.then_some(self.algorithm);
        present.into_iter().chain(usual.iter().copied().filter(|usual| Some(*usual) != present)).collect()
    }

    fn fallback_text(&self, algorithm: Algorithm, text: &str) -> Result<VerifyingKey, KeyError> {
        match VerifyingKey::load_with(algorithm, text, None, self.strictness) {
            Err(KeyError::PrivateKeyGiven) => {
                SigningKey::load_with(algorithm, text, None, self.strictness).map(|key| key.verifying_key())
            }
            other => other,
        }
    }

    fn fallback_jwk(&self, algorithm: Algorithm, text: &str) -> Result<VerifyingKey, KeyError> {
        match VerifyingKey::from_jwk(algorithm, text, JwkOrigin::Local, self.strictness) {
            Err(KeyError::PrivateKeyGiven) => {
                SigningKey::from_jwk(algorithm, text, None, self.strictness).map(|key| key.verifying_key())
            }
            other => other,
        }
    }
}
