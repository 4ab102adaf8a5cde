//! One try to log in: the look at the counts, before anything else is done. What it comes to is in `conclude.rs`.

use super::in_flight::Tracked;
use super::limit::{Counted, longest_wait};
use super::{NameMark, Throttle};
use crate::auth::JwtAuth;
use crate::clock::Timestamp;
use crate::error::{AuthError, StoreError};
use crate::flows::Client;
use crate::store::{AnyTokenStore, FailureBucket, TokenStore};
use crate::user::User;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Who tries to log in.
#[derive(Clone, Copy)]
pub(crate) enum Attempted<'a> {
    /// Whoever has this name.
    Name(&'a str),
    /// The user of a session, with the mark of the name under which they logged in, where there is one.
    #[cfg_attr(not(feature = "password"), allow(dead_code, reason = "by a password alone"))]
    User(&'a str, Option<NameMark>),
}

/// A try that may go on. One that is dropped before it was concluded has failed: whoever hangs up has seen what they wanted to see.
pub(crate) struct Attempt<U: User> {
    /// Who it is, once that is proven.
    pub(super) proven: OnceLock<String>,
    /// None where nobody is throttled, and once it is concluded.
    pub(super) under: Option<Under<U>>,
}

/// What a try counts under.
pub(super) struct Under<U> {
    pub(super) auth: JwtAuth<U>,
    pub(super) whose: Whose,
    pub(super) client: Client,
    /// What the client shows as the cookie of a known device.
    pub(super) device: Option<String>,
    pub(super) counted: Vec<Counted>,
    pub(super) tracked: Tracked,
    /// Where the try of a known device counts beside that, once it is known to be one.
    pub(super) devices: Option<Vec<Counted>>,
}

/// Whose tries are counted together: those of a name, in whichever spelling, and those of its user, by whichever name. By the name alone the
/// owner of one that is spelled alike would forget another's failures; and by the user alone a count that goes on under another spelling, or
/// does not, would tell whether there is one.
pub(super) struct Whose {
    /// None where a session does not say it.
    name: Option<NameMark>,
    /// None where the name is nobody's.
    pub(super) user_id: Option<String>,
}

/// When a throttled try is answered, after it came in. How many sessions of a user there are to look through, which takes some milliseconds at the
/// most, is not to be told by the time: nobody has any.
const REFUSED_AFTER: Duration = Duration::from_millis(50);

impl<U: User> JwtAuth<U> {
    /// Whether somebody may try to log in now. `device`: what the client shows as the cookie of a known device.
    ///
    /// # Errors
    /// [`AuthError::Throttled`], whether or not there is such a user; nothing is counted then, and no password is looked at.
    /// [`AuthError::Unavailable`] when it cannot be told who it is, or whether the device is known.
    pub(crate) async fn attempt(
        &self,
        who: Attempted<'_>,
        client: &Client,
        device: Option<&str>,
    ) -> Result<Attempt<U>, AuthError> {
        let Some(throttle) = &self.parts().throttle else {
            return Ok(Attempt { proven: OnceLock::new(), under: None });
        };
        let answer_at = Instant::now() + REFUSED_AFTER;
        let under = self.let_in(throttle, who, client, device).await;
        if matches!(under, Err(AuthError::Throttled { .. })) {
            sleep_until(answer_at).await;
        }
        Ok(Attempt { proven: OnceLock::new(), under: Some(under?) })
    }

    async fn let_in(
        &self,
        throttle: &Throttle,
        who: Attempted<'_>,
        client: &Client,
        device: Option<&str>,
    ) -> Result<Under<U>, AuthError> {
        let whose = self.whose(throttle, who).await?;
        let now = self.now();
        let stranger = throttle.buckets.of_a_stranger(&whose.marks(throttle), client.ip.as_deref());
        let (mut counted, tracked) = self.look(throttle, stranger, now).await;
        let user_id = whose.asked_id();
        if longest_wait(counted.iter().copied(), now).is_some()
            && let Some(changed_at) = self.credentials_changed_at(&user_id).await
        {
            let accounts = whose.accounts(throttle);
            let changed = counted.iter_mut().filter(|counted| accounts.contains(&counted.bucket));
            changed.for_each(|counted| *counted = counted.without(changed_at));
        }
        let under = |counted, tracked, devices| Under {
            auth: self.clone(),
            whose,
            client: client.clone(),
            device: device.map(str::to_owned),
            counted,
            tracked,
            devices,
        };
        let Some(mut wait) = longest_wait(counted.iter().copied(), now) else {
            return Ok(under(counted, tracked, None));
        };
        drop(tracked);
        let by_cookie = self.device_by_cookie(throttle, &user_id, device, now);
        let by_client = self.device_by_client(throttle, &user_id, client);
        if let Some(by_cookie) = &by_cookie {
            let (counted, tracked) = self.look(throttle, by_cookie.clone(), now).await;
            match longest_wait(counted.iter().copied(), now) {
                None => return Ok(under(counted, tracked, Some(by_client.unwrap_or_default()))),
                Some(of_the_device) => wait = wait.min(of_the_device),
            }
        }
        if let Some(by_client) = by_client
            && self.is_known_in_turn(throttle, &user_id, client, now).await?
        {
            let (counted, tracked) = self.look(throttle, by_client, now).await;
            match longest_wait(counted.iter().copied(), now) {
                None => return Ok(under(counted, tracked, Some(by_cookie.unwrap_or_default()))),
                Some(of_the_device) => wait = wait.min(of_the_device),
            }
        }
        Err(throttled(wait))
    }

    async fn look(&self, throttle: &Throttle, mut counted: Vec<Counted>, now: Timestamp) -> (Vec<Counted>, Tracked) {
        // Before the look: what fails after it is seen beside this try.
        let tracked = throttle.in_flight.enter(counted.iter().map(|counted| counted.bucket));
        throttle.counters.read(self.counting_store(), &mut counted, now).await;
        (counted, tracked)
    }

    /// One look at the users, whether or not there is one.
    async fn whose(&self, throttle: &Throttle, who: Attempted<'_>) -> Result<Whose, StoreError> {
        let typed = match who {
            Attempted::Name(typed) => typed,
            Attempted::User(user_id, name) => return Ok(Whose { name, user_id: Some(user_id.to_owned()) }),
        };
        // No database keeps such a name.
        let users = self.parts().users.as_deref().filter(|_| !typed.contains('\0'));
        let user = match users {
            Some(users) => users.find_by_username(typed).await?,
            None => None,
        };
        Ok(Whose { name: Some(throttle.buckets.name(typed)), user_id: user.map(|user| user.identity().id) })
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

    pub(super) fn counting_store(&self) -> Option<&AnyTokenStore> {
        self.parts().store.as_ref().filter(|store| store.capabilities().failures)
    }
}

impl<U: User> Attempt<U> {
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
        self.under.as_ref().and_then(|under| under.whose.name)
    }
}

impl<U> Under<U> {
    /// Whether so many others have failed since it began that it would have had to wait.
    pub(super) fn is_late(&self) -> bool {
        self.has_to_wait_beside(self.tracked.failed_beside())
    }

    /// The same where so many have failed beside it in each bucket.
    pub(super) fn has_to_wait_beside(&self, failed: Vec<u32>) -> bool {
        self.counted.iter().zip(failed).any(|(counted, beside)| {
            beside > 0 && counted.failures.count.saturating_add(beside) >= counted.limit.free()
        })
    }
}

impl Whose {
    fn marks(&self, throttle: &Throttle) -> Vec<NameMark> {
        let user = self.user_id.as_deref().map(|user_id| throttle.buckets.user(user_id));
        self.name.into_iter().chain(user).collect()
    }

    /// Where all tries of strangers count.
    pub(super) fn accounts(&self, throttle: &Throttle) -> Vec<FailureBucket> {
        self.marks(throttle).into_iter().map(|mark| throttle.buckets.of_the_name(mark).bucket).collect()
    }

    /// The user's id; where there is none it is nobody's, of whom the stores are asked the same.
    pub(super) fn asked_id(&self) -> String {
        let nobody = || self.name.map(|name| name.to_string()).unwrap_or_default();
        self.user_id.clone().unwrap_or_else(nobody)
    }
}

/// In whole seconds, and not a moment too early.
pub(super) fn throttled(wait: Duration) -> AuthError {
    AuthError::Throttled { retry_after: Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0)) }
}

/// Where the true wait is said by the count that follows.
pub(super) const SOON: Duration = Duration::from_secs(1);
