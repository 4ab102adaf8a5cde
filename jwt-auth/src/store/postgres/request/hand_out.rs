//! Tokens that are handed out without a move.

use super::{Namespace, Request};
use crate::clock::Timestamp;
use crate::store::SessionId;
use crate::store::postgres::fault::Fault;
use crate::store::postgres::row::time_to_sql;
use sqlx::PgConnection;

pub(in crate::store::postgres) struct NoteHandOut {
    pub(in crate::store::postgres) namespace: Namespace,
    pub(in crate::store::postgres) sid: Option<SessionId>,
    pub(in crate::store::postgres) now: Timestamp,
}

impl Request for NoteHandOut {
    type Answer = bool;

    async fn run(&self, connection: &mut PgConnection) -> Result<bool, Fault> {
        let statement = match self.sid {
            Some(_) => {
                "UPDATE jwt_auth_sessions SET handed_out_at = GREATEST(handed_out_at, $2)
                 WHERE namespace = $1 AND sid = $3 AND ended IS NULL"
            }
            None => {
                "INSERT INTO jwt_auth_meta AS meta (name, value) VALUES ('handed_out:' || $1, $2)
                 ON CONFLICT (name) DO UPDATE SET value = GREATEST(meta.value, excluded.value)"
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
