//! Keeps the keys of one issuer: one task that fetches, and what requests ask of it.

use super::source::{Fetched, Source};
use super::unknown::UnknownKeys;
use super::{AnyJwksClient, JwksError, JwksStatus};
use crate::clock::{Clock, Timestamp};
use crate::keys::VerifyingKey;
use crate::revocation::Moment;
use crate::settings::Settings;
use crate::verify::Verifier;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// How long a request waits for a fetch.
const PATIENCE: Duration = Duration::from_secs(2);

/// So old keys are used while nothing newer is to be had.
const HARD_TTL: Duration = Duration::from_secs(24 * 3600);

/// How long the task sleeps at most before it looks at both clocks again.
const NAP: Duration = Duration::from_secs(60);

/// The keys of one issuer, followed in the background. Dropping it ends that.
pub(crate) struct KeyKeeper {
    shared: Arc<Shared>,
    /// How many fetches are over.
    done: watch::Receiver<u64>,
    task: EndsWithIt,
}

/// What a request with an unknown key is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The keys were fetched for it: one that is not there now is not the issuer's.
    Fetched,
    /// Nothing was fetched for it, as that was done a moment ago. Somebody else may have done so since the keys were looked at.
    FetchedBefore,
    /// Nobody can tell: the issuer is not to be reached.
    Unavailable,
}

struct Shared {
    source: Source,
    verifier: Arc<Verifier>,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    /// [`State::good`] once more, for requests: wall clock and monotonic clock in milliseconds; 0 and 0 is never.
    good: [AtomicU64; 2],
    wake: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// When the last fetch began; no other does before the cool-down is over.
    tried: Option<Moment>,
    fetching: bool,
    /// When the keys came that there are, or were last seen to be right.
    good: Option<Moment>,
    soft_ttl: Duration,
    unknown: UnknownKeys,
    has_expired: bool,
    keys: usize,
    fetches: u64,
    failures: u64,
    failed_in_a_row: u64,
    unknown_keys: u64,
    held_back: u64,
}

/// What becomes of a question.
enum Errand {
    Done(Asked),
    Begun,
    UnderWay,
}

struct EndsWithIt(tokio::task::AbortHandle);

impl Drop for EndsWithIt {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl KeyKeeper {
    /// Fetches at once and from then on. Must be called within a Tokio runtime.
    pub(crate) fn start(
        settings: Arc<Settings>,
        client: AnyJwksClient,
        verifier: Arc<Verifier>,
        clock: Arc<dyn Clock>,
    ) -> (Self, FirstFetch) {
        let (first, outcome) = tokio::sync::oneshot::channel();
        let (finished, done) = watch::channel(0);
        let source = Source::new(settings, client);
        let shared = Arc::new(Shared {
            source,
            verifier,
            clock,
            state: Mutex::default(),
            good: Default::default(),
            wake: Notify::new(),
        });
        let task = tokio::spawn(run(Arc::clone(&shared), finished, first));
        (Self { shared, done, task: EndsWithIt(task.abort_handle()) }, FirstFetch(outcome))
    }

    /// Whether there are keys that may still be used, however long their issuer has been silent.
    pub(crate) fn has_keys(&self) -> bool {
        let [wall, monotonic] = [0, 1].map(|at: usize| self.shared.good[at].load(Ordering::Acquire));
        let good = Moment { wall: Timestamp::from_millis(wall), monotonic: Duration::from_millis(monotonic) };
        wall > 0 && good.gap(Moment::now(&*self.shared.clock)) <= HARD_TTL
    }

    /// A token names a key that is not known. One fetch is for all who ask meanwhile, and goes on whoever of them gives up.
    pub(crate) async fn ask(&self, key_id: Option<&str>) -> Asked {
        let mut done = self.done.clone();
        let begun = *done.borrow_and_update();
        let told = match self.shared.ask(key_id) {
            Errand::Done(told) => return told,
            Errand::Begun => Asked::Fetched,
            // It may have had its answer before the issuer had the key.
            Errand::UnderWay => Asked::FetchedBefore,
        };
        let waited = tokio::time::timeout(PATIENCE, done.wait_for(|finished| *finished > begun)).await;
        if !matches!(waited, Ok(Ok(_))) || self.shared.state().failed_in_a_row > 0 {
            return Asked::Unavailable;
        }
        told
    }

    /// Fetches no more.
    pub(crate) fn stop(&self) {
        self.task.0.abort();
    }

    /// The keys were fetched for this one, and it is not among them.
    pub(crate) fn note_unknown(&self, key_id: Option<&str>) {
        let now = self.shared.clock.monotonic();
        if let Some(key_id) = key_id {
            self.shared.state().unknown.note(key_id, now);
        }
    }

    pub(crate) fn status(&self) -> JwksStatus {
        let now = Moment::now(&*self.shared.clock);
        let state = self.shared.state();
        JwksStatus {
            issuer: self.shared.source.name().to_owned(),
            keys: state.keys,
            age: state.good.map(|good| good.gap(now)),
            fetches: state.fetches,
            failures: state.failures,
            unknown_keys: state.unknown_keys,
            held_back: state.held_back,
            failed_in_a_row: state.failed_in_a_row,
        }
    }
}

/// What came of the fetch at the start.
pub(crate) struct FirstFetch(tokio::sync::oneshot::Receiver<Result<(), JwksError>>);

impl FirstFetch {
    pub(crate) async fn outcome(self) -> Result<(), JwksError> {
        // The task is gone only with its runtime, and this with it.
        self.0.await.unwrap_or_else(|error| Err(JwksError::Unreachable(error.into())))
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self, key_id: Option<&str>) -> Errand {
        let now = Moment::now(&*self.clock);
        let mut state = self.state();
        state.unknown_keys += 1;
        if state.fetching {
            return Errand::UnderWay;
        }
        let is_unknown = key_id.is_some_and(|key_id| state.unknown.holds(key_id, now.monotonic));
        if is_unknown || !self.rest(&state, now).is_zero() {
            state.held_back += 1;
            let is_out = state.failed_in_a_row > 0 && !is_unknown;
            return Errand::Done(if is_out { Asked::Unavailable } else { Asked::FetchedBefore });
        }
        state.begin(now);
        self.wake.notify_one();
        Errand::Begun
    }

    /// What is left of the cool-down. By the monotonic clock: one that is set must not make this service knock more often.
    fn rest(&self, state: &State, now: Moment) -> Duration {
        let since = |tried: Moment| now.monotonic.saturating_sub(tried.monotonic);
        state.tried.map_or(Duration::ZERO, |tried| self.source.cooldown().saturating_sub(since(tried)))
    }

    /// When the keys are to be fetched again by itself: at 80 % of their life, a little earlier or later for each, so that nodes that were
    /// started together do not ask together. After a failure, as soon as the cool-down is over.
    fn pause(&self, state: &State) -> Duration {
        if state.failed_in_a_row > 0 || state.good.is_none() {
            return self.source.cooldown();
        }
        state.soft_ttl.mul_f64(0.75 + 0.1 * f64::from(random_byte()) / 255.0).max(self.source.cooldown())
    }

    /// Begins a fetch that nobody has asked for; not where somebody has done so this very moment.
    fn begin(&self) {
        let now = Moment::now(&*self.clock);
        let mut state = self.state();
        if !state.fetching {
            state.begin(now);
        }
    }

    async fn fetch(self: &Arc<Self>) -> Result<(), JwksError> {
        // In a task of its own, so that a client that panics takes nothing else along.
        let shared = Arc::clone(self);
        let fetching = tokio::spawn(async move { shared.source.fetch().await });
        let outcome = fetching.await.unwrap_or_else(|error| Err(JwksError::Unreachable(error.into())));
        let now = Moment::now(&*self.clock);
        let mut state = self.state();
        state.fetching = false;
        match outcome {
            Ok(Fetched { keys, soft_ttl }) => {
                if state.failed_in_a_row > 0 {
                    tracing::info!(target: "jwt_auth::jwks", event = "jwks.refreshed", issuer = self.source.name(), "the issuer's keys can be fetched again");
                }
                (state.good, state.soft_ttl) = (Some(now), soft_ttl);
                (state.keys, state.failed_in_a_row, state.has_expired) = (keys.len(), 0, false);
                // What was verified before stays so where nothing has changed.
                if !same_keys(&self.verifier.keys(), &keys) {
                    self.verifier.replace_keys(keys);
                }
                for (place, millis) in self.good.iter().zip([now.wall.millis(), millis_of(now.monotonic)]) {
                    place.store(millis, Ordering::Release);
                }
                Ok(())
            }
            Err(error) => {
                state.failures += 1;
                state.failed_in_a_row += 1;
                self.tell(&mut state, &error, now);
                Err(error)
            }
        }
    }

    /// An outage is said once when it begins, and once when there are no keys any more.
    fn tell(&self, state: &mut State, error: &JwksError, now: Moment) {
        let (issuer, age) = (self.source.name(), state.good.map(|good| good.gap(now)));
        if state.failed_in_a_row == 1 {
            tracing::warn!(
                target: "jwt_auth::jwks",
                event = "jwks.refresh_failed",
                issuer,
                age = age.map(tracing::field::debug),
                error = error as &dyn std::error::Error,
                "the issuer's keys cannot be fetched: what is known of them is used for a day, and tokens of other keys are answered 503",
            );
        }
        if age.is_some_and(|age| age > HARD_TTL) && !state.has_expired {
            state.has_expired = true;
            tracing::error!(target: "jwt_auth::jwks", event = "jwks.expired", issuer, "the issuer's keys could not be fetched for a day: all its tokens are answered 503");
        }
    }
}

impl State {
    fn begin(&mut self, now: Moment) {
        (self.fetching, self.tried) = (true, Some(now));
        self.fetches += 1;
    }
}

/// Fetches at the start, whenever somebody asks, and before the keys are too old.
async fn run(
    shared: Arc<Shared>,
    finished: watch::Sender<u64>,
    first: tokio::sync::oneshot::Sender<Result<(), JwksError>>,
) {
    shared.begin();
    let outcome = shared.fetch().await;
    finished.send_modify(|count| *count += 1);
    // Whoever started it may have given up.
    let _ = first.send(outcome);
    let mut last = Moment::now(&*shared.clock);
    let mut pause = shared.pause(&shared.state());
    loop {
        let (now, is_asked, left) = {
            let (now, state) = (Moment::now(&*shared.clock), shared.state());
            (now, state.fetching, pause.saturating_sub(last.gap(now)).max(shared.rest(&state, now)))
        };
        if !is_asked && !left.is_zero() {
            let wall = shared.clock.sleep_until(now.wall.after(left));
            // A wall clock that is set back would have it sleep for long.
            either(shared.wake.notified(), either(wall, tokio::time::sleep(left.min(NAP)))).await;
            continue;
        }
        shared.begin();
        // The outcome is in the state.
        let _ = shared.fetch().await;
        last = Moment::now(&*shared.clock);
        pause = shared.pause(&shared.state());
        finished.send_modify(|count| *count += 1);
    }
}

/// Ready when one of them is.
async fn either(one: impl Future, other: impl Future) {
    let (mut one, mut other) = (pin!(one), pin!(other));
    poll_fn(|cx| {
        let woken = one.as_mut().poll(cx).is_ready() || other.as_mut().poll(cx).is_ready();
        if woken { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

fn same_keys(known: &[VerifyingKey], new: &[VerifyingKey]) -> bool {
    let same = |(one, other): (&VerifyingKey, &VerifyingKey)| {
        one.algorithm() == other.algorithm() && one.key_id() == other.key_id() && one.is_same_key(other)
    };
    known.len() == new.len() && known.iter().zip(new).all(same)
}

fn millis_of(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn random_byte() -> u8 {
    let mut byte = [0x80];
    // Without random numbers all nodes ask at the same time, which is no harm.
    let _ = aws_lc_rs::rand::fill(&mut byte);
    byte[0]
}

impl fmt::Debug for KeyKeeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyKeeper").field("issuer", &self.shared.source.name()).finish_non_exhaustive()
    }
}
