//! Signing: claims to a compact token.

use crate::base64url;
use crate::keys::SigningKey;

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
        self.sign_under(self.header(), payload)
    }

    /// The payload under any header, which is base64url already.
    pub(crate) fn sign_under(&self, header: &str, payload: &str) -> String {
        let mut token = String::with_capacity(header.len() + payload.len() * 4 / 3 + 4 + 88);
        token.push_str(header);
        token.push('.');
        base64url::encode_onto(&mut token, payload);
        let signature = self.signature(token.as_bytes()).expect("a key that passed its self-check signs");
        token.push('.');
        base64url::encode_onto(&mut token, signature);
        token
    }
}
