//! The key of the clients' marks.

use super::{ClientMark, SessionId};
use aws_lc_rs::hmac;
use std::fmt;

/// Makes [`ClientMark`]s. Derived from the signing key, so that every node makes the same ones and the database holds none; a
/// changed signing key makes everybody another client once.
pub(crate) struct ClientKey(hmac::Key);

impl ClientKey {
    /// From the text of the signing key.
    pub(crate) fn from_secret(signing_key: &str) -> Self {
        // A PEM is written in many ways and means one key. A secret is what it is, to the last blank.
        let text = if signing_key.trim_start().starts_with("-----BEGIN") {
            signing_key.replace("\\n", "").split_ascii_whitespace().collect::<String>()
        } else {
            signing_key.to_owned()
        };
        let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, text.as_bytes()), b"jwt-auth client mark 1");
        Self(hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()))
    }

    /// The mark of a client of this session.
    pub(crate) fn mark(&self, sid: SessionId, user_agent: Option<&str>, ip: Option<&str>) -> ClientMark {
        ClientMark::of(&self.0, sid, user_agent, ip)
    }
}

impl fmt::Debug for ClientKey {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientKey").finish_non_exhaustive()
    }
}
