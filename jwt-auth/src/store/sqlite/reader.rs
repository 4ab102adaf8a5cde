//! Reading, beside the writer and never waiting for it.

use super::database::{Database, Opened};
use super::fault::Fault;
use super::request::{key_schedule, known_keys};
use super::row::{self, columns, from_sql, in_order, time_from_sql, time_to_sql, to_sql};
use crate::clock::Timestamp;
use crate::keys::KeySchedule;
use crate::store::{
    FEED_PAGE, FailureBucket, Failures, Feed, KnownKeys, LastProof, Revocation, Revoked, SESSIONS_PAGE, Session,
    SessionId, SessionPlace, StoreTime,
};
use sqlx::{QueryBuilder, Row, SqliteConnection};
use std::time::Duration;
use tokio::sync::Mutex;

/// One held connection: a pool costs ten times as much per read as the read itself.
#[derive(Debug)]
pub(super) struct Reader {
    database: Database,
    opened: Mutex<Option<Opened>>,
}

impl Reader {
    pub(super) fn new(database: Database) -> Self {
        Self { database, opened: Mutex::new(None) }
    }

    pub(super) async fn find(&self, namespace: &str, sid: SessionId) -> Result<Option<Session>, Fault> {
        let sql = concat!("SELECT ", columns!(), " FROM jwt_auth_sessions WHERE namespace = $1 AND sid = $2");
        let mut slot = self.opened.lock().await;
        let mut opened = self.take(&mut slot).await?;
        let row = sqlx::query(sql).bind(namespace).bind(sid.to_string()).fetch_optional(&mut opened.connection).await?;
        *slot = Some(opened);
        row.as_ref().map(row::session).transpose()
    }

    /// A page of a user's living sessions: the first one, or the one after a place.
    pub(super) async fn list(
        &self,
        namespace: &str,
        user_id: &str,
        after: Option<SessionPlace>,
        now: Timestamp,
    ) -> Result<Vec<Session>, Fault> {
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM jwt_auth_sessions
              WHERE namespace = $3 AND user_id = $1 AND ended IS NULL AND idle_expires_at > $2 AND expires_at > $2
                    AND (created_at, sid) < ($4, $5)
              ORDER BY created_at DESC, sid DESC LIMIT $6"
        );
        // Before every row: no name begins with what comes after the digits.
        let (moment, sid) =
            after.map_or((i64::MAX, "g".to_owned()), |place| (time_to_sql(place.created_at), place.sid.to_string()));
        let mut slot = self.opened.lock().await;
        let mut opened = self.take(&mut slot).await?;
        let rows = sqlx::query(sql)
            .bind(user_id)
            .bind(time_to_sql(now))
            .bind(namespace)
            .bind(moment)
            .bind(sid)
            .bind(SESSIONS_PAGE as i64)
            .fetch_all(&mut opened.connection)
            .await?;
        *slot = Some(opened);
        rows.iter().map(row::session).collect()
    }

    pub(super) async fn epoch(&self, namespace: &str, user_id: &str) -> Result<u64, Fault> {
        let mut slot = self.opened.lock().await;
        let mut opened = self.take(&mut slot).await?;
        let epoch: Option<i64> =
            sqlx::query_scalar("SELECT epoch FROM jwt_auth_epochs WHERE namespace = $1 AND user_id = $2")
                .bind(namespace)
                .bind(user_id)
                .fetch_optional(&mut opened.connection)
                .await?;
        *slot = Some(opened);
        Ok(epoch.map_or(0, from_sql))
    }

    pub(super) async fn raised_at(&self, namespace: &str, user_id: &str) -> Result<Option<Timestamp>, Fault> {
        let mut slot = self.opened.lock().await;
        let mut opened = self.take(&mut slot).await?;
        let raised_at: Option<i64> =
            sqlx::query_scalar("SELECT raised_at FROM jwt_auth_epochs WHERE namespace = $1 AND user_id = $2")
                .bind(namespace)
                .bind(user_id)
                .fetch_optional(&mut opened.connection)
                .await?;
        *slot = Some(opened);
        Ok(raised_at.map(time_from_sql))
    }

    pub(super) async fn known_keys(&self, namespace: &str, now: Timestamp) -> Result<KnownKeys, Fault> {
        let mut slot = self.opened.lock().await;
        let mut opened = self.take(&mut slot).await?;
        let known = known_keys(&mut opened.connection, namespace, now).await?;
        *slot = Some(opened);
        Ok(known)
    }

    pub(super) async fn key_schedule(&self, namespace: &str) -> Result<KeySchedule, Fault> {
        let mut slot = self.opened.lock().await;
        let mut opened = self.take(&mut slot).await?;
        let schedule = key_schedule(&mut opened.connection, namespace).await?;
        *slot = Some(opened);
        Ok(schedule)
    }

    /// When the last write was, by the clock of whoever made it.
    pub(super) async fn time(&self) -> Result<StoreTime, Fault> {
        let mut slot = self.opened.lock().await;
        let mut opened = self.take(&mut slot).await?;
        let written: Option<i64> = sqlx::query_scalar("SELECT value FROM jwt_auth_meta WHERE name = 'written_at'")
            .fetch_optional(&mut opened.connection)
            .await?;
        *slot = Some(opened);
        Ok(written.map_or(StoreTime::Unknown, |millis| StoreTime::Written(time_from_sql(millis))))
    }

    pub(super) async fn revocations(&self, namespace: &str, after: u64) -> Result<Feed, Fault> {
        let mut slot = self.opened.lock().await;
        let mut opened = self.take(&mut slot).await?;
        let feed = read_feed(&mut opened.connection, namespace, after).await?;
        *slot = Some(opened);
        Ok(feed)
    }

    /// What is counted in these buckets, in their order.
    pub(super) async fn failures(
        &self,
        namespace: &str,
        buckets: &[FailureBucket],
        now: Timestamp,
    ) -> Result<Vec<Failures>, Fault> {
        let mut slot = self.opened.lock().await;
        let mut opened = self.take(&mut slot).await?;
        let mut sql = QueryBuilder::new("SELECT bucket, failures, last FROM jwt_auth_failures WHERE namespace = ");
        sql.push_bind(namespace).push(" AND ends_at > ").push_bind(time_to_sql(now)).push(" AND bucket IN (");
        let mut places = sql.separated(", ");
        for bucket in buckets {
            places.push_bind(&bucket.as_bytes()[..]);
        }
        sql.push(")");
        let rows: Vec<(Vec<u8>, i64, i64)> = sql.build_query_as().fetch_all(&mut opened.connection).await?;
        *slot = Some(opened);
        Ok(in_order(buckets, &rows))
    }

    pub(super) async fn check(&self) -> Result<(), Fault> {
        let mut slot = self.opened.lock().await;
        let mut opened = self.take(&mut slot).await?;
        sqlx::query("SELECT value FROM jwt_auth_meta WHERE name = 'version'").fetch_one(&mut opened.connection).await?;
        *slot = Some(opened);
        Ok(())
    }

    /// The connection, out of its place: whoever fails, or is dropped half way, does not put it back, and the next
    /// caller opens a new one.
    async fn take(&self, slot: &mut Option<Opened>) -> Result<Opened, Fault> {
        match slot.take() {
            Some(opened) if self.database.is_current(&opened) => Ok(opened),
            _ => self.database.open_for_reading().await,
        }
    }
}

async fn read_feed(connection: &mut SqliteConnection, namespace: &str, after: u64) -> Result<Feed, Fault> {
    // The highest number first: an entry that is added in between is read now or the next time, and not skipped.
    let highest: Option<i64> =
        sqlx::query_scalar("SELECT seq FROM sqlite_sequence WHERE name = 'jwt_auth_revocations'")
            .fetch_optional(&mut *connection)
            .await?;
    let rows = sqlx::query(
        "SELECT seq, sid, user_id, epoch, drop_after, lasts, auth_time, raised_at, auth_gen FROM jwt_auth_revocations
         WHERE seq > $1 AND namespace = $2 ORDER BY seq LIMIT $3",
    )
    .bind(to_sql(after))
    .bind(namespace)
    .bind(FEED_PAGE as i64)
    .fetch_all(connection)
    .await?;
    let entries: Vec<Revocation> = rows.iter().map(revocation).collect::<Result<_, _>>()?;
    let highest = highest.map_or(0, from_sql);
    let is_up_to_date = entries.len() < FEED_PAGE;
    let read_to = match entries.last() {
        Some(last) if !is_up_to_date => last.seq,
        Some(last) => last.seq.max(highest),
        None => highest,
    };
    Ok(Feed { entries, read_to, is_up_to_date })
}

fn revocation(row: &sqlx::sqlite::SqliteRow) -> Result<Revocation, Fault> {
    let sid: Option<&str> = row.try_get(1)?;
    let user_id: Option<String> = row.try_get(2)?;
    let epoch: Option<i64> = row.try_get(3)?;
    let (auth_time, raised_at): (Option<i64>, Option<i64>) = (row.try_get(6)?, row.try_get(7)?);
    let session = |sid: &str| SessionId::parse(sid).ok_or(Fault::Column("sid"));
    let subject = match (sid, user_id, epoch, auth_time) {
        (Some(sid), None, None, None) => Revoked::Session(session(sid)?),
        (Some(sid), None, None, Some(at)) => {
            // Entries of before know of no generation.
            let generation = row.try_get::<Option<i64>, _>(8)?.map_or(0, from_sql);
            Revoked::BeforeProof { sid: session(sid)?, proof: LastProof { generation, auth_time: time_from_sql(at) } }
        }
        (None, Some(user_id), Some(epoch), None) => {
            // When is not known of entries of before: then it is after every token that says no epoch.
            let raised_at = raised_at.map_or(Timestamp::from_millis(u64::MAX), time_from_sql);
            Revoked::User { user_id, epoch: from_sql(epoch), raised_at }
        }
        _ => return Err(Fault::Column("epoch")),
    };
    Ok(Revocation {
        seq: from_sql(row.try_get(0)?),
        subject,
        drop_after: time_from_sql(row.try_get(4)?),
        lasts: Duration::from_millis(from_sql(row.try_get(5)?)),
    })
}
