//! Other claims for a session.

use super::{Namespace, Request};
use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::store::SessionId;
use crate::store::sqlite::fault::Fault;
use sqlx::SqliteConnection;

pub(in crate::store::sqlite) struct SetClaims {
    pub(in crate::store::sqlite) namespace: Namespace,
    pub(in crate::store::sqlite) sid: SessionId,
    pub(in crate::store::sqlite) claims: Claims,
}

impl Request for SetClaims {
    type Answer = bool;

    fn now(&self) -> Option<Timestamp> {
        None
    }

    async fn run(&self, connection: &mut SqliteConnection) -> Result<bool, Fault> {
        let update = "UPDATE jwt_auth_sessions SET claims = $3 WHERE namespace = $1 AND sid = $2 AND ended IS NULL";
        let changed = sqlx::query(update)
            .bind(&*self.namespace)
            .bind(self.sid.to_string())
            .bind(self.claims.to_json())
            .execute(connection)
            .await?
            .rows_affected();
        Ok(changed > 0)
    }
}
