//! The one task that writes: requests that come together share one transaction, and so one wait for the disk.

use super::LOCK_PATIENCE;
use super::database::{COMMIT_PATIENCE, Database, Opened};
use super::fault::Fault;
use super::request::Request;
use super::row::time_to_sql;
use crate::clock::Timestamp;
use crate::error::TaskEnded;
use sqlx::{Connection, Executor, SqliteConnection};
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// Sends requests to the task; when the last clone is gone, the task closes the database and ends.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    queue: mpsc::Sender<Box<dyn Job>>,
}

/// Requests that wait while the writer is busy; more of them wait to get into the queue.
const QUEUE: usize = 1024;

/// Requests in one transaction at most, so that the first of them does not wait for ever more of them.
const TOGETHER: usize = 256;

impl Writer {
    /// Starts the task.
    pub(super) fn start(database: Database, opened: Opened) -> Self {
        let (queue, requests) = mpsc::channel(QUEUE);
        let task = Task { database, opened: Some(opened), written: None };
        tokio::spawn(task.run(requests));
        Self { queue }
    }

    /// The answer comes after the commit. Dropping the future neither undoes nor breaks anything: once queued, the
    /// request is carried out whether or not anybody waits.
    pub(super) async fn ask<R: Request>(&self, request: R) -> Result<R::Answer, Fault> {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Pending { request, answer: None, reply });
        self.queue.send(job).await.map_err(|_| Fault::Stopped(TaskEnded))?;
        answer.await.map_err(|_| Fault::Stopped(TaskEnded))?
    }

    pub(super) fn is_running(&self) -> bool {
        !self.queue.is_closed()
    }
}

struct Task {
    database: Database,
    /// None after a failure: the next request opens it anew.
    opened: Option<Opened>,
    /// The time of the last write as it was noted.
    written: Option<Timestamp>,
}

impl Task {
    async fn run(mut self, mut queue: mpsc::Receiver<Box<dyn Job>>) {
        while let Some(first) = queue.recv().await {
            let mut jobs = vec![first];
            match self.commit(&mut jobs, Some(&mut queue)).await {
                // One request is to blame, and the others must not pay for it.
                Err(fault) if fault.is_of_one_request() && jobs.len() > 1 => {
                    self.commit_each(jobs).await;
                }
                outcome => jobs.into_iter().for_each(|job| job.reply(outcome.clone())),
            }
            if let Some(mut opened) = self.opened.take()
                && self.database.settle_journal(&mut opened).await.is_ok()
            {
                self.opened = Some(opened);
            }
        }
        if let Some(opened) = self.opened {
            // Nobody is left to tell; whatever was acknowledged is on the disk already.
            let _ = opened.connection.close().await;
        }
    }

    async fn commit_each(&mut self, jobs: Vec<Box<dyn Job>>) {
        let mut broken: Option<Fault> = None;
        for job in jobs {
            let mut alone = vec![job];
            let outcome = match &broken {
                Some(fault) => Err(fault.clone()),
                None => self.commit(&mut alone, None).await,
            };
            if let Err(fault) = &outcome
                && !fault.is_of_one_request()
            {
                broken = Some(fault.clone());
            }
            alone.into_iter().for_each(|job| job.reply(outcome.clone()));
        }
    }

    /// Runs the jobs, and those that come meanwhile, in one transaction. After an error nothing of it happened, except
    /// that a failing commit may have reached the disk all the same.
    async fn commit(
        &mut self,
        jobs: &mut Vec<Box<dyn Job>>,
        more: Option<&mut mpsc::Receiver<Box<dyn Job>>>,
    ) -> Result<(), Fault> {
        let mut opened = self.connection().await?;
        let is_alone = jobs.len() == 1 && more.as_ref().is_some_and(|queue| queue.is_empty());
        let alone = match is_alone && opened.is_wal() {
            true => self.alone(&mut opened, jobs).await,
            false => Ok(false),
        };
        let outcome = match alone {
            Ok(true) => Ok(()),
            Err(fault) if !fault.is_busy() => Err(fault),
            _ => transaction(&mut opened.connection, jobs, more, &mut self.written).await,
        };
        let usable = match &outcome {
            Ok(()) => true,
            Err(fault) => {
                // Fails when it never began, which is as good: then the lock was not to be had.
                let rolled_back = opened.connection.execute("ROLLBACK").await.is_ok();
                fault.is_busy() || (rolled_back && fault.is_of_one_request())
            }
        };
        if usable {
            self.opened = Some(opened);
        }
        outcome
    }

    /// The one job there is, without the two statements around it; `false` when it takes more. A write whose time is to be noted does. Outside
    /// WAL mode a commit waits for those who read, which a statement that is its own transaction gives up.
    async fn alone(&self, opened: &mut Opened, jobs: &mut [Box<dyn Job>]) -> Result<bool, Fault> {
        match jobs {
            [job] if news(job.now(), self.written).is_none() => job.run_alone(&mut opened.connection).await,
            _ => Ok(false),
        }
    }

    /// The connection, out of its place: it is put back by whoever used it without trouble.
    async fn connection(&mut self) -> Result<Opened, Fault> {
        match self.opened.take() {
            Some(opened) if self.database.is_current(&opened) => Ok(opened),
            _ => self.database.reopen().await,
        }
    }
}

async fn transaction(
    connection: &mut SqliteConnection,
    jobs: &mut Vec<Box<dyn Job>>,
    mut more: Option<&mut mpsc::Receiver<Box<dyn Job>>>,
    written: &mut Option<Timestamp>,
) -> Result<(), Fault> {
    begin(connection).await?;
    for job in jobs.iter_mut() {
        job.run(connection).await?;
    }
    while jobs.len() < TOGETHER {
        let Some(Ok(mut job)) = more.as_mut().map(|queue| queue.try_recv()) else {
            break;
        };
        let outcome = job.run(connection).await;
        jobs.push(job);
        outcome?;
    }
    let news = news(jobs.iter().rev().find_map(|job| job.now()), *written);
    if let Some(now) = news {
        note_time(connection, now).await?;
    }
    commit(connection).await?;
    *written = news.or(*written);
    Ok(())
}

/// The time of a write, where it is to be noted: not for each of many in a second.
fn news(now: Option<Timestamp>, noted: Option<Timestamp>) -> Option<Timestamp> {
    let is_another =
        |now: &Timestamp, noted: Timestamp| now.since(noted).max(noted.since(*now)) >= Duration::from_secs(1);
    now.filter(|now| noted.is_none_or(|noted| is_another(now, noted)))
}

/// Notes when the last write was, for [`time`](crate::store::TokenStore::time).
async fn note_time(connection: &mut SqliteConnection, now: Timestamp) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO jwt_auth_meta (name, value) VALUES ('written_at', $1)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )
    .bind(time_to_sql(now))
    .execute(connection)
    .await?;
    Ok(())
}

/// Outside WAL mode a commit waits for those who read, and what it was to commit stays until it does: asked again, it is still there.
async fn commit(connection: &mut SqliteConnection) -> Result<(), Fault> {
    let begun = Instant::now();
    loop {
        match connection.execute("COMMIT").await.map_err(Fault::from) {
            Err(fault) if fault.is_busy() && begun.elapsed() < COMMIT_PATIENCE - LOCK_PATIENCE => {}
            outcome => return outcome.map(drop),
        }
    }
}

/// Takes the write lock at once. Were it taken by the first UPDATE, another process could write between our reading
/// and our writing.
async fn begin(connection: &mut SqliteConnection) -> Result<(), Fault> {
    // SQLite's own busy timeout waits inside; a second turn outlasts one long transaction of another process.
    for _ in 0..2 {
        match connection.execute("BEGIN IMMEDIATE").await.map_err(Fault::from) {
            Ok(_) => return Ok(()),
            Err(fault) if fault.is_busy() => {}
            Err(fault) => return Err(fault),
        }
    }
    connection.execute("BEGIN IMMEDIATE").await?;
    Ok(())
}

/// A request of whatever type, and whoever waits for its answer.
trait Job: Send {
    /// Runs it and keeps the answer back until the commit.
    fn run<'a>(
        &'a mut self,
        connection: &'a mut SqliteConnection,
    ) -> Pin<Box<dyn Future<Output = Result<(), Fault>> + Send + 'a>>;

    /// See [`Request::run_alone`]; `false` when it takes more.
    fn run_alone<'a>(
        &'a mut self,
        connection: &'a mut SqliteConnection,
    ) -> Pin<Box<dyn Future<Output = Result<bool, Fault>> + Send + 'a>>;

    /// See [`Request::now`].
    fn now(&self) -> Option<Timestamp>;

    fn reply(self: Box<Self>, committed: Result<(), Fault>);
}

struct Pending<R: Request> {
    request: R,
    answer: Option<R::Answer>,
    reply: oneshot::Sender<Result<R::Answer, Fault>>,
}

impl<R: Request> Job for Pending<R> {
    fn run<'a>(
        &'a mut self,
        connection: &'a mut SqliteConnection,
    ) -> Pin<Box<dyn Future<Output = Result<(), Fault>> + Send + 'a>> {
        Box::pin(async move {
            self.answer = Some(self.request.run(connection).await?);
            Ok(())
        })
    }

    fn run_alone<'a>(
        &'a mut self,
        connection: &'a mut SqliteConnection,
    ) -> Pin<Box<dyn Future<Output = Result<bool, Fault>> + Send + 'a>> {
        Box::pin(async move {
            self.answer = self.request.run_alone(connection).await?;
            Ok(self.answer.is_some())
        })
    }

    fn now(&self) -> Option<Timestamp> {
        self.request.now()
    }

    fn reply(self: Box<Self>, committed: Result<(), Fault>) {
        let Self { answer, reply, .. } = *self;
        // Committed means run, and run leaves an answer.
        let answer = committed.and_then(|()| answer.ok_or(Fault::Stopped(TaskEnded)));
        // A caller who has gone away does not want it.
        let _ = reply.send(answer);
    }
}
