//! Reading.

use super::{Lane, Namespace, Request};
use crate::clock::Timestamp;
use crate::store::postgres::fault::Fault;
use crate::store::postgres::row::{
    self, columns, from_sql, sid_from_sql, text_from_sql, text_to_sql, time_from_sql, time_to_sql, to_sql,
};
use crate::store::{
    FEED_PAGE, Feed, LastProof, Revocation, Revoked, SESSIONS_PAGE, Session, SessionId, SessionPlace, StoreTime,
};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use std::time::Duration;

pub(in crate::store::postgres) struct Find {
    pub(in crate::store::postgres) namespace: Namespace,
    pub(in crate::store::postgres) sid: SessionId,
}

impl Request for Find {
    type Answer = Option<Session>;
    const LANE: Lane = Lane::Reads;

    async fn run(&self, connection: &mut PgConnection) -> Result<Option<Session>, Fault> {
        let sql = concat!("SELECT ", columns!(), " FROM jwt_auth_sessions WHERE namespace = $1 AND sid = $2");
        let row = sqlx::query(sql).bind(&*self.namespace).bind(self.sid.to_string()).fetch_optional(connection).await?;
        row.as_ref().map(row::session).transpose()
    }
}

/// A page of a user's living sessions: the first one, or the one after a place.
pub(in crate::store::postgres) struct List {
    pub(in crate::store::postgres) namespace: Namespace,
    pub(in crate::store::postgres) user_id: String,
    pub(in crate::store::postgres) after: Option<SessionPlace>,
    pub(in crate::store::postgres) now: Timestamp,
}

impl Request for List {
    type Answer = Vec<Session>;
    const LANE: Lane = Lane::Lists;

    async fn run(&self, connection: &mut PgConnection) -> Result<Vec<Session>, Fault> {
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM jwt_auth_sessions
              WHERE namespace = $3 AND user_id = $1 AND ended IS NULL AND idle_expires_at > $2 AND expires_at > $2
                    AND (created_at, sid) < ($4, $5)
              ORDER BY created_at DESC, sid DESC LIMIT $6"
        );
        // Before every row: no name begins with what comes after the digits.
        let (moment, sid) = self
            .after
            .map_or((i64::MAX, "g".to_owned()), |place| (time_to_sql(place.created_at), place.sid.to_string()));
        let rows = sqlx::query(sql)
            .bind(text_to_sql(&self.user_id))
            .bind(time_to_sql(self.now))
            .bind(&*self.namespace)
            .bind(moment)
            .bind(sid)
            .bind(to_sql(SESSIONS_PAGE as u64))
            .fetch_all(connection)
            .await?;
        rows.iter().map(row::session).collect()
    }
}

/// A user's epoch, and when it was last raised.
pub(in crate::store::postgres) struct Epoch {
    pub(in crate::store::postgres) namespace: Namespace,
    pub(in crate::store::postgres) user_id: String,
}

impl Request for Epoch {
    type Answer = Option<(u64, Timestamp)>;
    const LANE: Lane = Lane::Reads;

    async fn run(&self, connection: &mut PgConnection) -> Result<Option<(u64, Timestamp)>, Fault> {
        let row: Option<(i64, i64)> =
            sqlx::query_as("SELECT epoch, raised_at FROM jwt_auth_epochs WHERE namespace = $1 AND user_id = $2")
                .bind(&*self.namespace)
                .bind(text_to_sql(&self.user_id))
                .fetch_optional(connection)
                .await?;
        Ok(row.map(|(epoch, raised_at)| (from_sql(epoch), time_from_sql(raised_at))))
    }
}

/// The server's own clock.
pub(in crate::store::postgres) struct Time;

impl Request for Time {
    type Answer = StoreTime;
    const LANE: Lane = Lane::Reads;

    async fn run(&self, connection: &mut PgConnection) -> Result<StoreTime, Fault> {
        let millis: i64 = sqlx::query_scalar("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)")
            .fetch_one(connection)
            .await?;
        Ok(StoreTime::Now(time_from_sql(millis)))
    }
}

/// Whether our tables can be read.
pub(in crate::store::postgres) struct Check;

impl Request for Check {
    type Answer = ();
    const LANE: Lane = Lane::Reads;

    async fn run(&self, connection: &mut PgConnection) -> Result<(), Fault> {
        sqlx::query("SELECT value FROM jwt_auth_meta WHERE name = 'version'").fetch_one(connection).await?;
        Ok(())
    }
}

/// The last number of each namespace's feed.
pub(in crate::store::postgres) struct Numbers;

impl Request for Numbers {
    type Answer = Vec<(String, u64)>;
    const LANE: Lane = Lane::Reads;

    async fn run(&self, connection: &mut PgConnection) -> Result<Vec<(String, u64)>, Fault> {
        let rows: Vec<(String, i64)> =
            sqlx::query_as("SELECT namespace, seq FROM jwt_auth_feeds").fetch_all(connection).await?;
        Ok(rows.into_iter().map(|(namespace, seq)| (namespace, from_sql(seq))).collect())
    }
}

pub(in crate::store::postgres) struct ReadFeed {
    pub(in crate::store::postgres) namespace: Namespace,
    pub(in crate::store::postgres) after: u64,
}

impl Request for ReadFeed {
    type Answer = Feed;
    const LANE: Lane = Lane::Reads;

    async fn run(&self, connection: &mut PgConnection) -> Result<Feed, Fault> {
        // One statement, so that the highest number and the entries are of one moment.
        let rows = sqlx::query(
            "SELECT feed.seq, news.seq, news.sid, news.user_id, news.epoch, news.drop_after, news.lasts,
                    news.auth_time, news.raised_at, news.auth_gen
             FROM jwt_auth_feeds AS feed
             LEFT JOIN jwt_auth_revocations AS news ON news.namespace = feed.namespace AND news.seq > $1
             WHERE feed.namespace = $2 ORDER BY news.seq LIMIT $3",
        )
        .bind(to_sql(self.after))
        .bind(&*self.namespace)
        .bind(to_sql(FEED_PAGE as u64))
        .fetch_all(connection)
        .await?;
        let highest: i64 = rows.first().map_or(Ok(0), |row| row.try_get(0))?;
        let entries: Vec<Revocation> =
            rows.iter().filter_map(|row| revocation(row).transpose()).collect::<Result<_, _>>()?;
        let is_up_to_date = entries.len() < FEED_PAGE;
        let read_to = match entries.last() {
            Some(last) if !is_up_to_date => last.seq,
            _ => from_sql(highest),
        };
        Ok(Feed { entries, read_to, is_up_to_date })
    }
}

/// `None` for the one row of a feed that has no entries.
fn revocation(row: &PgRow) -> Result<Option<Revocation>, Fault> {
    let Some(seq) = row.try_get::<Option<i64>, _>(1)? else { return Ok(None) };
    let sid: Option<&str> = row.try_get(2)?;
    let user_id: Option<String> = row.try_get(3)?;
    let epoch: Option<i64> = row.try_get(4)?;
    let (auth_time, raised_at): (Option<i64>, Option<i64>) = (row.try_get(7)?, row.try_get(8)?);
    let subject = match (sid, user_id, epoch, auth_time, raised_at) {
        (Some(sid), None, None, None, None) => Revoked::Session(sid_from_sql(sid)?),
        (Some(sid), None, None, Some(at), None) => {
            let generation = row.try_get::<Option<i64>, _>(9)?.map_or(0, from_sql);
            let proof = LastProof { generation, auth_time: time_from_sql(at) };
            Revoked::BeforeProof { sid: sid_from_sql(sid)?, proof }
        }
        (None, Some(user_id), Some(epoch), None, Some(raised_at)) => Revoked::User {
            user_id: text_from_sql(user_id),
            epoch: from_sql(epoch),
            raised_at: time_from_sql(raised_at),
        },
        _ => return Err(Fault::Column("epoch")),
    };
    Ok(Some(Revocation {
        seq: from_sql(seq),
        subject,
        drop_after: time_from_sql(row.try_get(5)?),
        lasts: Duration::from_millis(from_sql(row.try_get(6)?)),
    }))
}
