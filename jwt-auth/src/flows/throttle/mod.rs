//! Whoever guesses passwords waits: failed logins are counted by name and user, by address and by both, and a device that the user is known to use is
//! counted by itself, so that nobody else can keep its owner out.

mod attempt;
mod buckets;
mod conclude;
mod counters;
mod devices;
mod in_flight;
mod limit;
mod login_mark;

pub(crate) use attempt::{Attempt, Attempted};
pub(crate) use buckets::NameMark;
pub(crate) use conclude::blames_nobody;
#[cfg(feature = "password")]
pub(super) use login_mark::name_of;

use crate::settings::Settings;
use crate::store::{AnyTokenStore, TokenStore};
use buckets::Buckets;
use counters::Counters;
use in_flight::InFlight;
use tokio::sync::Semaphore;

/// The throttle of a `JwtAuth`.
#[derive(Debug)]
pub(crate) struct Throttle {
    buckets: Buckets,
    counters: Counters,
    in_flight: InFlight,
    /// Who of those that have to wait may look through a list of sessions.
    list_turns: Semaphore,
}

impl Throttle {
    /// Of these settings; none where it is switched off, or nobody can log in. The store says whether devices can be known.
    pub(crate) fn of(settings: &Settings, store: Option<&AnyTokenStore>) -> Option<Self> {
        let key = settings.signing_key.as_ref().filter(|_| settings.login_throttle)?;
        let able = store.map(AnyTokenStore::capabilities);
        let knows_devices = able.is_some_and(|able| able.sessions && able.revocations);
        Some(Self {
            buckets: Buckets::from_secret(key.expose(), knows_devices),
            counters: Counters::default(),
            in_flight: InFlight::default(),
            list_turns: Semaphore::new(1),
        })
    }
}
