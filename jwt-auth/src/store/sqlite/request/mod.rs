//! What the writer is asked to do, as statements. Each runs inside a transaction that somebody else commits.

mod advance;
mod clearing;
mod create;
mod end;
mod keys;
mod set_claims;
mod spend;

pub(super) use advance::Advance;
pub(super) use create::{Adopt, Create};
pub(super) use end::{End, EndAll};
pub(super) use keys::{Admit, Reset, known_keys};
pub(super) use set_claims::SetClaims;
pub(super) use spend::Spend;

use super::fault::Fault;
use super::row::{duration_to_sql, time_to_sql};
use crate::clock::Timestamp;
use crate::store::{Retention, SessionId};
use sqlx::SqliteConnection;
use std::future::Future;
use std::sync::Arc;

/// One request. It may run more than once, each time after a rollback of the time before.
pub(super) trait Request: Send + Sync + 'static {
    type Answer: Send + 'static;

    /// The present moment as the caller says, to be noted as that of the last write.
    fn now(&self) -> Option<Timestamp>;

    fn run(&self, connection: &mut SqliteConnection) -> impl Future<Output = Result<Self::Answer, Fault>> + Send;
}

/// The rows that a request may see.
pub(super) type Namespace = Arc<str>;

async fn announce_session(
    connection: &mut SqliteConnection,
    namespace: &str,
    sid: SessionId,
    retention: Retention,
) -> Result<(), Fault> {
    sqlx::query("INSERT INTO jwt_auth_revocations (sid, drop_after, lasts, namespace) VALUES ($1, $2, $3, $4)")
        .bind(sid.to_string())
        .bind(time_to_sql(retention.until))
        .bind(duration_to_sql(retention.lasts))
        .bind(namespace)
        .execute(connection)
        .await?;
    Ok(())
}
