//! The connection that hears of others' revocations.

use super::fault::Fault;
use super::request::Numbers;
use super::server::Server;
use crate::store::SessionId;
use sqlx::postgres::PgListener;
use sqlx::{AssertSqlSafe, Executor};
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// Listens as long as it lives. It says that there is news, never what: whoever is woken reads the feed, and whoever is not reads it a little
/// later.
#[derive(Debug)]
pub(super) struct Listener {
    heard: watch::Receiver<Heard>,
    task: AbortHandle,
}

/// The highest number that was heard of, by namespace as it stands in the tables.
type Heard = HashMap<String, u64>;

/// As `request/announce.rs` writes it.
const CHANNEL: &str = "jwt_auth_revocations";

/// How long the store waits at the start for its own word.
const HEARING: Duration = Duration::from_secs(3);

/// After such a silence the connection is asked whether it is still there: one that a firewall forgot says nothing for ever.
const SILENCE: Duration = Duration::from_secs(15);

/// How long it has for an answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Between two tries to listen again.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

impl Listener {
    /// None, which the log is told, where the store does not hear what it says itself.
    pub(super) async fn start(server: &Server) -> Option<Self> {
        match begin(server).await {
            Ok(Some(listener)) => {
                let (said, heard) = watch::channel(Heard::new());
                let task = Task { server: server.clone(), said };
                Some(Self { heard, task: tokio::spawn(task.run(listener)).abort_handle() })
            }
            Ok(None) => {
                tracing::warn!(
                    target: "jwt_auth",
                    "no NOTIFY comes through from PostgreSQL, as behind a pooler that shares connections by transaction: logouts made elsewhere are heard of at each `revocation_sync_interval` only, and each call takes more round trips; connect to the server itself, or pool by session"
                );
                None
            }
            Err(fault) => {
                tracing::warn!(
                    target: "jwt_auth", error = &fault as &dyn std::error::Error,
                    "PostgreSQL does not let the store listen: logouts made elsewhere are heard of at each `revocation_sync_interval` only"
                );
                None
            }
        }
    }

    /// Returns once an entry above this number was heard of.
    pub(super) async fn news(&self, namespace: &str, after: u64) {
        let mut heard = self.heard.clone();
        let is_news = heard.wait_for(|heard| heard.get(namespace).is_some_and(|number| *number > after)).await.is_ok();
        if !is_news {
            // The task is over, with its runtime: nobody will be heard any more.
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Listens, and says something to itself through another connection. None when it does not hear it, or a pooler would not let it.
async fn begin(server: &Server) -> Result<Option<PgListener>, Fault> {
    if server.is_shared().await? {
        return Ok(None);
    }
    let mut listener = server.listen(CHANNEL).await?;
    let word = format!("start:{}", SessionId::random().map_err(|_| Fault::Slow)?);
    let say = AssertSqlSafe(format!("SELECT pg_notify('{CHANNEL}', '{word}')"));
    server.once(async |connection| Ok(connection.execute(say).await.map(drop)?)).await?;
    let hearing = async {
        loop {
            match listener.try_recv().await? {
                Some(heard) if heard.payload() == word => return Ok(true),
                Some(_) => {}
                None => return Ok::<bool, Fault>(false),
            }
        }
    };
    match tokio::time::timeout(HEARING, hearing).await {
        Ok(Ok(true)) => Ok(Some(listener)),
        Ok(Err(fault)) => Err(fault),
        Ok(Ok(false)) | Err(_) => Ok(None),
    }
}

struct Task {
    server: Server,
    said: watch::Sender<Heard>,
}

impl Task {
    async fn run(self, mut listener: PgListener) {
        loop {
            self.listen(listener).await;
            tracing::warn!(
                target: "jwt_auth",
                "the connection on which PostgreSQL says that there are revocations is lost; it is made anew, and until then they are heard of at each `revocation_sync_interval`"
            );
            listener = self.listen_again().await;
            tracing::info!(target: "jwt_auth", "PostgreSQL says again when there are revocations");
        }
    }

    async fn listen_again(&self) -> PgListener {
        let mut pause = Duration::from_millis(50);
        loop {
            tokio::time::sleep(pause).await;
            match self.server.listen(CHANNEL).await {
                Ok(listener) => return listener,
                Err(_) => pause = (pause * 2).min(LONGEST_PAUSE),
            }
        }
    }

    /// Until the connection is lost.
    async fn listen(&self, mut listener: PgListener) {
        // What was said while nobody listened.
        if let Ok(numbers) = self.server.ask(Numbers).await {
            numbers.into_iter().for_each(|(namespace, number)| self.note(namespace, number));
        }
        loop {
            match tokio::time::timeout(SILENCE, listener.try_recv()).await {
                Ok(Ok(Some(heard))) => {
                    // Other words are those of a start.
                    if let Some((number, namespace)) = heard.payload().split_once(':')
                        && let Ok(number) = number.parse()
                    {
                        self.note(namespace.to_owned(), number);
                    }
                }
                Ok(Ok(None) | Err(_)) => return,
                Err(_) => {
                    let answer = tokio::time::timeout(PATIENCE, listener.execute("SELECT 1")).await;
                    if !matches!(answer, Ok(Ok(_))) {
                        return;
                    }
                }
            }
        }
    }

    fn note(&self, namespace: String, number: u64) {
        self.said.send_if_modified(|heard| {
            let highest = heard.entry(namespace).or_default();
            let is_news = number > *highest;
            *highest = number.max(*highest);
            is_news
        });
    }
}
