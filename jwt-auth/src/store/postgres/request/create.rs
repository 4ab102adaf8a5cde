//! Logins, and tokens from elsewhere.

use super::announce::{News, announce};
use super::audit::record;
use super::clearing::clear_and_read_epoch;
use super::{Audit, Namespace, Request, UserLock};
use crate::clock::Timestamp;
use crate::store::postgres::fault::Fault;
use crate::store::postgres::row::{
    amr_to_sql, columns, last_proof_to_sql, mark_to_sql, reason_to_sql, sid_from_sql, text_to_sql, time_from_sql,
    time_to_sql, to_sql,
};
use crate::store::{AuditRow, EndReason, Ending, NewSession, Revoked, Session, SessionLimit};
use sqlx::PgConnection;

pub(in crate::store::postgres) struct Create {
    pub(in crate::store::postgres) namespace: Namespace,
    pub(in crate::store::postgres) audit: Audit,
    pub(in crate::store::postgres) new: NewSession,
    pub(in crate::store::postgres) limit: Option<SessionLimit>,
}

impl Request for Create {
    type Answer = Session;

    async fn run(&self, connection: &mut PgConnection) -> Result<Session, Fault> {
        let Self { namespace, audit, new, limit } = self;
        let user_id = text_to_sql(&new.user_id);
        // Two logins that make room at once would each count without the other.
        let lock = if limit.is_some() { UserLock::Alone } else { UserLock::Shared };
        let mut transaction = lock.begin(connection, namespace, &user_id).await?;
        let (epoch, _) = clear_and_read_epoch(&mut transaction, namespace, &user_id, new.created_at).await?;
        let session = new.clone().into_session(epoch);
        if !insert(&mut transaction, namespace, &session).await? {
            return Err(Fault::SidTaken);
        }
        if let Some(note) = audit {
            let row = note.row(&new.user_id, Some(new.sid));
            record(&mut transaction, namespace, note, new.created_at, &[row]).await?;
        }
        if let Some(limit) = limit {
            make_room(&mut transaction, namespace, audit, new, limit).await?;
        }
        transaction.commit().await?;
        Ok(session)
    }
}

pub(in crate::store::postgres) struct Adopt {
    pub(in crate::store::postgres) namespace: Namespace,
    pub(in crate::store::postgres) audit: Audit,
    pub(in crate::store::postgres) new: NewSession,
    pub(in crate::store::postgres) now: Timestamp,
}

impl Request for Adopt {
    type Answer = ();

    async fn run(&self, connection: &mut PgConnection) -> Result<(), Fault> {
        let Self { namespace, audit, new, now } = self;
        let user_id = text_to_sql(&new.user_id);
        let mut transaction = UserLock::Shared.begin(connection, namespace, &user_id).await?;
        let (epoch, raised_at) = clear_and_read_epoch(&mut transaction, namespace, &user_id, *now).await?;
        let session = new.clone().into_adopted(epoch, raised_at, *now);
        if insert(&mut transaction, namespace, &session).await?
            && let Some(note) = audit
        {
            record(&mut transaction, namespace, note, *now, &[note.row(&new.user_id, Some(new.sid))]).await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

/// Ends the user's other sessions that were used least recently until the new one fits.
async fn make_room(
    connection: &mut PgConnection,
    namespace: &str,
    audit: &Audit,
    new: &NewSession,
    limit: &SessionLimit,
) -> Result<(), Fault> {
    let gone: Vec<(String, i64)> = sqlx::query_as(
        "UPDATE jwt_auth_sessions SET ended = $4, ended_at = $2
         WHERE namespace = $5 AND ended IS NULL AND sid IN
                      (SELECT sid FROM jwt_auth_sessions
                       WHERE namespace = $5 AND user_id = $1 AND ended IS NULL AND idle_expires_at > $2 AND expires_at > $2
                             AND sid <> $6
                       ORDER BY handed_out_at DESC, created_at DESC, sid DESC OFFSET $3)
         RETURNING sid, handed_out_at",
    )
    .bind(text_to_sql(&new.user_id))
    .bind(time_to_sql(new.created_at))
    .bind(i64::from(limit.max.saturating_sub(1)))
    .bind(reason_to_sql(EndReason::SessionRevoked))
    .bind(namespace)
    .bind(new.sid.to_string())
    .fetch_all(&mut *connection)
    .await?;
    let ending = Ending { reason: EndReason::SessionRevoked, now: new.created_at, drop_after: limit.drop_after };
    let news = gone.iter().map(|(sid, at)| Ok((Revoked::Session(sid_from_sql(sid)?), time_from_sql(*at))));
    let news: Vec<News> = news.collect::<Result<_, Fault>>()?;
    if let Some(note) = audit.as_ref().filter(|_| !gone.is_empty()) {
        let made_room = |(sid, _): &(String, i64)| Ok(AuditRow::made_room(&new.user_id, sid_from_sql(sid)?));
        let rows: Vec<AuditRow<'_>> = gone.iter().map(made_room).collect::<Result<_, Fault>>()?;
        record(connection, namespace, note, ending.now, &rows).await?;
    }
    announce(connection, namespace, &news, ending).await
}

/// False when there is a session of that name.
pub(super) async fn insert(connection: &mut PgConnection, namespace: &str, session: &Session) -> Result<bool, Fault> {
    let sql = concat!(
        "INSERT INTO jwt_auth_sessions (",
        columns!(),
        ", namespace) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
            $19, $20, $21, $22, $23, $24, $25)
         ON CONFLICT (namespace, sid) DO NOTHING"
    );
    let inserted = sqlx::query(sql)
        .bind(session.sid.to_string())
        .bind(text_to_sql(&session.user_id))
        .bind(to_sql(session.generation))
        .bind(session.parent.map(to_sql))
        .bind(i64::from(session.replays))
        .bind(time_to_sql(session.created_at))
        .bind(time_to_sql(session.moved_at))
        .bind(session.moves.as_str())
        .bind(time_to_sql(session.handed_out_at))
        .bind(time_to_sql(session.idle_expires_at))
        .bind(time_to_sql(session.expires_at))
        .bind(time_to_sql(session.keep_until))
        .bind(to_sql(session.epoch))
        .bind(time_to_sql(session.auth_time))
        .bind(session.claims.to_json())
        .bind(session.ip.as_deref().map(text_to_sql))
        .bind(session.user_agent.as_deref().map(text_to_sql))
        .bind(session.ended.map(reason_to_sql))
        .bind(amr_to_sql(session))
        .bind(session.acr.as_deref().map(text_to_sql))
        .bind(mark_to_sql(session.moved_by))
        .bind(session.proven_at.map(to_sql))
        .bind(last_proof_to_sql(session))
        .bind(to_sql(session.last_proof.generation))
        .bind(namespace)
        .execute(connection)
        .await?
        .rows_affected();
    Ok(inserted == 1)
}
