//! Logins, and tokens from elsewhere.

use super::audit::record;
use super::clearing::clear;
use super::{Audit, Namespace, Request, announce};
use crate::clock::Timestamp;
use crate::store::sqlite::fault::Fault;
use crate::store::sqlite::row::{
    amr_to_sql, columns, from_sql, last_proof_to_sql, mark_to_sql, reason_to_sql, time_from_sql, time_to_sql, to_sql,
};
use crate::store::{AuditRow, EndReason, Ending, NewSession, Revoked, Session, SessionId, SessionLimit};
use sqlx::SqliteConnection;

pub(in crate::store::sqlite) struct Create {
    pub(in crate::store::sqlite) namespace: Namespace,
    pub(in crate::store::sqlite) audit: Audit,
    pub(in crate::store::sqlite) new: NewSession,
    pub(in crate::store::sqlite) limit: Option<SessionLimit>,
}

impl Request for Create {
    type Answer = Session;

    fn now(&self) -> Option<Timestamp> {
        Some(self.new.created_at)
    }

    async fn run(&self, connection: &mut SqliteConnection) -> Result<Session, Fault> {
        let Self { namespace, audit, new, limit } = self;
        clear(connection, new.created_at).await?;
        if let Some(limit) = limit {
            make_room(connection, namespace, audit, new, limit).await?;
        }
        let (epoch, _) = epoch(connection, namespace, &new.user_id).await?;
        let session = new.clone().into_session(epoch);
        if !insert(connection, namespace, &session).await? {
            return Err(Fault::SidTaken);
        }
        if let Some(note) = audit {
            let row = note.row(&new.user_id, Some(new.sid));
            record(connection, namespace, note, new.created_at, &[row]).await?;
        }
        Ok(session)
    }
}

pub(in crate::store::sqlite) struct Adopt {
    pub(in crate::store::sqlite) namespace: Namespace,
    pub(in crate::store::sqlite) audit: Audit,
    pub(in crate::store::sqlite) new: NewSession,
    pub(in crate::store::sqlite) now: Timestamp,
}

impl Request for Adopt {
    type Answer = ();

    fn now(&self) -> Option<Timestamp> {
        Some(self.now)
    }

    async fn run(&self, connection: &mut SqliteConnection) -> Result<(), Fault> {
        let Self { namespace, audit, new, now } = self;
        clear(connection, *now).await?;
        let (epoch, raised_at) = epoch(connection, namespace, &new.user_id).await?;
        let session = new.clone().into_adopted(epoch, raised_at, *now);
        if insert(connection, namespace, &session).await?
            && let Some(note) = audit
        {
            record(connection, namespace, note, *now, &[note.row(&new.user_id, Some(new.sid))]).await?;
        }
        Ok(())
    }
}

/// Ends the user's sessions that were used least recently until one more fits.
async fn make_room(
    connection: &mut SqliteConnection,
    namespace: &str,
    audit: &Audit,
    new: &NewSession,
    limit: &SessionLimit,
) -> Result<(), Fault> {
    let gone: Vec<(String, i64)> = sqlx::query_as(
        "UPDATE jwt_auth_sessions SET ended = $4, ended_at = $2
         WHERE namespace = $5 AND sid IN
                      (SELECT sid FROM jwt_auth_sessions
                       WHERE namespace = $5 AND user_id = $1 AND ended IS NULL AND idle_expires_at > $2 AND expires_at > $2
                       ORDER BY handed_out_at DESC, created_at DESC, sid DESC LIMIT -1 OFFSET $3)
         RETURNING sid, handed_out_at",
    )
    .bind(&new.user_id)
    .bind(time_to_sql(new.created_at))
    .bind(i64::from(limit.max.saturating_sub(1)))
    .bind(reason_to_sql(EndReason::SessionRevoked))
    .bind(namespace)
    .fetch_all(&mut *connection)
    .await?;
    let ending = Ending { reason: EndReason::SessionRevoked, now: new.created_at, drop_after: limit.drop_after };
    for (sid, handed_out_at) in gone {
        let sid = SessionId::parse(&sid).ok_or(Fault::Column("sid"))?;
        announce(connection, namespace, &Revoked::Session(sid), ending, time_from_sql(handed_out_at)).await?;
        if let Some(note) = audit {
            record(connection, namespace, note, ending.now, &[AuditRow::made_room(&new.user_id, sid)]).await?;
        }
    }
    Ok(())
}

async fn epoch(
    connection: &mut SqliteConnection,
    namespace: &str,
    user_id: &str,
) -> Result<(u64, Option<Timestamp>), Fault> {
    let row: Option<(i64, i64)> =
        sqlx::query_as("SELECT epoch, raised_at FROM jwt_auth_epochs WHERE namespace = $1 AND user_id = $2")
            .bind(namespace)
            .bind(user_id)
            .fetch_optional(connection)
            .await?;
    Ok(row.map_or((0, None), |(epoch, raised_at)| (from_sql(epoch), Some(time_from_sql(raised_at)))))
}

/// False when there is a session of that name.
pub(super) async fn insert(
    connection: &mut SqliteConnection,
    namespace: &str,
    session: &Session,
) -> Result<bool, Fault> {
    let sql = concat!(
        "INSERT INTO jwt_auth_sessions (",
        columns!(),
        ", namespace) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
            $19, $20, $21, $22, $23, $24, $25)
         ON CONFLICT (namespace, sid) DO NOTHING"
    );
    let inserted = sqlx::query(sql)
        .bind(session.sid.to_string())
        .bind(&session.user_id)
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
        .bind(&session.ip)
        .bind(&session.user_agent)
        .bind(session.ended.map(reason_to_sql))
        .bind(amr_to_sql(session))
        .bind(&session.acr)
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
