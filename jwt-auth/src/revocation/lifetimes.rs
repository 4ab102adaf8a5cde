//! Which tokens a node need not ask the store about.

use super::TokenFacts;
use crate::store::KnownLifetime;
use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// The lifetimes that the store remembers, as far as this node knows, and the tokens beyond them that were looked up.
#[derive(Default)]
pub(super) struct Lifetimes {
    /// Filled from the front. A node that has heard of as many as fit looks the others up.
    known: [OnceLock<KnownLifetime>; 32],
    /// By the digest of the token's claims: until when, by the monotonic clock, no revocation of after the look is forgotten.
    looked_up: Mutex<HashMap<[u8; 32], Duration>>,
}

/// So many tokens are remembered at once; they all live longer than anything in use.
const MOST_LOOKED_UP: usize = 10_000;

impl Lifetimes {
    /// Takes in what the store answered.
    pub(super) fn know(&self, lifetimes: &[KnownLifetime]) {
        for new in lifetimes {
            for place in &self.known {
                if place.get() == Some(new) || place.set(*new).is_ok() {
                    break;
                }
            }
        }
    }

    /// Whether no revocation that concerns the token can have been forgotten while it lives. `late`: what clocks and writes may be late;
    /// `leeway`: so far ahead its issuer's clock may be.
    pub(super) fn cover(&self, token: &TokenFacts<'_>, late: Duration, leeway: Duration) -> bool {
        let Some(issued_at) = token.issued_at else { return false };
        let lifetime = token.expires_at.since(issued_at).saturating_add(late);
        let mut known = self.known.iter().map_while(OnceLock::get);
        known.any(|known| known.covers(lifetime, issued_at) && known.covers(lifetime, issued_at.before(leeway)))
    }

    /// Whether the token was looked up and what was revoked since is still kept.
    pub(super) fn was_looked_up(&self, token: &[u8; 32], now: Duration) -> bool {
        self.looked_up().get(token).is_some_and(|until| *until > now)
    }

    /// Notes that the token was looked up, just before `now`, and is good.
    pub(super) fn note(&self, token: [u8; 32], now: Duration, until: Duration) {
        let mut looked_up = self.looked_up();
        if looked_up.len() >= MOST_LOOKED_UP {
            looked_up.retain(|_, until| *until > now);
            if looked_up.len() >= MOST_LOOKED_UP {
                looked_up.clear();
            }
        }
        looked_up.insert(token, until);
    }

    fn looked_up(&self) -> std::sync::MutexGuard<'_, HashMap<[u8; 32], Duration>> {
        self.looked_up.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
