//! The threads that hash.

use super::memory::Memory;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{SendError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::{fmt, io, thread};

/// Threads of our own, each with its working memory: the blocking threads of a runtime come and go, and each would leave a
/// hash's memory behind in its allocator's arena.
///
/// A thread is started when a job comes and none is idle, so there are as many as there were jobs at a time, and they end when
/// this is dropped, or with the hash that they are at then. The job of a panic is lost and nothing else.
///
/// They run at the priority of the rest of the process: the standard library cannot lower it, and what can is `unsafe`. That
/// they leave a core alone is the queue's affair, which gives them one job less than there are cores.
#[derive(Debug)]
pub(super) struct HashingThreads {
    idle: Arc<Idle>,
    /// What each thread keeps, in blocks of 1 KiB.
    keep: usize,
}

/// A piece of work, and what is to happen when its thread is free again: that permits go back before would let the next job find no
/// idle thread and start one more.
pub(super) struct Job {
    pub(super) work: Box<dyn FnOnce(&mut Memory) -> Done + Send>,
    pub(super) permits: Box<dyn Send>,
}

/// Hands out the result.
pub(super) type Done = Box<dyn FnOnce() + Send>;

impl HashingThreads {
    pub(super) fn new(keep: usize) -> Self {
        Self { idle: Arc::default(), keep }
    }

    /// Gives a job to an idle thread, the one that was busy last, or to a new one.
    pub(super) fn run(&self, job: Job) -> io::Result<()> {
        let mut job = job;
        loop {
            // The lock is not held while a thread starts.
            let idle = lock(&self.idle).pop();
            let thread = match idle {
                Some(thread) => thread,
                None => start(Arc::downgrade(&self.idle), self.keep)?,
            };
            match thread.send(Call { job, back: thread.clone() }) {
                Ok(()) => return Ok(()),
                // It has ended, which none does while this is here; a new one has not.
                Err(SendError(call)) => job = call.job,
            }
        }
    }

    #[cfg(test)]
    pub(super) fn idle(&self) -> usize {
        lock(&self.idle).len()
    }
}

/// Ways to threads that wait for a job.
type Idle = Mutex<Vec<Sender<Call>>>;

/// A job, and the way to the thread that gets it. A thread that kept this one itself would wait for its own job for ever.
#[derive(Debug)]
struct Call {
    job: Job,
    back: Sender<Call>,
}

fn start(idle: Weak<Idle>, keep: usize) -> io::Result<Sender<Call>> {
    let (sender, calls) = channel::<Call>();
    thread::Builder::new().name("jwt-auth-hash".to_owned()).spawn(move || {
        let mut memory = Memory::keeping(keep);
        // Until the list of idle threads is gone, and with it the only way here.
        while let Ok(Call { job: Job { work, permits }, back }) = calls.recv() {
            let done = catch_unwind(AssertUnwindSafe(|| work(&mut memory)));
            match idle.upgrade() {
                Some(idle) => lock(&idle).push(back),
                None => drop(back),
            }
            drop(permits);
            if let Ok(done) = done {
                done();
            }
        }
    })?;
    Ok(sender)
}

/// The list is whole between any two of its changes, whoever panicked.
fn lock(idle: &Idle) -> MutexGuard<'_, Vec<Sender<Call>>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // It holds a password.
        f.write_str("Job")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::Receiver;
    use std::time::Duration;

    /// A job that tells the id of its thread when it is done, and drops the permit before.
    fn job(work: impl FnOnce(&mut Memory) + Send + 'static) -> (Job, Receiver<thread::ThreadId>, Receiver<()>) {
        let ((told, teller), (dropped, permit)) = (pair(), pair::<()>());
        let work = move |memory: &mut Memory| {
            work(memory);
            let id = thread::current().id();
            Box::new(move || teller.send(id).expect("somebody listens")) as Done
        };
        (Job { work: Box::new(work), permits: Box::new(permit) }, told, dropped)
    }

    fn pair<T>() -> (Receiver<T>, Sender<T>) {
        let (sender, receiver) = channel();
        (receiver, sender)
    }

    const SOON: Duration = Duration::from_secs(30);

    #[test]
    fn one_job_after_the_other_is_one_thread() {
        let threads = HashingThreads::new(8);
        let mut ids = Vec::new();
        for _ in 0..100 {
            let (job, told, _dropped) = job(|_| ());
            threads.run(job).expect("a thread");
            ids.push(told.recv_timeout(SOON).expect("an answer"));
        }
        ids.dedup();
        assert_eq!((ids.len(), threads.idle()), (1, 1));
    }

    #[test]
    fn a_panic_costs_its_own_job_only() {
        let threads = HashingThreads::new(8);
        let (broken, told, dropped) = job(|_| panic!("in a hash"));
        threads.run(broken).expect("a thread");
        assert!(told.recv_timeout(SOON).is_err(), "nobody answers");
        assert!(dropped.recv_timeout(SOON).is_err(), "its permits are back");
        let (next, told, _dropped) = job(|_| ());
        threads.run(next).expect("a thread");
        told.recv_timeout(SOON).expect("an answer");
        assert_eq!(threads.idle(), 1, "it is the same thread");
    }

    #[test]
    fn the_threads_end_with_their_owner() {
        struct Ends(Sender<()>);
        impl Drop for Ends {
            fn drop(&mut self) {
                self.0.send(()).expect("somebody listens");
            }
        }
        thread_local!(static END: std::cell::RefCell<Option<Ends>> = const { std::cell::RefCell::new(None) });
        let threads = HashingThreads::new(8);
        let (ended, end) = pair();
        // One is idle when the owner goes, the other at work.
        let (hold, held) = pair::<()>();
        for wait in [Some(hold), None] {
            let end = Ends(end.clone());
            let (job, told, _dropped) = job(move |_| {
                END.set(Some(end));
                if let Some(wait) = wait {
                    wait.recv().expect_err("the other end is dropped");
                }
            });
            threads.run(job).expect("a thread");
            // The busy one answers to nobody.
            std::mem::forget(told);
        }
        drop(threads);
        drop(held);
        for _ in 0..2 {
            ended.recv_timeout(SOON).expect("a thread ends");
        }
    }
}
