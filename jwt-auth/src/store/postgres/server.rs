//! The connections to the server.

use super::PATIENCE;
use super::fault::Fault;
use super::request::{Lane, Request};
use crate::error::TaskEnded;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Executor, PgConnection, PgPool, Postgres, Row};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// The connections to the server, as many as there is work; they are made anew by themselves when it was away.
#[derive(Clone, Debug)]
pub(super) struct Server {
    pool: PgPool,
    options: PgConnectOptions,
    turns: Turns,
    /// Whether the next statement may reach another connection of the server than the last one.
    is_pooled: bool,
}

/// How long a connection is waited for that has to be made: with the server gone callers hear of it after this time.
const CONNECT_PATIENCE: Duration = Duration::from_secs(3);

/// A stuck statement, or a transaction whose program has hung up, must not hold its locks for long. And in a stricter level of isolation
/// the loser of a race would get an error instead of a row that says who won.
const LIMITS: &str = "SET statement_timeout = '5s'; SET lock_timeout = '4s'; \
                      SET idle_in_transaction_session_timeout = '10s'; \
                      SET default_transaction_isolation = 'read committed'";

/// The same for one transaction: behind a pooler a `SET` is for whoever gets the server's connection next.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; \
                     SET LOCAL statement_timeout = '5s'; SET LOCAL lock_timeout = '4s'; \
                     SET LOCAL idle_in_transaction_session_timeout = '10s'";

/// That of a start, which may have to wait for another one that makes the tables.
const BEGIN_PATIENTLY: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = '30s'";

/// A move holds a connection for a millisecond or two, and the server's hundred are shared with the service itself.
const CONNECTIONS: [usize; 3] = [7, 3, 2];

/// Who may ask for a connection, so many in each lane.
#[derive(Clone, Debug)]
struct Turns {
    writes: Arc<Semaphore>,
    reads: Arc<Semaphore>,
    lists: Arc<Semaphore>,
}

impl Turns {
    fn of(&self, lane: Lane) -> &Semaphore {
        match lane {
            Lane::Writes => &self.writes,
            Lane::Reads => &self.reads,
            Lane::Lists => &self.lists,
        }
    }
}

impl Default for Turns {
    fn default() -> Self {
        let [writes, reads, lists] = CONNECTIONS.map(|connections| Arc::new(Semaphore::new(connections)));
        Self { writes, reads, lists }
    }
}

/// A connection that was used so lately is not asked first whether it is still alive, which would cost as much as the statement.
const FRESH: Duration = Duration::from_secs(1);

/// How often the same work is tried that PostgreSQL refused for the moment.
const ATTEMPTS: u32 = 5;

impl Server {
    /// By an address. Nothing is connected yet.
    pub(super) fn from_url(url: &str) -> Result<Self, Fault> {
        let scheme = url.split_once(':').map_or("..", |(scheme, _)| scheme);
        if !matches!(scheme, "postgres" | "postgresql") {
            // Never the rest: it may hold a password.
            return Err(Fault::NoAddress(if scheme == ".." { url.to_owned() } else { format!("{scheme}:..") }));
        }
        let options = PgConnectOptions::from_str(url)?;
        // Not over the name that an operator has given it in the address.
        let is_named = options.get_application_name().is_some();
        Ok(Self::new(if is_named { options } else { options.application_name("jwt-auth") }, false))
    }

    /// By the options of a pool of the application.
    pub(super) fn from_pool(pool: &PgPool) -> Self {
        Self::new(PgConnectOptions::clone(&pool.connect_options()), false)
    }

    /// For a pooler that shares the server's connections by transaction. It works as well without one, with more round trips.
    pub(super) fn pooled(&self) -> Self {
        Self::new(self.options.clone(), true)
    }

    fn new(options: PgConnectOptions, is_pooled: bool) -> Self {
        // Of floating numbers there are none; and poolers refuse to be told how they are to be written.
        let options = options.disable_statement_logging().extra_float_digits(None);
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS.iter().sum::<usize>() as u32)
            .acquire_timeout(CONNECT_PATIENCE)
            .test_before_acquire(false)
            .before_acquire(|connection, age| {
                Box::pin(async move {
                    if age.idle_for >= FRESH {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if !is_pooled {
                        connection.execute(LIMITS).await?;
                    }
                    Ok(())
                })
            })
            .connect_lazy_with(options.clone());
        Self { pool, options, turns: Turns::default(), is_pooled }
    }

    pub(super) fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// One transaction on a connection beside the others, for the start: it says why the server cannot be reached, and has no limits but for
    /// locks. What it does is right behind a pooler as well.
    pub(super) async fn once(
        &self,
        work: impl AsyncFnOnce(&mut PgConnection) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut connection = self.connect().await?;
        let mut transaction = connection.begin_with(BEGIN_PATIENTLY).await?;
        work(&mut transaction).await?;
        transaction.clear_cached_statements().await?;
        transaction.commit().await?;
        // A farewell: that it fails says nothing of what was done.
        let _ = connection.close().await;
        Ok(())
    }

    /// Whether somebody between shares the server's connections by transaction: then one of ours meets another of the server's from time to
    /// time, or two of ours meet the same. It must be known before anybody listens: who next got such a connection would hear, and could make
    /// nothing of it.
    pub(super) async fn is_shared(&self) -> Result<bool, Fault> {
        let mut ours = [self.connect().await?, self.connect().await?];
        let mut met = [None; 2];
        for turn in 0..6 {
            let (own, other) = (turn % 2, 1 - turn % 2);
            // A text, so that nothing is prepared.
            let row = ours[own].fetch_one("SELECT pg_backend_pid()::text").await?;
            let process: i32 = row.try_get::<&str, _>(0)?.parse().map_err(|_| Fault::Column("pid"))?;
            if met[own].is_some_and(|before| before != process) || met[other] == Some(process) {
                return Ok(true);
            }
            met[own] = Some(process);
        }
        for connection in ours {
            // A farewell.
            let _ = connection.close().await;
        }
        Ok(false)
    }

    async fn connect(&self) -> Result<PgConnection, Fault> {
        let connecting = tokio::time::timeout(CONNECT_PATIENCE, self.options.connect());
        Ok(connecting.await.map_err(|_| Fault::Slow)??)
    }

    /// Another one, that listens on a channel. It is not one of the pool: one that hangs must not take the place of the next.
    pub(super) async fn listen(&self, channel: &str) -> Result<PgListener, Fault> {
        let connecting = async {
            let pool = PgPoolOptions::new()
                .max_connections(1)
                .acquire_timeout(CONNECT_PATIENCE)
                .idle_timeout(None)
                .max_lifetime(None)
                .connect_with(self.options.clone())
                .await?;
            let mut listener = PgListener::connect_with(&pool).await?;
            listener.eager_reconnect(false);
            listener.listen(channel).await?;
            Ok(listener)
        };
        tokio::time::timeout(2 * CONNECT_PATIENCE, connecting).await.map_err(|_| Fault::Slow)?
    }

    /// Does the work on a connection, for a bounded time. Dropping the future does not stop it: once begun it is carried out, whether or
    /// not anybody waits.
    pub(super) async fn ask<R: Request>(&self, request: R) -> Result<R::Answer, Fault> {
        let server = self.clone();
        let work = tokio::spawn(async move {
            let work = tokio::time::timeout(PATIENCE, async {
                let _turn = server.turns.of(R::LANE).acquire().await.map_err(|_| Fault::Stopped(TaskEnded))?;
                server.carry_out(&request).await
            });
            work.await.map_err(|_| Fault::Slow)?
        });
        work.await.map_err(|_| Fault::Stopped(TaskEnded))?
    }
}

impl Server {
    async fn carry_out<R: Request>(&self, request: &R) -> Result<R::Answer, Fault> {
        let mut attempts = 1;
        loop {
            let mut held = Held(Some(self.pool.acquire().await?));
            let connection = held.connection()?;
            let outcome = match self.is_pooled {
                true => in_one_transaction(connection, request).await,
                false => request.run(connection).await,
            };
            match outcome {
                Ok(answer) => {
                    held.give_back();
                    return Ok(answer);
                }
                Err(fault) => {
                    if fault.leaves_the_connection() {
                        held.give_back();
                    }
                    if !fault.is_of_the_moment() || attempts >= ATTEMPTS {
                        return Err(fault);
                    }
                    attempts += 1;
                }
            }
        }
    }
}

/// For the time of a transaction a pooler leaves us a connection of the server: what is prepared there is used and forgotten within it, as
/// on another one nobody knows of it, or somebody knows something else by its name.
async fn in_one_transaction<R: Request>(connection: &mut PgConnection, request: &R) -> Result<R::Answer, Fault> {
    let mut transaction = connection.begin_with(BEGIN).await?;
    let outcome = request.run(&mut transaction).await;
    let forgotten = transaction.clear_cached_statements().await;
    let answer = outcome?;
    forgotten?;
    transaction.commit().await?;
    Ok(answer)
}

/// A connection that is closed unless it is given back: the pool would ask one that hangs whether it is well, and wait for the answer with
/// a place taken.
struct Held(Option<PoolConnection<Postgres>>);

impl Held {
    fn connection(&mut self) -> Result<&mut PgConnection, Fault> {
        // It is there until it is given back.
        self.0.as_deref_mut().ok_or(Fault::Slow)
    }

    fn give_back(&mut self) {
        self.0 = None;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            drop(connection.detach());
        }
    }
}
