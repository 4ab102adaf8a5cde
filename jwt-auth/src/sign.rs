//! Signing: claims to a compact token.

use crate::keys::SigningKey;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

impl SigningKey {
    /// The payload as a token in compact form: `header.payload.signature` (RFC 7515 7.1).
    ///
    /// The header is `{"alg":..,"typ":"JWT"}`, with the key's `kid` between the two when it has one: SimpleJWT's bytes.
    ///
    /// # Panics
    /// When the cryptographic library cannot allocate memory. A loaded key has proved that it can sign, so nothing else
    /// can go wrong, whatever the payload is.
    #[must_use]
    pub fn sign(&self, payload: &str) -> String {
        let header = self.header();
        let mut token = String::with_capacity(header.len() + payload.len() * 4 / 3 + 4 + 88);
        token.push_str(header);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(payload, &mut token);
        let signature = self.signature(token.as_bytes()).expect("a key that passed its self-check signs");
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        token
    }
}
