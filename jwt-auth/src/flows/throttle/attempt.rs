//! One try to log in, from the look at the counts to what its outcome adds to them.

use super::in_flight::Tracked;
use super::limit::Counted;
use super::{NameMark, Throttle};
use crate::auth::JwtAuth;
use crate::clock::Timestamp;
use crate::error::{AuthError, StoreError};
use crate::flows::Client;
use crate::store::{AnyTokenStore, TokenStore};
use crate::user::User;
use std::sync::OnceLock;
use std::time::Duration;

/// Who tries to log in.
#[derive(Clone, Copy)]
pub(crate) enum Attempted<'a> {
    /// Whoever has this name.
    Name(&'a str),
    /// The user of a session, with the mark of the name under which they logged in, where there is one.
    #[cfg_attr(not(feature = "password"), allow(dead_code, reason = "by a password alone"))]
    User(&'a str, Option<NameMark>),
}

/// A try that may go on.
pub(crate) struct Attempt<'a> {
    who: Attempted<'a>,
    client: &'a Client,
    /// What the client shows as the cookie of a known device.
    device: Option<&'a str>,
    /// Who it is, once that is proven.
    proven: OnceLock<String>,
    /// None where nobody is throttled.
    under: Option<Under>,
}

/// What a try counts under.
struct Under {
    name: NameMark,
    counted: Vec<Counted>,
    tracked: Tracked,
    /// Where the try of a known device counts beside that, once it is known to be one.
    devices: Option<Vec<Counted>>,
}

/// Whether a refusal says nothing of the credentials: an outage, or a fault of the program.
pub(crate) const fn blames_nobody(error: &AuthError) -> bool {
    matches!(
        error,
        AuthError::Unavailable(_)
            | AuthError::RevocationStale
            | AuthError::Busy { .. }
            | AuthError::NotIssued(_)
            | AuthError::Misconfigured(_)
    )
}

impl<U: User> JwtAuth<U> {
    /// Whether somebody may try to log in now. `device`: what the client shows as the cookie of a known device.
    ///
    /// # Errors
    /// [`AuthError::Throttled`], whether or not there is such a user; nothing is counted then, and no password is looked at.
    pub(crate) async fn attempt<'a>(
        &self,
        who: Attempted<'a>,
        client: &'a Client,
        device: Option<&'a str>,
    ) -> Result<Attempt<'a>, AuthError> {
        let attempt = Attempt { who, client, device, proven: OnceLock::new(), under: None };
        let Some(throttle) = &self.parts().throttle else { return Ok(attempt) };
        let name = match who {
            Attempted::Name(typed) => throttle.buckets.name(typed),
            Attempted::User(user_id, mark) => mark.unwrap_or_else(|| throttle.buckets.user(user_id)),
        };
        let now = self.now();
        let stranger = throttle.buckets.of_a_stranger(name, client.ip.as_deref());
        let mut under = self.look(throttle, name, stranger, now).await;
        if under.wait(now).is_none() {
            return Ok(attempt.under(under));
        }
        let user_id = self.user_tried(who, name).await?;
        let of_the_name = throttle.buckets.of_the_name(name).bucket;
        if let Some(changed_at) = self.credentials_changed_at(&user_id).await {
            let counted = under.counted.iter_mut().filter(|counted| counted.bucket == of_the_name);
            counted.for_each(|counted| *counted = counted.without(changed_at));
        }
        let Some(mut wait) = under.wait(now) else { return Ok(attempt.under(under)) };
        drop(under);
        let devices = self.known_devices(throttle, &user_id, client, device, now).await;
        for (at, device) in devices.iter().enumerate() {
            let mut under = self.look(throttle, name, device.clone(), now).await;
            if let Some(of_the_device) = under.wait(now) {
                wait = wait.min(of_the_device);
                continue;
            }
            // One that is known by two signs is one device.
            let others = devices.iter().enumerate().filter(|(other, _)| *other != at);
            under.devices = Some(others.flat_map(|(_, device)| device.iter().copied()).collect());
            return Ok(attempt.under(under));
        }
        Err(throttled(wait))
    }

    async fn look(&self, throttle: &Throttle, name: NameMark, mut counted: Vec<Counted>, now: Timestamp) -> Under {
        // Before the look: what fails after it is seen beside this try.
        let tracked = throttle.in_flight.enter(counted.iter().map(|counted| counted.bucket));
        throttle.counters.read(self.counting_store(), &mut counted, now).await;
        Under { name, counted, tracked, devices: None }
    }

    /// The user who is tried. Where there is none it is nobody's id, of whom the stores are asked the same.
    async fn user_tried(&self, who: Attempted<'_>, name: NameMark) -> Result<String, StoreError> {
        let typed = match who {
            Attempted::Name(typed) => typed,
            Attempted::User(user_id, _) => return Ok(user_id.to_owned()),
        };
        let users = self.parts().users.as_deref().filter(|_| !typed.contains('\0'));
        let user = match users {
            Some(users) => users.find_by_username(typed).await?,
            None => None,
        };
        Ok(user.map_or_else(|| name.to_string(), |user| user.identity().id))
    }

    /// Where the try of a known device counts as such, beside the address; none for one that is not known, or cannot be told now.
    async fn devices_of(&self, throttle: &Throttle, attempt: &Attempt<'_>, under: &Under) -> Vec<Counted> {
        if let Some(devices) = &under.devices {
            return devices.clone();
        }
        let now = self.now();
        let Ok(user_id) = self.user_tried(attempt.who, under.name).await else { return Vec::new() };
        let devices = self.known_devices(throttle, &user_id, attempt.client, attempt.device, now).await;
        let mut devices = devices.concat();
        if !devices.is_empty() {
            throttle.counters.read(self.counting_store(), &mut devices, now).await;
        }
        devices
    }

    /// When all sessions of a user were last ended, as by a change of the password: what was tried before is over.
    async fn credentials_changed_at(&self, user_id: &str) -> Option<Timestamp> {
        let store = self.parts().store.as_ref().filter(|store| store.capabilities().revocations)?;
        match store.raised_at(user_id).await {
            Ok(raised_at) => raised_at,
            Err(error) => {
                tracing::debug!(target: "jwt_auth", ?error, "whether a password was changed cannot be told now");
                None
            }
        }
    }

    /// What a try has come to: failures are counted, a success forgets them. An outage is neither.
    ///
    /// # Errors
    /// That of the outcome; or [`AuthError::Throttled`] where so many others have failed meanwhile that it came too late.
    pub(crate) async fn conclude<T>(
        &self,
        attempt: Attempt<'_>,
        outcome: Result<T, AuthError>,
    ) -> Result<T, AuthError> {
        let (Some(throttle), Some(under)) = (&self.parts().throttle, &attempt.under) else { return outcome };
        let store = self.counting_store();
        let error = match outcome {
            Ok(done) => {
                if under.has_own_failures() {
                    let mut forgotten = under.own().to_vec();
                    if let Some(user_id) = attempt.proven.get() {
                        let Attempt { client, device, .. } = attempt;
                        forgotten.extend(self.devices_of_success(throttle, user_id, client, device, self.now()));
                    }
                    throttle.counters.forget(store, &forgotten).await;
                }
                return Ok(done);
            }
            Err(error) => error,
        };
        let is_late = under.is_late();
        if blames_nobody(&error) || (matches!(error, AuthError::Throttled { .. }) && !is_late) {
            return Err(error);
        }
        under.tracked.fail();
        let devices = self.devices_of(throttle, &attempt, under).await;
        let mut failed = under.counted.clone();
        if !devices.is_empty() {
            // Of strangers only.
            let of_the_name = throttle.buckets.of_the_name(under.name).bucket;
            failed.retain(|counted| counted.bucket != of_the_name);
            failed.extend(devices);
        }
        let now = self.now();
        let failures = throttle.counters.count(store, &failed, now).await;
        if !is_late {
            return Err(error);
        }
        let counted = failed.iter().zip(failures).map(|(counted, failures)| counted.holding(failures, now));
        Err(throttled(longest_wait(counted, now).unwrap_or(SOON)))
    }

    fn counting_store(&self) -> Option<&AnyTokenStore> {
        self.parts().store.as_ref().filter(|store| store.capabilities().failures)
    }
}

impl Attempt<'_> {
    fn under(self, under: Under) -> Self {
        Self { under: Some(under), ..self }
    }

    /// Notes that it is this user, and says whether it is still in time: a right password that is one of many tries at once is not looked at.
    ///
    /// # Errors
    /// [`AuthError::Throttled`] where so many others have failed since it began that it would have had to wait.
    pub(crate) fn prove(&self, user_id: String) -> Result<(), AuthError> {
        // Once is enough.
        let _ = self.proven.set(user_id);
        match &self.under {
            Some(under) if under.is_late() => Err(throttled(SOON)),
            _ => Ok(()),
        }
    }

    /// The mark of the name, for the session's row.
    pub(crate) fn name(&self) -> Option<NameMark> {
        self.under.as_ref().map(|under| under.name)
    }
}

impl Under {
    fn wait(&self, now: Timestamp) -> Option<Duration> {
        longest_wait(self.counted.iter().copied(), now)
    }

    fn is_late(&self) -> bool {
        let beside = self.tracked.failed_beside();
        let mut beside = self.counted.iter().zip(beside);
        beside.any(|(counted, beside)| {
            beside > 0 && counted.failures.count.saturating_add(beside) >= counted.limit.free()
        })
    }

    /// What a success forgets: all but the address, as who has one good password must not be free to try others' from there.
    fn own(&self) -> &[Counted] {
        self.counted.get(..2).unwrap_or(&self.counted)
    }

    fn has_own_failures(&self) -> bool {
        let mut own = self.own().iter().zip(self.tracked.failed_beside());
        own.any(|(counted, beside)| counted.failures.count > 0 || beside > 0)
    }
}

/// In whole seconds, and not a moment too early.
fn throttled(wait: Duration) -> AuthError {
    AuthError::Throttled { retry_after: Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0)) }
}

fn longest_wait(counted: impl Iterator<Item = Counted>, now: Timestamp) -> Option<Duration> {
    counted.filter_map(|counted| counted.wait(now)).max()
}

/// Where the true wait is said by the count that follows.
const SOON: Duration = Duration::from_secs(1);
