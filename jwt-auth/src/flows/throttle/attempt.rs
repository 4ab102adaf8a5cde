//! One try to log in, from the look at the counts to what its outcome adds to them.

use super::in_flight::Tracked;
use super::limit::Counted;
use super::{NameMark, Throttle};
use crate::auth::JwtAuth;
use crate::clock::Timestamp;
use crate::error::AuthError;
use crate::flows::Client;
use crate::store::{AnyTokenStore, TokenStore};
use crate::user::User;
use std::time::Duration;

/// Who tries to log in.
pub(crate) enum Attempted<'a> {
    /// Whoever has this name.
    Name(&'a str),
    /// The user of a session, with the mark of the name under which they logged in, where there is one.
    User(&'a str, Option<NameMark>),
}

/// A try that may go on.
#[derive(Debug, Default)]
pub(crate) struct Attempt {
    name: Option<NameMark>,
    /// None where nobody is throttled.
    counted: Option<Under>,
}

#[derive(Debug)]
struct Under {
    counted: Vec<Counted>,
    tracked: Tracked,
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
    pub(crate) async fn attempt(
        &self,
        who: Attempted<'_>,
        client: &Client,
        device: Option<&str>,
    ) -> Result<Attempt, AuthError> {
        let Some(throttle) = &self.parts().throttle else { return Ok(Attempt::default()) };
        let name = match who {
            Attempted::Name(typed) => throttle.buckets.name(typed),
            Attempted::User(user_id, mark) => mark.unwrap_or_else(|| throttle.buckets.user(user_id)),
        };
        let now = self.now();
        let stranger = throttle.buckets.of_a_stranger(name, client.ip.as_deref());
        let mut under = self.look(throttle, stranger, now).await;
        if under.wait(now).is_none() {
            return Ok(Attempt { name: Some(name), counted: Some(under) });
        }
        // From here on the same is asked of the stores whether there is such a user or not.
        let user_id = match who {
            Attempted::Name(typed) => self.user_of_name(typed).await?.unwrap_or_else(|| name.to_string()),
            Attempted::User(user_id, _) => user_id.to_owned(),
        };
        let of_the_name = throttle.buckets.of_the_name(name).bucket;
        if let Some(changed_at) = self.credentials_changed_at(&user_id).await {
            let counted = under.counted.iter_mut().filter(|counted| counted.bucket == of_the_name);
            counted.for_each(|counted| *counted = counted.without(changed_at));
        }
        let Some(mut wait) = under.wait(now) else { return Ok(Attempt { name: Some(name), counted: Some(under) }) };
        drop(under);
        for device in self.known_devices(throttle, &user_id, client, device, now).await {
            let under = self.look(throttle, device, now).await;
            match under.wait(now) {
                None => return Ok(Attempt { name: Some(name), counted: Some(under) }),
                Some(of_the_device) => wait = wait.min(of_the_device),
            }
        }
        Err(throttled(wait))
    }

    async fn look(&self, throttle: &Throttle, mut counted: Vec<Counted>, now: Timestamp) -> Under {
        // Before the look: what fails after it is seen beside this try.
        let tracked = throttle.in_flight.enter(counted.iter().map(|counted| counted.bucket));
        throttle.counters.read(self.counting_store(), &mut counted, now).await;
        Under { counted, tracked }
    }

    async fn user_of_name(&self, typed: &str) -> Result<Option<String>, AuthError> {
        let Some(users) = self.parts().users.as_deref().filter(|_| !typed.contains('\0')) else { return Ok(None) };
        let user = users.find_by_username(typed).await?;
        Ok(user.map(|user| user.identity().id))
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
}

impl<U: Send + Sync + 'static> JwtAuth<U> {
    /// What a try has come to: failures are counted, a success forgets them. An outage is neither.
    ///
    /// # Errors
    /// That of the outcome; or [`AuthError::Throttled`] where so many others have failed meanwhile that it came too late.
    pub(crate) async fn conclude<T>(&self, attempt: Attempt, outcome: Result<T, AuthError>) -> Result<T, AuthError> {
        let (Some(throttle), Some(under)) = (&self.parts().throttle, &attempt.counted) else { return outcome };
        let store = self.counting_store();
        let error = match outcome {
            Ok(done) => {
                let forgotten = under.to_forget();
                if !forgotten.is_empty() {
                    throttle.counters.forget(store, forgotten).await;
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
        let now = self.now();
        let failures = throttle.counters.count(store, &under.counted, now).await;
        if !is_late {
            return Err(error);
        }
        let counted = under.counted.iter().zip(failures).map(|(counted, failures)| counted.holding(failures, now));
        Err(throttled(longest_wait(counted, now).unwrap_or(SOON)))
    }

    fn counting_store(&self) -> Option<&AnyTokenStore> {
        self.parts().store.as_ref().filter(|store| store.capabilities().failures)
    }
}

impl Attempt {
    /// Whether it is still in time: a right password that is one of many tries at once is not looked at.
    ///
    /// # Errors
    /// [`AuthError::Throttled`] where so many others have failed since it began that it would have had to wait.
    pub(crate) fn check(&self) -> Result<(), AuthError> {
        match &self.counted {
            Some(under) if under.is_late() => Err(throttled(SOON)),
            _ => Ok(()),
        }
    }

    /// The mark of the name, for the session's row.
    pub(crate) const fn name(&self) -> Option<NameMark> {
        self.name
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

    /// What a success forgets, none where there is nothing: all but the address, as who has one good password must not be free to try others'
    /// from there.
    fn to_forget(&self) -> &[Counted] {
        let own = self.counted.get(..2).unwrap_or(&self.counted);
        let mut of_own = own.iter().zip(self.tracked.failed_beside());
        if of_own.any(|(counted, beside)| counted.failures.count > 0 || beside > 0) { own } else { &[] }
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
