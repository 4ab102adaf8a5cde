//! All keys of one configuration.

use super::jwk::Jwk;
use super::key_type::KeyType;
use super::pem;
use super::secret_bytes::begins_like_key;
use super::{Algorithm, Curve, JwkOrigin, KeyError, KeyStrictness, SigningKey, VerifyingKey};
use crate::settings::{Settings, known_secret};

/// The keys that settings name: those that sign, if any, and all that verify.
#[derive(Debug)]
pub struct KeyRing {
    /// That of `signing_key` first, then those of `key_ring`.
    signing: Vec<SigningKey>,
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
    /// Loads `signing_key` and `verifying_key` for `algorithm`, under the name `key_id`, then `key_ring` and `fallback_keys`.
    ///
    /// In the hardened profile a key pair without a `key_id` is named by its thumbprint (RFC 7638), and so are those of `key_ring`, each under
    /// the `kid` of its own where it is a JWK that has one. A secret in `key_ring` is a JWK with a `kid`. Of a key that stands there twice, or in
    /// `signing_key` too, the first place counts.
    ///
    /// Without a `verifying_key` the public half of the signing key verifies; SimpleJWT would need both. For HMAC the
    /// `signing_key` does both, as there. Fallback keys carry no `kid`: they are tried for tokens that no other key claims.
    /// Each may be the old private key or its public half, and of another algorithm: that of the setting where it fits the
    /// key, else RS256, ES256, ES384 or EdDSA by its kind, and HS256 for a secret. As a JWK it says its own in `alg`.
    ///
    /// Where keys are to be fetched (`jwk_url`), there are none yet.
    ///
    /// A secret that everybody knows ([`KeyError::SecretIsKnown`]) is refused in the hardened profile.
    ///
    /// # Errors
    /// Every fault there is; that there is no key at all is one.
    pub fn from_settings(settings: &Settings) -> Result<Self, Vec<KeyFault>> {
        let mut faults = Vec::new();
        let mut keep = |setting: String, error| faults.push(KeyFault { setting, error });

        let loader = RingLoader::new(settings);
        let mut own = None;
        let mut verifying = Vec::new();
        if let Some(text) = &settings.signing_key {
            match loader.signing(text.expose()) {
                Ok(key) => own = Some(key),
                Err(error) => keep("signing_key".to_owned(), error),
            }
        }
        match (&settings.verifying_key, &own) {
            // SimpleJWT ignores VERIFYING_KEY for HMAC.
            (_, Some(key)) if key.algorithm().is_symmetric() => verifying.push(key.verifying_key()),
            (None, Some(key)) => verifying.push(key.verifying_key()),
            (Some(text), signing) => match loader.verifying(text.expose(), signing.as_ref()) {
                Ok(key) => verifying.push(key),
                Err(error) => keep("verifying_key".to_owned(), error),
            },
            // They come when they are fetched.
            (None, None) if settings.fetches_keys() => {}
            (None, None) if settings.signing_key.is_none() => {
                keep("signing_key".to_owned(), KeyError::Empty);
            }
            (None, None) => {}
        }
        let mut signing: Vec<SigningKey> = own.into_iter().collect();
        for (index, text) in settings.key_ring.iter().enumerate() {
            match loader.of_ring(text.expose()) {
                Ok(key) if signing.iter().any(|other| other.verifying_key().mark() == key.verifying_key().mark()) => {}
                Ok(key) => {
                    verifying.push(key.verifying_key());
                    signing.push(key);
                }
                Err(error) => keep(format!("key_ring[{index}]"), error),
            }
        }
        for (index, text) in settings.fallback_keys.iter().enumerate() {
            match loader.fallback(text.expose()) {
                Ok(key) => verifying.push(key),
                Err(error) => keep(format!("fallback_keys[{index}]"), error),
            }
        }
        if faults.is_empty() { Ok(Self { signing, verifying }) } else { Err(faults) }
    }

    /// The key of `signing_key`, which signs where no schedule names another; `None` when these settings only verify.
    pub fn signing(&self) -> Option<&SigningKey> {
        self.signing.first()
    }

    /// It and the keys of `key_ring`: all that may sign one day.
    pub fn all_signing(&self) -> &[SigningKey] {
        &self.signing
    }

    /// The keys that verify: the current one first, then those of `key_ring`, then the fallback keys.
    pub fn verifying(&self) -> &[VerifyingKey] {
        &self.verifying
    }

    /// The key of `signing_key` and all that verify, taken apart.
    pub fn into_parts(self) -> (Option<SigningKey>, Vec<VerifyingKey>) {
        (self.signing.into_iter().next(), self.verifying)
    }
}

struct RingLoader<'a> {
    algorithm: Algorithm,
    key_id: Option<&'a str>,
    strictness: KeyStrictness,
    /// Key pairs without a name are called by their thumbprint.
    names_pairs: bool,
}

impl<'a> RingLoader<'a> {
    fn new(settings: &'a Settings) -> Self {
        Self {
            algorithm: settings.algorithm,
            key_id: settings.key_id.as_deref(),
            strictness: if settings.profile.rules().strong_secrets {
                KeyStrictness::Hardened
            } else {
                KeyStrictness::Lenient
            },
            names_pairs: settings.profile.rules().names_pairs,
        }
    }

    fn signing(&self, text: &str) -> Result<SigningKey, KeyError> {
        let key = SigningKey::load_with(self.algorithm, text, self.key_id, self.strictness)?;
        if self.algorithm.is_symmetric() {
            self.refuse_known(self.algorithm, text.as_bytes())?;
        }
        self.named(key)
    }

    fn verifying(&self, text: &str, signing: Option<&SigningKey>) -> Result<VerifyingKey, KeyError> {
        let key = VerifyingKey::load_with(self.algorithm, text, self.key_id, self.strictness)?;
        let Some(signing) = signing else { return Ok(key) };
        signing.self_check(&key)?;
        key.with_key_id(signing.key_id())
    }

    /// A private key of any algorithm.
    fn of_ring(&self, text: &str) -> Result<SigningKey, KeyError> {
        let trimmed = text.trim();
        if trimmed.starts_with('{') {
            let (jwk, algorithm) = self.jwk(trimmed)?;
            let key = SigningKey::from_jwk(algorithm, trimmed, None, self.strictness)?;
            return if jwk.is_symmetric() && key.key_id().is_none() { Err(KeyError::Unnamed) } else { self.named(key) };
        }
        if trimmed.is_empty() {
            return Err(KeyError::Empty);
        }
        if !pem::is_pem(trimmed) {
            return Err(KeyError::Unnamed);
        }
        let (kind, der) = pem::read_pem(self.algorithm, trimmed)?;
        let algorithm = self.algorithm_for(kind.key_type(&der)?);
        self.named(SigningKey::load_with(algorithm, trimmed, None, self.strictness)?)
    }

    fn named(&self, key: SigningKey) -> Result<SigningKey, KeyError> {
        if key.key_id().is_some() || key.algorithm().is_symmetric() || !self.names_pairs {
            return Ok(key);
        }
        let thumbprint = key.verifying_key().thumbprint()?;
        key.with_key_id(Some(&thumbprint))
    }

    fn fallback(&self, text: &str) -> Result<VerifyingKey, KeyError> {
        let trimmed = text.trim();
        if trimmed.starts_with('{') {
            return self.fallback_jwk(trimmed);
        }
        let algorithm = if pem::is_pem(trimmed) {
            let (kind, der) = pem::read_pem(self.algorithm, trimmed)?;
            self.algorithm_for(kind.key_type(&der)?)
        } else {
            self.algorithm_for(Some(KeyType::Secret))
        };
        if algorithm.is_symmetric() {
            // A public key is no secret, whatever was lost of its frame: whoever holds it could sign.
            let not_a_key = KeyError::NotAKey { algorithm: self.algorithm };
            let is_another = !self.algorithm.is_symmetric();
            if is_another && (begins_like_key(trimmed) || trimmed.contains('\n')) {
                return Err(not_a_key);
            }
            let key = match VerifyingKey::load_with(algorithm, text, None, self.strictness) {
                Err(KeyError::SecretIsAKey { .. }) if is_another => return Err(not_a_key),
                key => key?,
            };
            self.refuse_known(algorithm, text.as_bytes())?;
            return Ok(key);
        }
        match VerifyingKey::load_with(algorithm, text, None, self.strictness) {
            Err(KeyError::PrivateKeyGiven) => {
                SigningKey::load_with(algorithm, text, None, self.strictness).map(|key| key.verifying_key())
            }
            other => other,
        }
    }

    fn fallback_jwk(&self, text: &str) -> Result<VerifyingKey, KeyError> {
        let (jwk, algorithm) = self.jwk(text)?;
        match VerifyingKey::from_read_jwk(algorithm, &jwk, JwkOrigin::Local, self.strictness) {
            Err(KeyError::PrivateKeyGiven) => {
                SigningKey::from_jwk(algorithm, text, None, self.strictness).map(|key| key.verifying_key())
            }
            other => other,
        }
    }

    /// A JWK, which may say its own algorithm.
    fn jwk(&self, text: &str) -> Result<(Jwk, Algorithm), KeyError> {
        let jwk = Jwk::read(text)?;
        let own = jwk.algorithm()?;
        let algorithm = own.map_or_else(|| Ok(self.algorithm_for(Some(jwk.kind()?))), Ok)?;
        if jwk.is_symmetric() {
            self.refuse_known(algorithm, &jwk.bytes("k")?)?;
        }
        Ok((jwk, algorithm))
    }

    /// The algorithm of a key of this kind that does not say its own: a key has exactly one (RFC 8725 3.1).
    fn algorithm_for(&self, found: Option<KeyType>) -> Algorithm {
        match found {
            Some(KeyType::Secret) if self.algorithm.is_symmetric() => self.algorithm,
            Some(KeyType::Secret) => Algorithm::HS256,
            Some(found) if found.check(self.algorithm).is_ok() => self.algorithm,
            Some(KeyType::Rsa) => Algorithm::RS256,
            Some(KeyType::Ec(Curve::P256)) => Algorithm::ES256,
            Some(KeyType::Ec(Curve::P384)) => Algorithm::ES384,
            Some(KeyType::Ed25519) => Algorithm::EdDSA,
            // Loading it tells what it is.
            _ => self.algorithm,
        }
    }

    fn refuse_known(&self, algorithm: Algorithm, secret: &[u8]) -> Result<(), KeyError> {
        let Some(origin) = known_secret(secret) else { return Ok(()) };
        match self.strictness {
            KeyStrictness::Hardened => Err(KeyError::SecretIsKnown { origin, needed: algorithm.shortest_secret() }),
            // `Settings::insecure` tells of it.
            KeyStrictness::Lenient => Ok(()),
        }
    }
}
