//! The key of the clients' marks.

use super::{ClientMark, SessionId};
use crate::keys::derived_key;
use aws_lc_rs::hmac;
use std::fmt;

/// Makes [`ClientMark`]s. Derived from the signing key, so that every node makes the same ones and the database holds none; a
/// changed signing key makes everybody another client once.
pub(crate) struct ClientKey(hmac::Key);

impl ClientKey {
    /// From the text of the signing key.
    pub(crate) fn from_secret(signing_key: &str) -> Self {
        Self(derived_key(signing_key, b"jwt-auth client mark 1"))
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
