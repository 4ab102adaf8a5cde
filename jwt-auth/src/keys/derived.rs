//! Keys for other purposes than signing tokens.

use aws_lc_rs::hmac;

/// A key for this purpose, from the text of the signing key: every node makes the same one, no database holds it, and none of one purpose
/// says anything of another.
pub(crate) fn derived_key(signing_key: &str, purpose: &[u8]) -> hmac::Key {
    // A PEM is written in many ways and means one key. A secret is what it is, to the last blank.
    let text = if signing_key.trim_start().starts_with("-----BEGIN") {
        signing_key.replace("\\n", "").split_ascii_whitespace().collect::<String>()
    } else {
        signing_key.to_owned()
    };
    let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, text.as_bytes()), purpose);
    hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref())
}
