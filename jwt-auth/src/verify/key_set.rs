//! The keys of one moment, and which of them a token may have been signed with.

use super::header::Header;
use crate::base64url;
use crate::compact::Parts;
use crate::error::TokenError;
use crate::keys::{KnownHeaders, VerifyingKey};

#[derive(Debug)]
pub(crate) struct KeySet {
    keys: Vec<VerifyingKey>,
    pub(super) headers: KnownHeaders,
    /// The first key is our own and has a name that the settings gave it: it may have had another one.
    first_was_renamed: bool,
}

impl KeySet {
    pub(super) fn new(keys: Vec<VerifyingKey>, own_key_id: Option<&str>) -> Self {
        let first = keys.first().and_then(VerifyingKey::key_id);
        let first_was_renamed = first.is_some() && first == own_key_id;
        Self { headers: KnownHeaders::for_keys(&keys), keys, first_was_renamed }
    }

    pub(crate) fn keys(&self) -> &[VerifyingKey] {
        &self.keys
    }

    pub(super) fn check_signature(&self, header: &Header, parts: &Parts<'_>) -> Result<(), TokenError> {
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
            (Some(_), None) => key.key_id().is_none() || (at == 0 && self.first_was_renamed),
        };
        let keys = self.keys.iter().enumerate();
        Ok(keys.filter(move |(at, key)| fits(key) && allowed(*at, key)).map(|(_, key)| key))
    }
}
