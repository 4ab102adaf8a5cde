//! `NOTIFY`: a word to whoever listens.

use super::Request;
use crate::store::postgres::fault::Fault;
use sqlx::PgConnection;

pub(in crate::store::postgres) struct Say {
    pub(in crate::store::postgres) channel: &'static str,
    pub(in crate::store::postgres) word: String,
}

impl Request for Say {
    type Answer = ();

    async fn run(&self, connection: &mut PgConnection) -> Result<(), Fault> {
        sqlx::query("SELECT pg_notify($1, $2)").bind(self.channel).bind(&self.word).execute(connection).await?;
        Ok(())
    }
}
