//! What may be used once.

use super::clearing::clear_batch;
use super::{Namespace, Request};
use crate::clock::Timestamp;
use crate::store::sqlite::fault::Fault;
use crate::store::sqlite::row::time_to_sql;
use sqlx::SqliteConnection;

pub(in crate::store::sqlite) struct Spend {
    pub(in crate::store::sqlite) namespace: Namespace,
    pub(in crate::store::sqlite) id: String,
    pub(in crate::store::sqlite) drop_after: Timestamp,
    pub(in crate::store::sqlite) now: Timestamp,
}

impl Request for Spend {
    type Answer = bool;

    fn now(&self) -> Option<Timestamp> {
        Some(self.now)
    }

    async fn run(&self, connection: &mut SqliteConnection) -> Result<bool, Fault> {
        let sql = "DELETE FROM jwt_auth_spent WHERE (namespace, id) IN
             (SELECT namespace, id FROM jwt_auth_spent WHERE drop_after <= $1 LIMIT $2)";
        clear_batch(connection, sql, self.now).await?;
        let inserted = sqlx::query(
            "INSERT INTO jwt_auth_spent (namespace, id, drop_after) VALUES ($1, $2, $3)
             ON CONFLICT (namespace, id) DO NOTHING",
        )
        .bind(&*self.namespace)
        .bind(&self.id)
        .bind(time_to_sql(self.drop_after))
        .execute(connection)
        .await?
        .rows_affected();
        Ok(inserted == 1)
    }
}
