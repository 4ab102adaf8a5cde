//! The key of the clients' marks.

use super::{ClientMark, SessionId};
use aws_lc_rs::hmac;
use std::fmt;

/// Makes [`ClientMark`]s. Derived from the signing key, so that every node makes the same ones and the database holds none; and from older
/// secrets in `fallback_keys`, so that a changed key makes nobody another client.
pub(crate) struct ClientKey {
    newest: hmac::Key,
    former: Vec<hmac::Key>,
}

impl ClientKey {
    /// What its keys are derived for.
    pub(crate) const PURPOSE: &[u8] = b"jwt-auth client mark 1";

    /// From keys for this purpose, that of the signing key first.
    pub(crate) fn from_keys(keys: Vec<hmac::Key>) -> Option<Self> {
        let mut keys = keys.into_iter();
        Some(Self { newest: keys.next()?, former: keys.collect() })
    }

    /// The mark of a client of this session.
    pub(crate) fn mark(&self, sid: SessionId, user_agent: Option<&str>, ip: Option<&str>) -> ClientMark {
        ClientMark::of(&self.newest, sid, user_agent, ip)
    }

    /// What [`mark`](Self::mark) was, or is on another node, while one of the older keys signs.
    pub(crate) fn former_marks(&self, sid: SessionId, user_agent: Option<&str>, ip: Option<&str>) -> Vec<ClientMark> {
        self.former.iter().map(|key| ClientMark::of(key, sid, user_agent, ip)).collect()
    }
}

impl fmt::Debug for ClientKey {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientKey").finish_non_exhaustive()
    }
}
