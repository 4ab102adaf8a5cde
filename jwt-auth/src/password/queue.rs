//! Hashing behind a bounded queue.

use super::memory::Memory;
use super::threads::{Done, HashingThreads, Job};
use super::{PasswordHasher, Unread};
use crate::error::{AuthError, StoreError};
use crate::secret::Secret;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::available_parallelism;
use std::time::Duration;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;

/// Runs password hashes so that a storm of logins neither starves other requests nor fills the memory.
///
/// One core less than there are may hash at a time (at least one), each on a thread of its own that keeps its 19 MiB; so many
/// callers may wait, and the next one is told to come back.
#[derive(Debug)]
pub(crate) struct PasswordQueue {
    hasher: Arc<PasswordHasher>,
    threads: HashingThreads,
    running: Arc<Semaphore>,
    /// Running and waiting.
    admitted: Arc<Semaphore>,
    patience: Duration,
    runs: Arc<AtomicU64>,
}

/// How many callers are let in, running and waiting: some eight seconds of work for one core, with our own Argon2.
const ADMITTED: usize = 256;

/// How long one waits for a turn. Django's formats take ten times as long, and nobody waits a minute for an answer.
const PATIENCE: Duration = Duration::from_secs(8);

const RETRY_AFTER: Duration = Duration::from_secs(2);

impl PasswordQueue {
    pub(crate) fn new(hasher: PasswordHasher) -> Self {
        let cores = available_parallelism().map_or(1, usize::from);
        Self {
            threads: HashingThreads::new(hasher.working_memory()),
            hasher: Arc::new(hasher),
            running: Arc::new(Semaphore::new(cores.saturating_sub(1).max(1))),
            admitted: Arc::new(Semaphore::new(ADMITTED)),
            patience: PATIENCE,
            runs: Arc::new(AtomicU64::new(0)),
        }
    }

    /// Whether the password fits the stored hash; the same work is done when there is none.
    pub(crate) async fn verify(&self, password: Secret, stored: Option<&str>) -> Result<bool, AuthError> {
        let stored = stored.map(str::to_owned);
        self.run(move |hasher, memory| hasher.verify_in(memory, &password, stored.as_deref())).await
    }

    /// Whether a hash is of another format or cost than new ones.
    pub(crate) fn must_update(&self, stored: &str) -> bool {
        self.hasher.must_update(stored)
    }

    /// Why nobody logs in with this stored text.
    pub(crate) fn unread(&self, stored: &str) -> Option<Unread> {
        self.hasher.unread(stored)
    }

    /// Hashes a password.
    pub(crate) async fn hash(&self, password: Secret) -> Result<Result<String, super::PasswordError>, AuthError> {
        self.run(move |hasher, memory| hasher.hash_in(memory, &password)).await
    }

    /// How many hashes were computed.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn runs(&self) -> u64 {
        self.runs.load(Ordering::Relaxed)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&PasswordHasher, &mut Memory) -> T + Send + 'static,
    ) -> Result<T, AuthError> {
        let busy = || AuthError::Busy { retry_after: RETRY_AFTER };
        let admitted = Arc::clone(&self.admitted).try_acquire_owned().map_err(|_| busy())?;
        let turn = Arc::clone(&self.running).acquire_owned();
        let running = timeout(self.patience, turn).await.map_err(|_| busy())?.map_err(|_| busy())?;
        let (hasher, runs) = (Arc::clone(&self.hasher), Arc::clone(&self.runs));
        let (answer, answered) = oneshot::channel();
        let work = move |memory: &mut Memory| {
            runs.fetch_add(1, Ordering::Relaxed);
            let outcome = work(&hasher, memory);
            // Nobody may be listening any more.
            Box::new(move || drop(answer.send(outcome))) as Done
        };
        // The permits live as long as the work: a caller who goes away does not make room for another one.
        let job = Job { work: Box::new(work), permits: Box::new([admitted, running]) };
        self.threads.run(job).map_err(StoreError::unavailable)?;
        answered.await.map_err(|_| StoreError::unavailable("a password hash came to a sudden end").into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(running: usize, admitted: usize) -> PasswordQueue {
        PasswordQueue {
            running: Arc::new(Semaphore::new(running)),
            admitted: Arc::new(Semaphore::new(admitted)),
            ..PasswordQueue::new(PasswordHasher::argon2id(8, 1, 1).expect("parameters"))
        }
    }

    #[tokio::test]
    async fn one_hash_is_computed_whatever_is_stored() {
        let queue = queue(1, 4);
        let hash = queue.hash("test".into()).await.expect("room").expect("a hash");
        for (count, (stored, fits)) in
            [(Some(&*hash), true), (None, false), (Some(""), false), (Some("!"), false)].into_iter().enumerate()
        {
            assert_eq!(queue.verify("test".into(), stored).await.expect("room"), fits);
            assert_eq!(queue.runs(), count as u64 + 2);
        }
    }

    #[tokio::test]
    async fn nobody_waits_for_longer_than_the_queue_is_patient() {
        let queue = PasswordQueue { patience: Duration::ZERO, ..queue(1, 2) };
        let held = Arc::clone(&queue.running).acquire_owned().await.expect("a permit");
        assert!(matches!(queue.verify("x".into(), None).await, Err(AuthError::Busy { .. })));
        drop(held);
        assert!(!queue.verify("x".into(), None).await.expect("room"));
        assert_eq!((queue.runs(), queue.admitted.available_permits()), (1, 2));
    }

    #[tokio::test]
    async fn beyond_the_bound_callers_are_told_to_come_back() {
        let queue = Arc::new(queue(1, 2));
        let held = Arc::clone(&queue.running).acquire_owned().await.expect("a permit");
        let waiting: Vec<_> = (0..2)
            .map(|_| {
                let queue = Arc::clone(&queue);
                tokio::spawn(async move { queue.verify("x".into(), None).await })
            })
            .collect();
        while queue.admitted.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(matches!(queue.verify("x".into(), None).await, Err(AuthError::Busy { .. })));
        assert_eq!(queue.runs(), 0);
        // A caller who gives up while waiting makes room.
        waiting[0].abort();
        while queue.admitted.available_permits() == 0 {
            tokio::task::yield_now().await;
        }
        drop(held);
        assert!(!queue.verify("x".into(), None).await.expect("room"));
        for task in waiting {
            let _ = task.await;
        }
        assert_eq!(queue.runs(), 2, "the one who gave up was never computed");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn there_are_as_many_threads_as_hashes_at_a_time() {
        let queue = Arc::new(queue(2, 64));
        for _ in 0..8 {
            let verify = |_| {
                let queue = Arc::clone(&queue);
                tokio::spawn(async move { queue.verify("x".into(), None).await })
            };
            for task in (0..32).map(verify).collect::<Vec<_>>() {
                assert!(!task.await.expect("no panic").expect("room"));
            }
            assert!(queue.threads.idle() <= 2, "{} threads", queue.threads.idle());
        }
        assert_eq!((queue.runs(), queue.admitted.available_permits()), (256, 64));
    }

    #[tokio::test]
    async fn a_panic_in_a_hash_costs_its_caller_only() {
        let queue = queue(1, 2);
        for _ in 0..8 {
            let outcome = queue.run(|_, _| -> bool { panic!("in a hash") }).await;
            assert!(matches!(outcome, Err(AuthError::Unavailable(_))));
        }
        assert!(!queue.verify("x".into(), None).await.expect("room"));
        assert_eq!((queue.threads.idle(), queue.admitted.available_permits()), (1, 2));
    }
}
