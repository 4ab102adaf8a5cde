//! What may be used once.

use super::clearing::clear_batch;
use super::{Namespace, Request};
use crate::clock::Timestamp;
use crate::store::postgres::fault::Fault;
use crate::store::postgres::row::{text_to_sql, time_to_sql};
use sqlx::{Connection, PgConnection};

pub(in crate::store::postgres) struct Spend {
    pub(in crate::store::postgres) namespace: Namespace,
    pub(in crate::store::postgres) id: String,
    pub(in crate::store::postgres) drop_after: Timestamp,
    pub(in crate::store::postgres) now: Timestamp,
}

impl Request for Spend {
    type Answer = bool;

    async fn run(&self, connection: &mut PgConnection) -> Result<bool, Fault> {
        let mut transaction = connection.begin().await?;
        let sql = "DELETE FROM jwt_auth_spent WHERE (namespace, id) IN
             (SELECT namespace, id FROM jwt_auth_spent WHERE drop_after <= $1
              ORDER BY drop_after LIMIT $2 FOR UPDATE SKIP LOCKED)";
        clear_batch(&mut transaction, sql, self.now).await?;
        let inserted = sqlx::query(
            "INSERT INTO jwt_auth_spent (namespace, id, drop_after) VALUES ($1, $2, $3)
             ON CONFLICT (namespace, id) DO NOTHING",
        )
        .bind(&*self.namespace)
        .bind(text_to_sql(&self.id))
        .bind(time_to_sql(self.drop_after))
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        transaction.commit().await?;
        Ok(inserted == 1)
    }
}
