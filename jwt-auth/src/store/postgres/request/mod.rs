//! What the server is asked to do, as statements.

mod advance;
mod announce;
mod clearing;
mod create;
mod end;
mod keys;
mod lifetime;
mod read;
mod say;
mod set_claims;
mod spend;

pub(super) use advance::Advance;
pub(super) use create::{Adopt, Create};
pub(super) use end::{End, EndAll};
pub(super) use keys::{Admit, ListKeys, Reset};
pub(super) use lifetime::RememberLifetime;
pub(super) use read::{Check, Epoch, Find, List, Numbers, ReadFeed, Time};
pub(super) use say::Say;
pub(super) use set_claims::SetClaims;
pub(super) use spend::Spend;

use super::fault::Fault;
use sqlx::PgConnection;
use std::future::Future;
use std::sync::Arc;

/// One request: a statement, or a transaction of its own. It may run more than once, each time after a rollback of the time before.
///
/// Of several locks the first is a [user's](lock_user), then come rows of sessions, and the row of the feed is last: whoever
/// holds that waits for nobody.
pub(super) trait Request: Send + Sync + 'static {
    type Answer: Send + 'static;

    fn run(&self, connection: &mut PgConnection) -> impl Future<Output = Result<Self::Answer, Fault>> + Send;
}

/// The rows that a request may see: the namespace as it stands in them.
pub(super) type Namespace = Arc<str>;

/// Until the end of the transaction: with `alone`, nobody else makes or ends sessions of this user by the number; without, nobody ends
/// them. A statement sees what was committed before it, so the lock is one of its own.
async fn lock_user(connection: &mut PgConnection, namespace: &str, user_id: &str, alone: bool) -> Result<(), Fault> {
    // The namespace in front by its length keeps ("ab", "c") and ("a", "bc") apart; two users who share a lock by chance only wait.
    let sql = match alone {
        true => "SELECT pg_advisory_xact_lock(hashtextextended(length($1) || ':' || $1 || $2, 7526))",
        false => "SELECT pg_advisory_xact_lock_shared(hashtextextended(length($1) || ':' || $1 || $2, 7526))",
    };
    sqlx::query(sql).bind(namespace).bind(user_id).execute(connection).await?;
    Ok(())
}
