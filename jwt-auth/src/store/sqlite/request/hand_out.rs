//! Tokens that are handed out without a move.

use super::{Namespace, Request};
use crate::clock::Timestamp;
use crate::store::SessionId;
use crate::store::sqlite::fault::Fault;
use crate::store::sqlite::row::time_to_sql;
use sqlx::SqliteConnection;

pub(in crate::store::sqlite) struct NoteHandOut {
    pub(in crate::store::sqlite) namespace: Namespace,
    pub(in crate::store::sqlite) sid: Option<SessionId>,
    pub(in crate::store::sqlite) now: Timestamp,
}

impl Request for NoteHandOut {
    type Answer = bool;

    fn now(&self) -> Option<Timestamp> {
        Some(self.now)
    }

    async fn run(&self, connection: &mut SqliteConnection) -> Result<bool, Fault> {
        let statement = match self.sid {
            Some(_) => {
                "UPDATE jwt_auth_sessions SET handed_out_at = MAX(handed_out_at, $2)
                 WHERE namespace = $1 AND sid = $3 AND ended IS NULL"
            }
            None => {
                "INSERT INTO jwt_auth_meta (name, value) VALUES ('handed_out:' || $1, $2)
                 ON CONFLICT (name) DO UPDATE SET value = MAX(value, excluded.value)"
            }
        };
        let noted = sqlx::query(statement).bind(&*self.namespace).bind(time_to_sql(self.now));
        let noted = match self.sid {
            Some(sid) => noted.bind(sid.to_string()),
            None => noted,
        };
        Ok(noted.execute(connection).await?.rows_affected() > 0)
    }
}
