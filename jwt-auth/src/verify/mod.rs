//! From bytes to verified claims: everything a security review starts with, in one folder.
//!
//! The order matters: nothing but the header is looked into before the signature is good, so that an attacker without the key
//! reaches only a length check, a split, and a strict reader of a small object.

pub(crate) mod checks;
pub(crate) mod header;
mod key_set;
pub(crate) mod policy;
mod verified;

pub(crate) use key_set::KeySet;
pub use verified::VerifiedToken;

use crate::base64url;
use crate::clock::Timestamp;
use crate::compact::Parts;
use crate::error::TokenError;
use crate::keys::{Current, KeyFault, KeyRing, ScheduledRing, VerifyingKey};
use crate::settings::Settings;
use checks::Checks;
pub(crate) use checks::Occasion;
use header::Header;
use policy::Policy;
use std::sync::Arc;

/// Checks tokens against keys and the rules of one configuration.
///
/// ```
/// use jwt_auth::{Secret, Settings, clock::Timestamp, error::TokenError, keys::KeyRing, verify::Verifier};
///
/// let settings = Settings::new(Secret::generate()?);
/// let (signing, verifying) = KeyRing::from_settings(&settings).expect("good keys").into_parts();
/// let verifier = Verifier::new(&settings, verifying);
///
/// let claims = r#"{"token_type":"access","exp":1300,"iat":1000,"jti":"f00d","user_id":"1"}"#;
/// let token = signing.expect("there is one").sign(claims);
/// assert_eq!(verifier.verify(&token, Timestamp::from_seconds(1200))?.user_id(), Some("1"));
/// assert_eq!(verifier.verify(&token, Timestamp::from_seconds(1330)).err(), Some(TokenError::Expired));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "decode")]
#[doc(alias = "JwtDecoder")]
#[derive(Debug)]
pub struct Verifier {
    keys: Current<KeySet>,
    /// The name that our own key has by the settings, or by its thumbprint.
    own_key_id: Option<String>,
    checks: Checks,
    longest: usize,
    policy: &'static dyn Policy,
}

impl Verifier {
    /// `keys`: the current one first, then the fallback keys; a token without `kid` is tried with them in this order.
    ///
    /// How long a token lives is bounded by `max_token_lifetime` alone, and only without a `signing_key`, when another service
    /// issues the tokens: what was issued with a key of our own is accepted to its end.
    pub fn new(settings: &Settings, keys: Vec<VerifyingKey>) -> Self {
        let own_key_id = settings.key_id.clone().or_else(|| keys.first()?.thumbprint().ok());
        let own_key_id = own_key_id.filter(|_| settings.signing_key.is_some());
        Self {
            keys: Current::new(KeySet::new(keys, own_key_id.as_deref())),
            own_key_id,
            checks: Checks::new(settings),
            longest: settings.max_token_bytes,
            policy: settings.profile.policy(),
        }
    }

    /// For the tokens of an issuer beside the service itself.
    pub(crate) fn for_further_issuer(settings: &Settings, keys: Vec<VerifyingKey>) -> Self {
        let mut verifier = Self::new(settings, keys);
        verifier.checks.further = settings.issuer.as_deref().map(Into::into);
        verifier
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
    pub fn keys(&self) -> Vec<VerifyingKey> {
        self.keys.last().keys().to_vec()
    }

    /// From now on it checks with the keys that the ring has at each moment.
    pub(crate) fn follow(&self, ring: &Arc<ScheduledRing>) {
        self.keys.follow(Arc::clone(ring));
    }

    pub(crate) fn key_set(&self, now: Timestamp) -> Arc<KeySet> {
        self.keys.at(now, |keys| KeySet::new(keys, self.own_key_id.as_deref()))
    }

    /// From now on these are the keys. What was verified before with others is verified anew.
    pub(crate) fn replace_keys(&self, keys: Vec<VerifyingKey>) {
        self.keys.replace(KeySet::new(keys, self.own_key_id.as_deref()));
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
        self.checks.check_addressed(token.raw_claim("iss"), token.raw_claim(&self.checks.audience_claim.name))
    }

    pub(crate) fn verify_on(&self, token: &str, on: Occasion) -> Result<VerifiedToken, TokenError> {
        self.verify_with(&self.key_set(on.now), token, on)
    }

    /// With the keys of this moment, which are held until it is done.
    pub(crate) fn verify_with(&self, keys: &KeySet, token: &str, on: Occasion) -> Result<VerifiedToken, TokenError> {
        if token.len() > self.longest {
            return Err(TokenError::TooLong);
        }
        let parts = Parts::split(token).ok_or(TokenError::Malformed)?;
        match keys.headers.find(parts.header) {
            Some(header) => keys.check_signature(header, &parts)?,
            None => {
                let header = Header::read(parts.header, self.policy)?;
                keys.check_signature(&header, &parts)?;
                keys.headers.learn(parts.header, header);
            }
        }
        let payload = base64url::decode(parts.payload).map_err(|_| TokenError::Malformed)?;
        let payload = String::from_utf8(payload).map_err(|_| TokenError::BadPayload)?;
        self.checks.judge(payload, self.policy, on)
    }

    /// Whether a token that was verified with these keys would pass at this moment as well.
    pub(crate) fn still_accepts(&self, token: &VerifiedToken, keys: &Arc<KeySet>, now: Timestamp) -> bool {
        self.keys.is_still(keys, now) && token.validity().covers(now, self.checks.leeway)
    }

    /// What [`verify`](Self::verify) would say, in the moment of its issue, of a token of ours that has this length and payload.
    pub(crate) fn judge_own(&self, length: usize, payload: String, at: Timestamp) -> Result<VerifiedToken, TokenError> {
        if length > self.longest {
            return Err(TokenError::TooLong);
        }
        self.checks.judge(payload, self.policy, Occasion { now: at, ..Occasion::default() })
    }
}
