//! What a try to log in has come to.

use super::Throttle;
use super::attempt::{Attempt, SOON, Under, throttled};
use super::limit::{Counted, longest_wait};
use crate::auth::JwtAuth;
use crate::error::{AuthError, StoreError};
use crate::user::User;
use std::time::Duration;
use tokio::runtime::Handle;
use tracing::Instrument;

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
    /// What a try has come to: failures are counted, a success forgets them. An outage is neither.
    ///
    /// # Errors
    /// That of the outcome; or [`AuthError::Throttled`] where so many others have failed meanwhile that it came too late.
    pub(crate) async fn conclude<T>(
        &self,
        mut attempt: Attempt<U>,
        outcome: Result<T, AuthError>,
    ) -> Result<T, AuthError> {
        let (Some(throttle), Some(under)) = (&self.parts().throttle, attempt.under.take()) else { return outcome };
        let error = match outcome {
            Ok(done) => {
                self.forget(throttle, &under, attempt.proven.get()).await;
                return Ok(done);
            }
            Err(error) => error,
        };
        if blames_nobody(&error) || (matches!(error, AuthError::Throttled { .. }) && !under.is_late()) {
            return Err(error);
        }
        // A task of its own: a client that hangs up now must not keep it from being counted.
        let (is_late, counting) = under.fail();
        let wait = tokio::spawn(counting).await.map_err(StoreError::unavailable)?;
        Err(if is_late { throttled(wait.unwrap_or(SOON)) } else { error })
    }

    async fn forget<V>(&self, throttle: &Throttle, under: &Under<V>, proven: Option<&String>) {
        let Some(proven) = proven else { return };
        // Whose name it is has no part in credentials of the application's own, which may prove another.
        let is_theirs = under.whose.user_id.as_ref().is_none_or(|user_id| user_id == proven);
        if !is_theirs || !under.has_own_failures() {
            return;
        }
        let mut forgotten: Vec<Counted> = under.own().copied().collect();
        forgotten
            .extend(self.device_by_cookie(throttle, proven, under.device.as_deref(), self.now()).into_iter().flatten());
        forgotten.extend(self.device_by_client(throttle, proven, &under.client).into_iter().flatten());
        throttle.counters.forget(self.counting_store(), &forgotten).await;
    }
}

impl<U: User> Drop for Attempt<U> {
    fn drop(&mut self) {
        let Some(under) = self.under.take() else { return };
        if self.proven.get().is_some() && !under.is_late() {
            return;
        }
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(under.fail().1);
        }
    }
}

impl<U: User> Under<U> {
    /// Counts it as failed, and answers how long to wait now. It has failed for those beside it as soon as this is called, which says
    /// whether so many of them had failed before it that it would have had to wait.
    fn fail(mut self) -> (bool, impl Future<Output = Option<Duration>> + Send + 'static) {
        let beside = self.tracked.fail();
        let is_late = self.has_to_wait_beside(beside);
        let counting = async move {
            let auth = &self.auth;
            let throttle = auth.parts().throttle.as_ref()?;
            let devices = self.devices(throttle).await;
            let mut failed = self.counted.clone();
            if !devices.is_empty() {
                // Of strangers only.
                let accounts = self.whose.accounts(throttle);
                failed.retain(|counted| !accounts.contains(&counted.bucket));
                failed.extend(devices);
            }
            let now = auth.now();
            let failures = throttle.counters.count(auth.counting_store(), &failed, now).await;
            let counted = failed.iter().zip(failures).map(|(counted, failures)| counted.holding(failures, now));
            longest_wait(counted, now)
        };
        (is_late, counting.in_current_span())
    }

    /// Where the try of a known device counts as such, beside the address; none for one that is not known, or cannot be told now.
    async fn devices(&self, throttle: &Throttle) -> Vec<Counted> {
        if let Some(devices) = &self.devices {
            return devices.clone();
        }
        let (auth, now, user_id) = (&self.auth, self.auth.now(), self.whose.asked_id());
        let by_cookie = auth.device_by_cookie(throttle, &user_id, self.device.as_deref(), now);
        let by_client = auth.device_by_client(throttle, &user_id, &self.client);
        let is_known = by_cookie.is_some()
            || by_client.is_some()
                && auth.is_client_of_a_session(&user_id, &self.client, now).await.unwrap_or_else(|error| {
                    // It counts as a stranger's: that gives nobody a try more.
                    tracing::debug!(target: "jwt_auth", ?error, "whether a device is known cannot be told now");
                    false
                });
        if !is_known {
            return Vec::new();
        }
        let mut devices: Vec<Counted> = by_cookie.into_iter().chain(by_client).flatten().collect();
        throttle.counters.read(auth.counting_store(), &mut devices, now).await;
        devices
    }
}

impl<U> Under<U> {
    /// What a success forgets: all but the address, as who has one good password must not be free to try others' from there.
    fn own(&self) -> impl Iterator<Item = &Counted> {
        self.counted.iter().filter(|counted| !counted.is_of_an_address)
    }

    fn has_own_failures(&self) -> bool {
        let mut all = self.counted.iter().zip(self.tracked.failed_beside());
        all.any(|(counted, beside)| !counted.is_of_an_address && (counted.failures.count > 0 || beside > 0))
    }
}
