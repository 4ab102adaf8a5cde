//! The assembled whole: settings, keys and stores, checked once and shared by everything.

mod admission;
mod authenticate;
mod builder;
mod current_session;
mod demands;
mod health;
mod issuers;
mod key_watch;
mod load_settings;
mod revoked;
mod seen;
mod start_error;
mod user_check;

pub(crate) use authenticate::NO_USERS;
pub use builder::Builder;
pub use current_session::{Closed, CurrentSession};
pub(crate) use demands::Demands;
pub use health::Health;
pub(crate) use issuers::Issuers;
use seen::SeenTokens;
pub use start_error::StartError;

use crate::audit::Auditor;
use crate::clock::{Clock, Timestamp};
use crate::django::Ledger;
use crate::error::{AuthError, StoreError, TaskEnded};
use crate::flows::{Hints, Throttle};
use crate::jwks::JwksStatus;
use crate::keys::{JwkSet, ScheduledRing};
use crate::revocation::{ClockCheck, Revocations, WRITE_PATIENCE};
use crate::settings::Settings;
use crate::store::{AnyTokenStore, ClientKey, TokenStore};
use crate::tokens::{CsrfKeys, DeviceKeys, Issuer};
use crate::user::DynUserStore;
use crate::verify::{VerifiedToken, Verifier};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;

/// Everything that views, guards and extractors need; cheap to clone.
///
/// Built by [`JwtAuth::builder`], which checks the settings and keys and reports all faults at once. `U` is the
/// application's user type; without users of its own (tokens of another issuer) it is [`NoUser`].
///
/// It is a router state by itself; in a larger state put it in a field and derive [`AuthState`](crate::AuthState).
///
/// ```no_run
/// use jwt_auth::store::MemoryStore;
/// use jwt_auth::{Claims, JwtAuth, Secret, Settings};
///
/// # async fn start() -> Result<(), Box<dyn std::error::Error>> {
/// let auth = JwtAuth::builder(Settings::new(Secret::load_or_generate("app.key")?)).store(MemoryStore::new()).start().await?;
/// let token = auth.access_token_for("42", &Claims::new())?;
/// assert_eq!(auth.authenticate(token.expose()).await?.user_id(), Some("42"));
/// # Ok(())
/// # }
/// ```
#[doc(alias = "JwtAuthorizer")]
#[doc(alias = "AuthenticationManager")]
#[doc(alias = "JwtBearer")]
pub struct JwtAuth<U = NoUser> {
    inner: Arc<Inner<U>>,
}

/// The user type of an application that only looks at claims: the default of [`JwtAuth`].
///
/// It does not implement [`User`](crate::user::User), so `CurrentUser` and the option `user` do not compile with it.
#[derive(Clone, Copy, Debug)]
pub enum NoUser {}

pub(crate) struct Inner<U> {
    /// Tells this `JwtAuth` from every other in the process.
    pub(crate) id: u64,
    pub(crate) settings: Arc<Settings>,
    pub(crate) keys: Arc<ScheduledRing>,
    pub(crate) verifier: Arc<Verifier>,
    seen: SeenTokens,
    pub(crate) issuers: Issuers,
    pub(crate) issuer: Option<Issuer>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) users: Option<Arc<dyn DynUserStore<U>>>,
    pub(crate) store: Option<AnyTokenStore>,
    /// Tells clients of a session apart; none without a signing key, and so without tokens to hand out.
    pub(crate) client_key: Option<ClientKey>,
    /// Makes and checks CSRF tokens, with `cookies`.
    pub(crate) csrf_keys: Option<CsrfKeys>,
    /// Knows devices again, with `cookies` and `login_throttle`.
    pub(crate) device_keys: Option<DeviceKeys>,
    /// Makes whoever guesses passwords wait, with `login_throttle`.
    pub(crate) throttle: Option<Throttle>,
    /// Where used tickets are noted: the store, or without one the memory of this process.
    pub(crate) spent: AnyTokenStore,
    pub(crate) ledger: Ledger,
    /// When a hand-out of a token of no session was last noted in the store, in milliseconds.
    pub(crate) hand_out_noted: AtomicU64,
    pub(crate) revocations: Arc<Revocations>,
    pub(crate) clock_check: Arc<ClockCheck>,
    pub(crate) hints: Hints,
    pub(crate) audit: Auditor,
    #[cfg(feature = "password")]
    pub(crate) passwords: crate::password::PasswordQueue,
    #[cfg(feature = "password")]
    pub(crate) password_policy: crate::password::AnyPasswordPolicy,
    /// The task that follows the store's revocations ends when this is dropped or says so.
    pub(crate) stop: watch::Sender<bool>,
}

impl<U: Send + Sync + 'static> JwtAuth<U> {
    /// A number that no other `JwtAuth` of this process has.
    pub(crate) fn next_id() -> u64 {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        NEXT.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn assemble(inner: Inner<U>) -> Self {
        Self { inner: Arc::new(inner) }
    }

    /// The settings it was built from.
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// The present moment by its clock.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// The public keys that check the tokens of this configuration at this moment, as a JWK set (RFC 7517): what the option `jwks` of
    /// `#[token_routes]` serves. Empty when the key is a secret.
    pub fn public_jwk_set(&self) -> String {
        JwkSet::publish(&self.inner.keys.verifying(self.now()))
    }

    /// Whether the stores answer and this node's clock is right, and how long ago it heard of revocations: for a health check.
    ///
    /// # Errors
    /// [`AuthError::Unavailable`] when the session store does not answer, its time and this node's differ by more than five minutes
    /// ([`ClockCheck`]), or the runtime has ended on which this was started ([`TaskEnded`]); [`AuthError::RevocationStale`] when this
    /// node has not heard of revocations for longer than `revocation_max_staleness`; [`AuthError::KeysUnavailable`] where this service
    /// verifies for one issuer whose keys are not to be had. An outage of a [further issuer](Builder::trust) leaves the node healthy.
    pub async fn health(&self) -> Result<Health, AuthError> {
        if let Some(store) = &self.inner.store {
            store.health().await?;
            self.check_staleness(true)?;
        }
        self.inner.ledger.health(&self.inner.clock_check).await?;
        self.inner.clock_check.health()?;
        if self.inner.issuers.first.is_without_keys() {
            return Err(AuthError::KeysUnavailable);
        }
        let has_feed = self.inner.store.as_ref().is_some_and(|store| store.capabilities().revocations);
        Ok(Health {
            revocation_lag: self.inner.revocations.silence().filter(|_| has_feed),
            lacks_signing_key: self.inner.keys.missing_signer(self.now()).is_some(),
        })
    }

    /// How the keys of each issuer are whose keys are fetched, for metrics: the service's own issuer first, then those of
    /// [`Builder::trust`] in their order.
    pub fn jwks_status(&self) -> Vec<JwksStatus> {
        self.inner.issuers.all().filter_map(|issuer| issuer.status()).collect()
    }

    /// The settings by which the claims of a verified token are read: those of its issuer.
    pub(crate) fn settings_of(&self, token: &VerifiedToken) -> &Settings {
        &self.inner.issuers.issuer_of(token).settings
    }

    /// Ends the background task now rather than with the last clone, and with it every stream that waits for
    /// [`CurrentSession::closed`](crate::CurrentSession::closed). Requests still work; with `revocation_fail_closed` guarded
    /// ones answer 503 once `revocation_max_staleness` has passed.
    pub fn shutdown(&self) {
        self.inner.issuers.all().for_each(|issuer| issuer.stop());
        self.inner.stop.send_replace(true);
    }

    /// How many password hashes were computed: a test can prove that every login costs one, whoever it is for.
    #[cfg(all(feature = "testing", feature = "password"))]
    pub fn password_runs(&self) -> u64 {
        self.inner.passwords.runs()
    }

    /// How many tokens passed without a signature check because they had passed before: a test can prove that one was, or was not.
    #[cfg(feature = "testing")]
    pub fn seen_tokens(&self) -> u64 {
        self.inner.seen.found()
    }

    pub(crate) fn parts(&self) -> &Inner<U> {
        &self.inner
    }

    pub(crate) fn issuer(&self) -> Result<&Issuer, AuthError> {
        self.inner
            .issuer
            .as_ref()
            .ok_or(AuthError::Misconfigured("issuing tokens needs a signing key: set `signing_key`"))
    }

    /// Until when a revocation made now has to be remembered: no token of before that opens routes lives longer.
    pub(crate) fn drop_after(&self, now: Timestamp) -> Timestamp {
        self.remember_until(now.after(longest_opening(&self.inner.settings)))
    }

    /// Until when a token has to be remembered whose `exp` is this: no node accepts it any longer then.
    pub(crate) fn remember_until(&self, exp: Timestamp) -> Timestamp {
        exp.after(late(&self.inner.settings))
    }

    /// `always`: also when the setting is to go on with what is known.
    pub(crate) fn check_staleness(&self, always: bool) -> Result<(), AuthError> {
        let Settings { revocation_fail_closed, revocation_max_staleness, .. } = &*self.inner.settings;
        if self.inner.store.is_none() {
            return Ok(());
        }
        let is_abandoned = self.inner.revocations.is_abandoned();
        if is_abandoned {
            self.inner.hints.outlived_its_runtime();
        }
        // It will not be heard again, however short the silence is yet.
        let is_late = || (always && is_abandoned) || self.inner.revocations.is_stale(*revocation_max_staleness);
        if !(always || *revocation_fail_closed) || !is_late() {
            return Ok(());
        }
        Err(if is_abandoned { StoreError::unavailable(TaskEnded).into() } else { AuthError::RevocationStale })
    }
}

/// How long after its `exp` a token counts: the leeway once for the token and once for the clocks of other nodes, and what a write may
/// wait in its queue.
pub(crate) fn late(settings: &Settings) -> Duration {
    (settings.leeway * 2).saturating_add(WRITE_PATIENCE)
}

impl<U> Clone for JwtAuth<U> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<U> fmt::Debug for JwtAuth<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtAuth").field("settings", &self.inner.settings).finish_non_exhaustive()
    }
}

/// How long after it was issued a token opens routes at the most.
pub(crate) fn longest_opening(settings: &Settings) -> Duration {
    let longest = settings.auth_token_classes.iter().map(|class| class.longest_life(settings)).max();
    longest.unwrap_or_default().max(settings.access_token_lifetime)
}
