//! What the writer is asked to do, as statements. Each runs inside a transaction that somebody else commits.

mod advance;
mod clearing;
mod create;
mod end;
mod set_claims;
mod spend;

pub(super) use advance::Advance;
pub(super) use create::{Adopt, Create};
pub(super) use end::{End, EndAll};
pub(super) use set_claims::SetClaims;
pub(super) use spend::Spend;

use super::fault::Fault;
use super::row::time_to_sql;
use crate::clock::Timestamp;
use crate::store::SessionId;
use sqlx::SqliteConnection;
use std::future::Future;
use std::sync::Arc;

/// One request. It may run more than once, each time after a rollback of the time before.
pub(super) trait Request: Send + Sync + 'static {
    type Answer: Send + 'static;

    fn run(&self, connection: &mut SqliteConnection) -> impl Future<Output = Result<Self::Answer, Fault>> + Send;
}

/// The rows that a request may see.
pub(super) type Namespace = Arc<str>;

async fn announce_session(
    connection: &mut SqliteConnection,
    namespace: &str,
    sid: SessionId,
    drop_after: Timestamp,
) -> Result<(), Fault> {
    sqlx::query("INSERT INTO jwt_auth_revocations (sid, drop_after, namespace) VALUES ($1, $2, $3)")
        .bind(sid.to_string())
        .bind(time_to_sql(drop_after))
        .bind(namespace)
        .execute(connection)
        .await?;
    Ok(())
}
