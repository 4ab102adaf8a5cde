//! From bytes to verified claims: everything a security review starts with, in one folder.
//!
//! The order matters: nothing but the header is looked into before the signature is good, so that an attacker without the key
//! reaches only a length check, a split, and a strict reader of a small object.

pub(crate) mod checks;
pub(crate) mod header;
pub(crate) mod policy;
mod verified;

pub use verified::VerifiedToken;

use crate::base64url;
use crate::clock::Timestamp;
use crate::compact::Parts;
use crate::error::TokenError;
use crate::keys::{KeyFault, KeyRing, VerifyingKey};
use crate::settings::Settings;
use checks::Checks;
pub(crate) use checks::Occasion;
use header::{Header, KnownHeaders};
use policy::Policy;

/// Checks tokens against keys and the rules of one configuration.
///
/// ```
/// use jwt_auth::{Secret, Settings};
/// use jwt_auth::clock::Timestamp;
/// use jwt_auth::error::TokenError;
/// use jwt_auth::keys::KeyRing;
/// use jwt_auth::verify::Verifier;
///
/// let settings = Settings::new(Secret::generate()?);
/// let (signing, verifying) = KeyRing::from_settings(&settings).expect("good keys").into_parts();
/// let verifier = Verifier::new(&settings, verifying);
///
/// let token = signing.expect("there is one").sign(
///     r#"{"token_type":"access","exp":1300,"iat":1000,"jti":"f00d","user_id":"1"}"#,
/// );
/// let verified = verifier.verify(&token, Timestamp::from_seconds(1200))?;
/// assert_eq!(verified.user_id(), Some("1"));
/// let late = verifier.verify(&token, Timestamp::from_seconds(1330));
/// assert_eq!(late.err(), Some(TokenError::Expired));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "decode")]
#[doc(alias = "JwtDecoder")]
#[derive(Debug)]
pub struct Verifier {
    keys: Vec<VerifyingKey>,
    headers: KnownHeaders,
    checks: Checks,
    longest: usize,
    /// The first key is our own and has a name that the settings gave it: it may have had another one.
    is_named_by_us: bool,
    policy: &'static dyn Policy,
}

impl Verifier {
    /// `keys`: the current one first, then the fallback keys; a token without `kid` is tried with them in this order.
    ///
    /// How long a token lives is bounded by `max_token_lifetime` alone, and only without a `signing_key`, when another service
    /// issues the tokens: what was issued with a key of our own is accepted to its end.
    pub fn new(settings: &Settings, keys: Vec<VerifyingKey>) -> Self {
        let first = keys.first().and_then(VerifyingKey::key_id);
        Self {
            is_named_by_us: settings.signing_key.is_some() && first.is_some() && first == settings.key_id.as_deref(),
            headers: KnownHeaders::for_keys(&keys),
            keys,
            checks: Checks::new(settings),
            longest: settings.max_token_bytes,
            policy: settings.profile.policy(),
        }
    }

    /// With the keys that the settings name.
    ///
    /// # Errors
    /// Every key setting that cannot be used.
    pub fn from_settings(settings: &Settings) -> Result<Self, Vec<KeyFault>> {
        let (_, keys) = KeyRing::from_settings(settings)?.into_parts();
        Ok(Self::new(settings, keys))
    }

    /// The keys it checks with.
    pub fn keys(&self) -> &[VerifyingKey] {
        &self.keys
    }

    /// Checks everything but the token's type: size, shape, header, signature, payload, times, issuer, audience, id.
    ///
    /// # Errors
    /// The first check that failed. What is in the payload is only judged, and only told, after a good signature.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<VerifiedToken, TokenError> {
        self.verify_on(token, Occasion { now, ..Occasion::default() })
    }

    /// Checks issuer and audience of a token that was verified without them.
    pub(crate) fn check_addressed(&self, token: &VerifiedToken) -> Result<(), TokenError> {
        self.checks.check_addressed(token.raw_claim("iss"), token.raw_claim("aud"))
    }

    pub(crate) fn verify_on(&self, token: &str, on: Occasion) -> Result<VerifiedToken, TokenError> {
        if token.len() > self.longest {
            return Err(TokenError::TooLong);
        }
        let parts = Parts::split(token).ok_or(TokenError::Malformed)?;
        match self.headers.find(parts.header) {
            Some(header) => self.check_signature(header, &parts)?,
            None => {
                let header = Header::read(parts.header, self.policy)?;
                self.check_signature(&header, &parts)?;
                self.headers.learn(parts.header, header);
            }
        }
        let payload = base64url::decode(parts.payload).map_err(|_| TokenError::Malformed)?;
        let payload = String::from_utf8(payload).map_err(|_| TokenError::BadPayload)?;
        self.checks.judge(payload, self.policy, on)
    }

    /// What [`verify`](Self::verify) would say, in the moment of its issue, of a token of ours that has this length and payload.
    pub(crate) fn judge_own(&self, length: usize, payload: String, at: Timestamp) -> Result<VerifiedToken, TokenError> {
        if length > self.longest {
            return Err(TokenError::TooLong);
        }
        self.checks.judge(payload, self.policy, Occasion { now: at, ..Occasion::default() })
    }

    fn check_signature(&self, header: &Header, parts: &Parts<'_>) -> Result<(), TokenError> {
        /// 512 bits of HMAC, or two numbers of P-384.
        const SHORT: usize = 96;
        /// RSA with 8192 bits.
        const LONG: usize = 1024;
        // Base64 decoders want whole groups of three bytes.
        if parts.signature.len() <= SHORT / 3 * 4 {
            self.check_decoded(header, parts, &mut [0; SHORT])
        } else if parts.signature.len() <= (LONG * 4).div_ceil(3) {
            self.check_decoded(header, parts, &mut [0; LONG + 2])
        } else {
            Err(TokenError::BadSignature)
        }
    }

    fn check_decoded(&self, header: &Header, parts: &Parts<'_>, buffer: &mut [u8]) -> Result<(), TokenError> {
        let signature = base64url::decode_into(parts.signature, buffer).map_err(|_| TokenError::Malformed)?;
        let mut tried = false;
        for key in self.candidates(header)? {
            if key.accepts(parts.signed.as_bytes(), signature) {
                return Ok(());
            }
            tried = true;
        }
        Err(if tried { TokenError::BadSignature } else { TokenError::UnknownKey })
    }

    /// The keys that may have signed it: of its algorithm, and of its `kid` when a key has that. A `kid` that names no key
    /// leaves the keys without one, which fallback keys are: their tokens keep the `kid` they were issued with. So do those of our own
    /// key, which may have had another name then.
    fn candidates<'a>(&'a self, header: &'a Header) -> Result<impl Iterator<Item = &'a VerifyingKey>, TokenError> {
        let fits = |key: &VerifyingKey| key.algorithm() == header.algorithm;
        if !self.keys.iter().any(fits) {
            return Err(TokenError::AlgorithmNotAllowed);
        }
        let wanted = header.key_id.as_deref();
        let named = wanted.filter(|wanted| self.keys.iter().any(|key| key.key_id() == Some(wanted)));
        let allowed = move |at: usize, key: &VerifyingKey| match (wanted, named) {
            (None, _) => true,
            (Some(_), Some(named)) => key.key_id() == Some(named),
            (Some(_), None) => key.key_id().is_none() || (at == 0 && self.is_named_by_us),
        };
        let keys = self.keys.iter().enumerate();
        Ok(keys.filter(move |(at, key)| fits(key) && allowed(*at, key)).map(|(_, key)| key))
    }
}
