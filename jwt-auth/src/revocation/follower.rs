//! The task that reads the store's feed.

use super::alarm::Alarm;
use super::{ClockCheck, Revocations};
use crate::error::StoreError;
use crate::settings::Settings;
use crate::store::{AnyTokenStore, TokenStore};
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Reads the feed of revocations again and again, and compares the node's clock with the store's each time. Load the snapshot with
/// [`Revocations::sync`] before serving.
///
/// A store that [hears of revocations](TokenStore::news) by itself is read at once. One that fails is asked again after two, four, then
/// at most eight intervals; one that does not answer, or panics, likewise. Each is said once in the log, and so is it when this node has
/// heard nothing for longer than it should, whatever `revocation_fail_closed` says. Whoever must not decide on an old view looks at [`Revocations::is_stale`].
#[derive(Clone, Debug)]
pub struct Follower {
    /// What is read.
    pub store: AnyTokenStore,
    /// What is kept up to date.
    pub revocations: Arc<Revocations>,
    /// What compares the node's clock with the store's.
    pub clock_check: Arc<ClockCheck>,
    /// How long it rests between two readings: `revocation_sync_interval`.
    pub interval: Duration,
    /// How long a node may go on with what it knows: `revocation_max_staleness`.
    pub max_staleness: Duration,
    /// What else is read each time, before the feed: then the view of the whole is as old as that of the feed.
    pub(crate) beside: Option<Beside>,
}

/// Reads something else of the store.
#[derive(Clone)]
pub(crate) struct Beside(Arc<dyn Fn(AnyTokenStore) -> BoxFuture + Send + Sync>);

type BoxFuture = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

impl Beside {
    pub(crate) fn new<F>(read: impl Fn(AnyTokenStore) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), StoreError>> + Send + 'static,
    {
        Self(Arc::new(move |store| Box::pin(read(store))))
    }
}

impl fmt::Debug for Beside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Beside").finish_non_exhaustive()
    }
}

/// Notes how the task ends: one that is dropped half way has lost its runtime.
struct Task {
    revocations: Arc<Revocations>,
    has_returned: bool,
}

impl Drop for Task {
    fn drop(&mut self) {
        self.revocations.is_abandoned.store(!self.has_returned, Ordering::Relaxed);
    }
}

/// What came of a reading.
enum Reading {
    Done,
    Failed,
    Stopped,
}

impl Follower {
    /// By the settings `revocation_sync_interval` and `revocation_max_staleness`.
    pub fn new(
        store: AnyTokenStore,
        revocations: Arc<Revocations>,
        clock_check: Arc<ClockCheck>,
        settings: &Settings,
    ) -> Self {
        let (interval, max_staleness) = (settings.revocation_sync_interval, settings.revocation_max_staleness);
        Self { store, revocations, clock_check, interval, max_staleness, beside: None }
    }

    /// Reads this as well.
    pub(crate) fn with(self, beside: Beside) -> Self {
        Self { beside: Some(beside), ..self }
    }

    /// Follows until `stop` says true or its sender is gone. Must be called within a Tokio runtime.
    pub fn start(self, stop: watch::Receiver<bool>) -> JoinHandle<()> {
        let task = Task { revocations: Arc::clone(&self.revocations), has_returned: false };
        tokio::spawn(async move {
            let mut task = task;
            self.follow(stop).await;
            task.has_returned = true;
        })
    }

    async fn follow(&self, mut stop: watch::Receiver<bool>) {
        let (mut failures, mut has_warned) = (0_u32, false);
        let mut alarm = Alarm::default();
        loop {
            let pause = self.interval.saturating_mul(1 << failures.min(3));
            let rest = async {
                // What a store says that cannot be read is no reason to hurry.
                match failures {
                    0 => alarm.rest(pause, &self.store, self.revocations.read_to.load(Ordering::Acquire)).await,
                    _ => tokio::time::sleep(pause).await,
                }
            };
            if unless_stopped(&mut stop, rest).await.is_none() {
                return;
            }
            match self.read(&mut stop, failures == 0).await {
                Reading::Stopped => return,
                Reading::Failed => failures = failures.saturating_add(1),
                Reading::Done if failures > 0 => {
                    tracing::info!(target: "jwt_auth", "revocations are synchronised again");
                    (failures, has_warned) = (0, false);
                }
                Reading::Done => {}
            }
            if !has_warned && self.revocations.is_stale(self.max_staleness) {
                has_warned = true;
                tracing::warn!(
                    target: "jwt_auth",
                    "this node has not heard of revocations for longer than `revocation_max_staleness`: logouts made elsewhere are unknown to it"
                );
            }
        }
    }

    /// One reading, in a task of its own, so that a store that hangs or panics takes nothing else along.
    async fn read(&self, stop: &mut watch::Receiver<bool>, is_news: bool) -> Reading {
        let (store, revocations) = (self.store.clone(), Arc::clone(&self.revocations));
        let clock_check = Arc::clone(&self.clock_check);
        let beside = self.beside.clone();
        let reading = tokio::spawn(async move {
            if let Some(Beside(read)) = beside {
                read(store.clone()).await?;
            }
            revocations.sync(&store).await?;
            clock_check.compare(store.time()).await
        });
        let abort = reading.abort_handle();
        let outcome = unless_stopped(stop, tokio::time::timeout(self.patience(), reading)).await;
        abort.abort();
        let Some(outcome) = outcome else { return Reading::Stopped };
        match outcome {
            Ok(Ok(Ok(()))) => return Reading::Done,
            Ok(Ok(Err(error))) if is_news => {
                tracing::warn!(target: "jwt_auth", error = &error as &dyn std::error::Error, "revocations cannot be read");
            }
            Ok(Err(error)) if error.is_panic() => {
                tracing::error!(target: "jwt_auth", "the store panicked while revocations were read; it is asked again");
            }
            Err(_) if is_news => {
                tracing::warn!(target: "jwt_auth", "the store does not answer when it is asked for revocations; it is asked again");
            }
            _ => {}
        }
        Reading::Failed
    }

    /// Long enough for a slow database, short enough to be heard again before the view is stale.
    fn patience(&self) -> Duration {
        (self.interval * 5).clamp(Duration::from_secs(1), Duration::from_secs(10))
    }
}

/// What came of the work; none when it was stopped before, or nobody is left who could.
async fn unless_stopped<T>(stop: &mut watch::Receiver<bool>, work: impl Future<Output = T>) -> Option<T> {
    let (mut work, mut stopped) = (pin!(work), pin!(stop.wait_for(|stop| *stop)));
    poll_fn(|cx| match stopped.as_mut().poll(cx) {
        Poll::Ready(_) => Poll::Ready(None),
        Poll::Pending => work.as_mut().poll(cx).map(Some),
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use crate::store::MemoryStore;

    #[tokio::test]
    async fn following_stops_when_told_and_when_nobody_can_tell() {
        for drop_sender in [false, true] {
            let revocations = Arc::new(Revocations::new(Arc::new(SystemClock), Duration::from_secs(1), Duration::ZERO));
            let (stop, stopped) = watch::channel(false);
            let follower = Follower {
                store: AnyTokenStore::new(MemoryStore::new()),
                revocations: Arc::clone(&revocations),
                clock_check: Arc::new(ClockCheck::new(Arc::new(SystemClock), Duration::ZERO)),
                interval: Duration::from_millis(1),
                max_staleness: Duration::from_secs(30),
                beside: None,
            };
            let following = follower.start(stopped);
            while revocations.last_synced().is_none() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            if drop_sender {
                drop(stop);
            } else {
                stop.send_replace(true);
            }
            tokio::time::timeout(Duration::from_secs(10), following).await.expect("it stops").expect("well");
        }
    }
}
