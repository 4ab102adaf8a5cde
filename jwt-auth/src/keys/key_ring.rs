//! All keys of one configuration.

use super::{Algorithm, KeyError, KeyStrictness, SigningKey, VerifyingKey};
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
    /// Each may be the old private key or its public half.
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
            strictness: if settings.profile.rules().strong_secrets {
                KeyStrictness::Hardened
            } else {
                KeyStrictness::Lenient
            },
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

    fn fallback(&self, text: &str) -> Result<VerifyingKey, KeyError> {
        match VerifyingKey::load_with(self.algorithm, text, None, self.strictness) {
            Err(KeyError::PrivateKeyGiven) => {
                SigningKey::load_with(self.algorithm, text, None, self.strictness).map(|key| key.verifying_key())
            }
            other => other,
        }
    }
}
