//! Reading, beside the writer and never waiting for it.

use super::database::{Database, Opened};
use super::fault::Fault;
use super::row::{self, columns, from_sql, time_to_sql, to_sql};
use crate::clock::Timestamp;
use crate::store::{Feed, Revocation, Revoked, Session, SessionId};
use sqlx::{Row, SqliteConnection};
use tokio::sync::Mutex;

/// One held connection: a pool costs ten times as much per read as the read itself.
#[derive(Debug)]
pub(super) struct Reader {
    database: Database,
    opened: Mutex<Option<Opened>>,
}

/// So many entries in one reading of the feed.
const FEED_PAGE: i64 = 1000;

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

    pub(super) async fn list(&self, namespace: &str, user_id: &str, now: Timestamp) -> Result<Vec<Session>, Fault> {
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM jwt_auth_sessions
              WHERE namespace = $3 AND user_id = $1 AND ended IS NULL AND idle_expires_at > $2 AND expires_at > $2
              ORDER BY created_at DESC, sid DESC"
        );
        let mut slot = self.opened.lock().await;
        let mut opened = self.take(&mut slot).await?;
        let rows = sqlx::query(sql)
            .bind(user_id)
            .bind(time_to_sql(now))
            .bind(namespace)
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
        Ok(raised_at.map(|millis| Timestamp::from_millis(from_sql(millis))))
    }

    pub(super) async fn revocations(&self, namespace: &str, after: u64, now: Timestamp) -> Result<Feed, Fault> {
        let mut slot = self.opened.lock().await;
        let mut opened = self.take(&mut slot).await?;
        let feed = read_feed(&mut opened.connection, namespace, after, now).await?;
        *slot = Some(opened);
        Ok(feed)
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
            _ => self.database.open().await,
        }
    }
}

async fn read_feed(
    connection: &mut SqliteConnection,
    namespace: &str,
    after: u64,
    now: Timestamp,
) -> Result<Feed, Fault> {
    // The highest number first: an entry that is added in between is read now or the next time, and not skipped.
    let highest: Option<i64> =
        sqlx::query_scalar("SELECT seq FROM sqlite_sequence WHERE name = 'jwt_auth_revocations'")
            .fetch_optional(&mut *connection)
            .await?;
    let rows = sqlx::query(
        "SELECT seq, sid, user_id, epoch, drop_after, auth_time, raised_at FROM jwt_auth_revocations
         WHERE seq > $1 AND drop_after > $2 AND namespace = $4 ORDER BY seq LIMIT $3",
    )
    .bind(to_sql(after))
    .bind(time_to_sql(now))
    .bind(FEED_PAGE)
    .bind(namespace)
    .fetch_all(connection)
    .await?;
    let entries: Vec<Revocation> = rows.iter().map(revocation).collect::<Result<_, _>>()?;
    let highest = highest.map_or(0, from_sql);
    let read_to = match entries.last() {
        Some(last) if entries.len() as i64 == FEED_PAGE => last.seq,
        Some(last) => last.seq.max(highest),
        None => highest,
    };
    Ok(Feed { entries, read_to })
}

fn revocation(row: &sqlx::sqlite::SqliteRow) -> Result<Revocation, Fault> {
    let sid: Option<&str> = row.try_get(1)?;
    let user_id: Option<String> = row.try_get(2)?;
    let epoch: Option<i64> = row.try_get(3)?;
    let (auth_time, raised_at): (Option<i64>, Option<i64>) = (row.try_get(5)?, row.try_get(6)?);
    let moment = |millis: i64| Timestamp::from_millis(from_sql(millis));
    let session = |sid: &str| SessionId::parse(sid).ok_or(Fault::Column("sid"));
    let subject = match (sid, user_id, epoch, auth_time) {
        (Some(sid), None, None, None) => Revoked::Session(session(sid)?),
        (Some(sid), None, None, Some(at)) => Revoked::BeforeProof { sid: session(sid)?, auth_time: moment(at) },
        (None, Some(user_id), Some(epoch), None) => {
            // When is not known of entries of before: then it is after every token that says no epoch.
            let raised_at = raised_at.map_or(Timestamp::from_millis(u64::MAX), moment);
            Revoked::User { user_id, epoch: from_sql(epoch), raised_at }
        }
        _ => return Err(Fault::Column("epoch")),
    };
    Ok(Revocation {
        seq: from_sql(row.try_get(0)?),
        subject,
        drop_after: Timestamp::from_millis(from_sql(row.try_get(4)?)),
    })
}
