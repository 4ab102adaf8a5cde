//! What an operator is told once.

#[cfg(feature = "password")]
use crate::password::Unread;
#[cfg(feature = "password")]
use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
#[cfg(feature = "password")]
use std::sync::{Mutex, PoisonError};

/// Notes which hints were given, so that each is given by the first request that shows the need and by no other.
#[derive(Debug, Default)]
pub(crate) struct Hints {
    nameless: AtomicBool,
    stranger: AtomicBool,
    /// Users whose stored hash cannot be read, and was told of.
    #[cfg(feature = "password")]
    unread: Mutex<HashSet<String>>,
}

/// So many users are told of one by one; of a whole table in one format the start tells.
#[cfg(feature = "password")]
const MOST_UNREAD: usize = 1000;

impl Hints {
    /// A login came without the client's address.
    pub(crate) fn login_without_an_address(&self) {
        if first(&self.nameless) {
            tracing::warn!(
                target: "jwt_auth",
                "a login came without the client's address, so sessions show none: serve with `into_make_service_with_connect_info::<SocketAddr>()`, or say who the client is (`Login::client`, or a `Client` among the request's extensions). This is said once.",
            );
        }
    }

    /// A login was tried whose user has a hash that cannot be checked, which looks like a wrong password to everybody else.
    #[cfg(feature = "password")]
    pub(crate) fn unread_hash(&self, user_id: &str, unread: Unread) {
        let mut told = self.unread.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() < MOST_UNREAD && told.insert(user_id.to_owned()) {
            tracing::warn!(
                target: "jwt_auth",
                user = user_id,
                format = unread.format(),
                setting = "password_hashers",
                remedy = %unread,
                "a user cannot log in: the password hash is of a format that is not read",
            );
        }
    }

    /// A request came with a header that only proxies should send, from elsewhere than a trusted one.
    pub(crate) fn forwarded_by_a_stranger(&self, peer: Option<IpAddr>) {
        if first(&self.stranger) {
            tracing::warn!(
                target: "jwt_auth",
                peer = peer.map(tracing::field::display),
                "`X-Forwarded-For` or `Forwarded` came from a peer that is not in `trusted_proxies`, and is not believed: if it is your proxy, list its address there, and serve with `into_make_service_with_connect_info::<SocketAddr>()`. This is said once.",
            );
        }
    }
}

fn first(said: &AtomicBool) -> bool {
    // Looked at first, so that later requests share the line and do not fight for it.
    !said.load(Ordering::Relaxed) && !said.swap(true, Ordering::Relaxed)
}
