//! Entries of the feed.

use crate::clock::Timestamp;
use crate::store::postgres::fault::Fault;
use crate::store::postgres::row::{duration_to_sql, text_to_sql, time_to_sql, to_sql};
use crate::store::{Ending, Retention, Revoked};
use sqlx::PgConnection;

/// What has to be told, and when tokens of it were last handed out.
pub(super) type News = (Revoked, Timestamp);

/// Puts entries into the feed, each kept as long as any token may live that it concerns, and wakes whoever follows it. It is the last
/// statement of a transaction: all other revocations wait for its commit.
///
/// Numbers are taken under the lock of one row, which is held to the commit: nobody sees a number before all below it. They are
/// microseconds since 1970, or one more than the last: should a server take over that has not all of its predecessor's entries, a number that
/// a reader has seen is not given to another entry.
pub(super) async fn announce(
    connection: &mut PgConnection,
    namespace: &str,
    news: &[News],
    ending: Ending,
) -> Result<(), Fault> {
    if news.is_empty() {
        return Ok(());
    }
    let made_at = news.iter().map(|(subject, _)| made_at(subject, ending.now)).max().unwrap_or(ending.now);
    let mut columns = Columns::default();
    for (subject, handed_out_at) in news {
        columns.add(subject, *handed_out_at);
    }
    // `Retention::of`, with what `Ending::kept_for` adds, by the lifetime as it is under the lock.
    sqlx::query(
        "WITH next AS (
             INSERT INTO jwt_auth_feeds AS feed (namespace, seq, revoked_at, longest)
             VALUES ($1, CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT) + $2, $3, 0)
             ON CONFLICT (namespace) DO UPDATE
             SET seq = GREATEST(feed.seq + $2, excluded.seq), revoked_at = GREATEST(feed.revoked_at, excluded.revoked_at)
             RETURNING seq, longest),
         told AS (
             INSERT INTO jwt_auth_revocations
                 (namespace, seq, sid, user_id, epoch, auth_time, auth_gen, raised_at, drop_after, lasts)
             SELECT $1, next.seq - $2 + place, sid, user_id, epoch, auth_time, auth_gen, raised_at, $4 + lasts, lasts
             FROM next, UNNEST($6::text[], $7::text[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $13::bigint[])
                        WITH ORDINALITY AS news
                            (sid, user_id, epoch, auth_time, raised_at, handed_out_at, auth_gen, place),
                  LATERAL (SELECT GREATEST($5, next.longest) AS life) AS own,
                  LATERAL (SELECT life + GREATEST(handed_out_at + life / $12 - $4, 0) AS lasts) AS kept)
         SELECT pg_notify('jwt_auth_revocations', seq || ':' || $1) FROM next",
    )
    .bind(namespace)
    .bind(to_sql(news.len() as u64))
    .bind(time_to_sql(made_at))
    .bind(time_to_sql(ending.now))
    .bind(duration_to_sql(ending.opens_for()))
    .bind(columns.sid)
    .bind(columns.user_id)
    .bind(columns.epoch)
    .bind(columns.auth_time)
    .bind(columns.raised_at)
    .bind(columns.handed_out_at)
    .bind(i64::from(Retention::UNNOTED))
    .bind(columns.auth_gen)
    .execute(connection)
    .await?;
    Ok(())
}

/// The moment by which tokens are told from those of after it.
fn made_at(subject: &Revoked, now: Timestamp) -> Timestamp {
    match subject {
        Revoked::Session(_) => now,
        Revoked::BeforeProof { proof, .. } => now.max(proof.auth_time),
        Revoked::User { raised_at, .. } => now.max(*raised_at),
    }
}

#[derive(Default)]
struct Columns {
    sid: Vec<Option<String>>,
    user_id: Vec<Option<String>>,
    epoch: Vec<Option<i64>>,
    auth_time: Vec<Option<i64>>,
    auth_gen: Vec<Option<i64>>,
    raised_at: Vec<Option<i64>>,
    handed_out_at: Vec<i64>,
}

impl Columns {
    fn add(&mut self, subject: &Revoked, handed_out_at: Timestamp) {
        let (sid, user_id, epoch, proof, raised_at) = match subject {
            Revoked::Session(sid) => (Some(sid), None, None, None, None),
            Revoked::BeforeProof { sid, proof } => (Some(sid), None, None, Some(*proof), None),
            Revoked::User { user_id, epoch, raised_at } => {
                (None, Some(user_id), Some(to_sql(*epoch)), None, Some(*raised_at))
            }
        };
        self.sid.push(sid.map(ToString::to_string));
        self.user_id.push(user_id.map(|user_id| text_to_sql(user_id).into_owned()));
        self.epoch.push(epoch);
        self.auth_time.push(proof.map(|proof| time_to_sql(proof.auth_time)));
        self.auth_gen.push(proof.map(|proof| to_sql(proof.generation)));
        self.raised_at.push(raised_at.map(time_to_sql));
        self.handed_out_at.push(time_to_sql(handed_out_at));
    }
}
