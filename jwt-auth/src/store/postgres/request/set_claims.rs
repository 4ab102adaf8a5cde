//! Other claims for a session.

use super::{Namespace, Request};
use crate::claims::Claims;
use crate::store::SessionId;
use crate::store::postgres::fault::Fault;
use sqlx::PgConnection;

pub(in crate::store::postgres) struct SetClaims {
    pub(in crate::store::postgres) namespace: Namespace,
    pub(in crate::store::postgres) sid: SessionId,
    pub(in crate::store::postgres) claims: Claims,
}

impl Request for SetClaims {
    type Answer = bool;

    async fn run(&self, connection: &mut PgConnection) -> Result<bool, Fault> {
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
