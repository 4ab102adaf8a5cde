//! What the server is asked to do, as statements.

mod advance;
mod announce;
mod audit;
mod clearing;
mod create;
mod end;
mod failures;
mod hand_out;
mod keys;
mod lifetime;
mod read;
mod schedule;
mod set_claims;
mod spend;

pub(super) use advance::Advance;
pub(super) use audit::Audit;
pub(super) use create::{Adopt, Create};
pub(super) use end::{End, EndAll};
pub(super) use failures::{CountFailure, ForgetFailures, ReadFailures};
pub(super) use hand_out::NoteHandOut;
pub(super) use keys::{Admit, ListKeys, Reset};
pub(super) use lifetime::RememberLifetime;
pub(super) use read::{Check, Epoch, Find, List, Numbers, ReadFeed, Time};
pub(super) use schedule::{ReadSchedule, Reschedule};
pub(super) use set_claims::SetClaims;
pub(super) use spend::Spend;

use super::fault::Fault;
use aws_lc_rs::digest::{Context, SHA256};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Postgres, Transaction};
use std::future::Future;
use std::sync::Arc;

/// One request: a statement, or a transaction of its own. It may run more than once, each time after a rollback of the time before.
///
/// Of several locks the first is a [user's](UserLock), then come rows of sessions, and the row of the feed is last: whoever
/// holds that waits for nobody.
pub(super) trait Request: Send + Sync + 'static {
    type Answer: Send + 'static;

    /// Who it waits for.
    const LANE: Lane = Lane::Writes;

    fn run(&self, connection: &mut PgConnection) -> impl Future<Output = Result<Self::Answer, Fault>> + Send;
}

/// Requests of one lane wait for each other's connections, and for those of no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    /// They may have to wait for each other's rows.
    Writes,
    /// Single rows and the feed, which no write holds up.
    Reads,
    /// Pages of rows.
    Lists,
}

/// The rows that a request may see: the namespace as it stands in them.
pub(super) type Namespace = Arc<str>;

/// What others may not do to a user's sessions until the transaction is over.
#[derive(Clone, Copy)]
enum UserLock {
    /// Nobody makes sessions, or ends all.
    Alone,
    /// Nobody ends all.
    Shared,
}

impl UserLock {
    /// Begins a transaction that has the lock. Its statements see what was committed before it was given.
    async fn begin<'a>(
        self,
        connection: &'a mut PgConnection,
        namespace: &str,
        user_id: &str,
    ) -> Result<Transaction<'a, Postgres>, Fault> {
        let function = match self {
            Self::Alone => "pg_advisory_xact_lock",
            Self::Shared => "pg_advisory_xact_lock_shared",
        };
        // Nothing of a name is in the text, but for a number made of it.
        let lock = format!("SELECT {function}({})", lock_number(namespace, user_id));
        if connection.is_in_transaction() {
            // As all are behind a pooler.
            let mut transaction = connection.begin().await?;
            transaction.execute(AssertSqlSafe(lock)).await?;
            return Ok(transaction);
        }
        Ok(connection.begin_with(AssertSqlSafe(format!("BEGIN; {lock}"))).await?)
    }
}

/// Two users who share one by chance only wait.
fn lock_number(namespace: &str, user_id: &str) -> i64 {
    let mut hash = Context::new(&SHA256);
    hash.update(b"jwt-auth user lock 1\0");
    // The length in front keeps ("ab", "c") and ("a", "bc") apart.
    hash.update(&(namespace.len() as u64).to_be_bytes());
    hash.update(namespace.as_bytes());
    hash.update(user_id.as_bytes());
    let digest = hash.finish();
    digest.as_ref().iter().take(8).fold(0, |number: i64, byte| number << 8 | i64::from(*byte))
}
