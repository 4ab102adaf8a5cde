//! What may be used once.

use super::{Namespace, Request};
use crate::clock::Timestamp;
use crate::store::postgres::fault::Fault;
use crate::store::postgres::row::{text_to_sql, time_to_sql, to_sql};
use crate::store::{CLEARED_PER_WRITE, KEPT_LONGER};
use sqlx::PgConnection;

pub(in crate::store::postgres) struct Spend {
    pub(in crate::store::postgres) namespace: Namespace,
    pub(in crate::store::postgres) id: String,
    pub(in crate::store::postgres) drop_after: Timestamp,
    pub(in crate::store::postgres) now: Timestamp,
}

impl Request for Spend {
    type Answer = bool;

    async fn run(&self, connection: &mut PgConnection) -> Result<bool, Fault> {
        let inserted = sqlx::query(
            "WITH over AS (
                 DELETE FROM jwt_auth_spent WHERE (namespace, id) IN
                     (SELECT namespace, id FROM jwt_auth_spent WHERE drop_after <= $4
                      ORDER BY drop_after LIMIT $5 FOR UPDATE SKIP LOCKED))
             INSERT INTO jwt_auth_spent (namespace, id, drop_after) VALUES ($1, $2, $3)
             ON CONFLICT (namespace, id) DO NOTHING",
        )
        .bind(&*self.namespace)
        .bind(text_to_sql(&self.id))
        .bind(time_to_sql(self.drop_after))
        .bind(time_to_sql(self.now.before(KEPT_LONGER)))
        .bind(to_sql(CLEARED_PER_WRITE as u64))
        .execute(connection)
        .await?
        .rows_affected();
        Ok(inserted == 1)
    }
}
