//! What the writer is asked to do, as statements. Each runs inside a transaction that somebody else commits.

mod advance;
mod audit;
mod clearing;
mod create;
mod end;
mod failures;
mod hand_out;
mod keys;
mod lifetime;
mod schedule;
mod set_claims;
mod spend;

pub(super) use advance::Advance;
pub(super) use audit::Audit;
pub(super) use create::{Adopt, Create};
pub(super) use end::{End, EndAll};
pub(super) use failures::{CountFailure, ForgetFailures};
pub(super) use hand_out::NoteHandOut;
pub(super) use keys::{Admit, Reset, known_keys};
pub(super) use lifetime::RememberLifetime;
pub(super) use schedule::{Reschedule, key_schedule};
pub(super) use set_claims::SetClaims;
pub(super) use spend::Spend;

use super::fault::Fault;
use super::row::{duration_to_sql, time_to_sql, to_sql};
use crate::clock::Timestamp;
use crate::store::{Ending, Retention, Revoked};
use sqlx::SqliteConnection;
use std::future::{Future, ready};
use std::sync::Arc;
use std::time::Duration;

/// One request. It may run more than once, each time after a rollback of the time before.
pub(super) trait Request: Send + Sync + 'static {
    type Answer: Send + 'static;

    /// The present moment as the caller says, to be noted as that of the last write.
    fn now(&self) -> Option<Timestamp>;

    fn run(&self, connection: &mut SqliteConnection) -> impl Future<Output = Result<Self::Answer, Fault>> + Send;

    /// The same by one statement that is its own transaction, where that does it; `None` when nothing was done, and it takes more.
    fn run_alone(
        &self,
        connection: &mut SqliteConnection,
    ) -> impl Future<Output = Result<Option<Self::Answer>, Fault>> + Send {
        let _ = connection;
        ready(Ok(None))
    }
}

/// The rows that a request may see.
pub(super) type Namespace = Arc<str>;

/// Puts an entry into the feed, kept as long as any token may live that it concerns.
async fn announce(
    connection: &mut SqliteConnection,
    namespace: &str,
    subject: &Revoked,
    ending: Ending,
    handed_out_at: Timestamp,
) -> Result<(), Fault> {
    let ending = ending.kept_for(longest_lifetime(connection, namespace).await?);
    let retention = Retention::of(ending, handed_out_at);
    let (sid, user_id, epoch, proof, raised_at) = match subject {
        Revoked::Session(sid) => (Some(sid), None, None, None, None),
        Revoked::BeforeProof { sid, proof } => (Some(sid), None, None, Some(*proof), None),
        Revoked::User { user_id, epoch, raised_at } => {
            (None, Some(user_id), Some(to_sql(*epoch)), None, Some(*raised_at))
        }
    };
    sqlx::query(
        "INSERT INTO jwt_auth_revocations
             (sid, user_id, epoch, auth_time, raised_at, drop_after, lasts, namespace, auth_gen)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(sid.map(ToString::to_string))
    .bind(user_id)
    .bind(epoch)
    .bind(proof.map(|proof| time_to_sql(proof.auth_time)))
    .bind(raised_at.map(time_to_sql))
    .bind(time_to_sql(retention.until))
    .bind(duration_to_sql(retention.lasts))
    .bind(namespace)
    .bind(proof.map(|proof| to_sql(proof.generation)))
    .execute(connection)
    .await?;
    Ok(())
}

async fn longest_lifetime(connection: &mut SqliteConnection, namespace: &str) -> Result<Duration, Fault> {
    let known = lifetime::read(connection, namespace).await?;
    Ok(known.last().map_or(Duration::ZERO, |known| known.lifetime))
}
