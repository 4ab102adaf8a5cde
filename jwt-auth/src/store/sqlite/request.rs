//! What the writer is asked to do, as statements. Each runs inside a transaction that somebody else commits.

use super::fault::Fault;
use super::row::{self, amr_to_sql, columns, from_sql, reason_to_sql, time_to_sql, to_sql};
use crate::clock::Timestamp;
use crate::store::{
    CLEARED_PER_WRITE, Decision, EndReason, Ending, Move, NewSession, Presentation, Session, SessionId, SessionLimit,
};
use sqlx::SqliteConnection;
use std::future::Future;

/// One request. It may run more than once, each time after a rollback of the time before.
pub(super) trait Request: Send + Sync + 'static {
    type Answer: Send + 'static;

    fn run(&self, connection: &mut SqliteConnection) -> impl Future<Output = Result<Self::Answer, Fault>> + Send;
}

pub(super) struct Create(pub(super) NewSession, pub(super) Option<SessionLimit>);

impl Request for Create {
    type Answer = Session;

    async fn run(&self, connection: &mut SqliteConnection) -> Result<Session, Fault> {
        let Self(new, limit) = self;
        clear(connection, new.created_at).await?;
        if let Some(limit) = limit {
            make_room(connection, new, limit).await?;
        }
        let (epoch, _) = epoch(connection, &new.user_id).await?;
        let session = new.clone().into_session(epoch);
        if insert(connection, &session).await? { Ok(session) } else { Err(Fault::SidTaken) }
    }
}

pub(super) struct Adopt(pub(super) NewSession, pub(super) Timestamp);

impl Request for Adopt {
    type Answer = ();

    async fn run(&self, connection: &mut SqliteConnection) -> Result<(), Fault> {
        let Self(new, now) = self;
        clear(connection, *now).await?;
        let (epoch, raised_at) = epoch(connection, &new.user_id).await?;
        let mut session = new.clone().into_session(epoch);
        if raised_at.is_some_and(|raised_at| session.created_at <= raised_at) {
            session.ended = Some(EndReason::SessionRevoked);
        }
        insert(connection, &session).await?;
        Ok(())
    }
}

pub(super) struct Advance(pub(super) Presentation);

impl Request for Advance {
    type Answer = Move;

    async fn run(&self, connection: &mut SqliteConnection) -> Result<Move, Fault> {
        // Nobody else can write between BEGIN IMMEDIATE and COMMIT, so the second turn is never needed as things
        // are; the guards keep the table true should a statement ever run outside such a transaction.
        for _ in 0..4 {
            // A new proof of identity is rare, and changes more of the row than the one statement does.
            if self.0.reauthentication.is_none()
                && let Some(session) = self.rotate(connection).await?
            {
                return Ok(Move::Rotated(session));
            }
            if let Some(outcome) = self.judge(connection).await? {
                return Ok(outcome);
            }
        }
        Err(Fault::Restless)
    }
}

impl Advance {
    /// The move of an honest client: one statement, and one winner. It does what `Decision::Rotate` does.
    async fn rotate(&self, connection: &mut SqliteConnection) -> Result<Option<Session>, Fault> {
        let presented = &self.0;
        let sql = concat!(
            "UPDATE jwt_auth_sessions
             SET parent = generation, generation = generation + 1, replays = 0,
                 previous_move_at = moved_at, moved_at = $3, handed_out_at = $3,
                 idle_expires_at = MIN($4, expires_at)
             WHERE sid = $1 AND generation = $2 AND ended IS NULL AND idle_expires_at > $3 AND expires_at > $3
             RETURNING ",
            columns!()
        );
        let row = sqlx::query(sql)
            .bind(presented.sid.to_string())
            .bind(to_sql(presented.generation))
            .bind(time_to_sql(presented.now))
            .bind(time_to_sql(presented.now.after(presented.rules.idle_lifetime)))
            .fetch_optional(connection)
            .await?;
        row.as_ref().map(row::session).transpose()
    }

    /// Everything else: read, decide by the table, write under the guard of what was read. `None`: it moved meanwhile.
    async fn judge(&self, connection: &mut SqliteConnection) -> Result<Option<Move>, Fault> {
        let presented = &self.0;
        let sql = concat!("SELECT ", columns!(), " FROM jwt_auth_sessions WHERE sid = $1");
        let row = sqlx::query(sql).bind(presented.sid.to_string()).fetch_optional(&mut *connection).await?;
        let Some(before) = row.as_ref().map(row::session).transpose()? else {
            return Ok(Some(Move::Ended(EndReason::Unknown)));
        };
        let mut after = before.clone();
        let decision = presented.make_on(&mut after);
        match decision {
            // It lost against another one just now, and has won by now.
            Decision::Rotate if presented.reauthentication.is_none() => return Ok(None),
            Decision::Conflict | Decision::Ended(_) => {}
            Decision::Rotate | Decision::Replay | Decision::Recover | Decision::Theft => {
                if !update(connection, &before, &after, presented.now).await? {
                    return Ok(None);
                }
            }
        }
        if decision == Decision::Theft {
            announce_session(connection, after.sid, presented.drop_after).await?;
        }
        Ok(Some(Move::new(decision, after)))
    }
}

pub(super) struct End(pub(super) SessionId, pub(super) Ending);

impl Request for End {
    type Answer = bool;

    async fn run(&self, connection: &mut SqliteConnection) -> Result<bool, Fault> {
        let Self(sid, ending) = self;
        let ended = sqlx::query(
            "UPDATE jwt_auth_sessions SET ended = $2, ended_at = $3
             WHERE sid = $1 AND ended IS NULL AND idle_expires_at > $3 AND expires_at > $3",
        )
        .bind(sid.to_string())
        .bind(reason_to_sql(ending.reason))
        .bind(time_to_sql(ending.now))
        .execute(&mut *connection)
        .await?
        .rows_affected();
        if ended > 0 {
            announce_session(connection, *sid, ending.drop_after).await?;
        }
        Ok(ended > 0)
    }
}

pub(super) struct EndAll {
    pub(super) user_id: String,
    pub(super) keep: Option<SessionId>,
    pub(super) ending: Ending,
}

impl Request for EndAll {
    type Answer = u64;

    async fn run(&self, connection: &mut SqliteConnection) -> Result<u64, Fault> {
        let now = time_to_sql(self.ending.now);
        let epoch: i64 = sqlx::query_scalar(
            "INSERT INTO jwt_auth_epochs (user_id, epoch, raised_at) VALUES ($1, 1, $2)
             ON CONFLICT (user_id) DO UPDATE SET epoch = epoch + 1, raised_at = excluded.raised_at
             RETURNING epoch",
        )
        .bind(&self.user_id)
        .bind(now)
        .fetch_one(&mut *connection)
        .await?;
        let keep = self.keep.map(|sid| sid.to_string());
        sqlx::query(
            "UPDATE jwt_auth_sessions SET ended = $3, ended_at = $4
             WHERE user_id = $1 AND ended IS NULL AND sid IS NOT $2",
        )
        .bind(&self.user_id)
        .bind(&keep)
        .bind(reason_to_sql(self.ending.reason))
        .bind(now)
        .execute(&mut *connection)
        .await?;
        if keep.is_some() {
            sqlx::query(
                "UPDATE jwt_auth_sessions SET epoch = $3
                 WHERE sid = $2 AND user_id = $1 AND ended IS NULL",
            )
            .bind(&self.user_id)
            .bind(&keep)
            .bind(epoch)
            .execute(&mut *connection)
            .await?;
        }
        sqlx::query("INSERT INTO jwt_auth_revocations (user_id, epoch, drop_after) VALUES ($1, $2, $3)")
            .bind(&self.user_id)
            .bind(epoch)
            .bind(time_to_sql(self.ending.drop_after))
            .execute(connection)
            .await?;
        Ok(from_sql(epoch))
    }
}

pub(super) struct Spend {
    pub(super) id: String,
    pub(super) drop_after: Timestamp,
    pub(super) now: Timestamp,
}

impl Request for Spend {
    type Answer = bool;

    async fn run(&self, connection: &mut SqliteConnection) -> Result<bool, Fault> {
        let sql = "DELETE FROM jwt_auth_spent WHERE id IN
             (SELECT id FROM jwt_auth_spent WHERE drop_after <= $1 LIMIT $2)";
        clear_batch(connection, sql, self.now).await?;
        let inserted =
            sqlx::query("INSERT INTO jwt_auth_spent (id, drop_after) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING")
                .bind(&self.id)
                .bind(time_to_sql(self.drop_after))
                .execute(connection)
                .await?
                .rows_affected();
        Ok(inserted == 1)
    }
}

/// Deletes a small batch of what no token can refer to any more.
async fn clear(connection: &mut SqliteConnection, now: Timestamp) -> Result<(), Fault> {
    let statements = [
        "DELETE FROM jwt_auth_sessions WHERE sid IN
             (SELECT sid FROM jwt_auth_sessions WHERE clear_after < $1 LIMIT $2)",
        "DELETE FROM jwt_auth_revocations WHERE seq IN
             (SELECT seq FROM jwt_auth_revocations WHERE drop_after <= $1 LIMIT $2)",
    ];
    for sql in statements {
        clear_batch(connection, sql, now).await?;
    }
    Ok(())
}

async fn clear_batch(connection: &mut SqliteConnection, sql: &'static str, now: Timestamp) -> Result<(), Fault> {
    let most = to_sql(CLEARED_PER_WRITE as u64);
    sqlx::query(sql).bind(time_to_sql(now)).bind(most).execute(connection).await?;
    Ok(())
}

/// Ends the user's oldest sessions until one more fits.
async fn make_room(connection: &mut SqliteConnection, new: &NewSession, limit: &SessionLimit) -> Result<(), Fault> {
    let gone: Vec<String> = sqlx::query_scalar(
        "UPDATE jwt_auth_sessions SET ended = $4, ended_at = $2
         WHERE sid IN (SELECT sid FROM jwt_auth_sessions
                       WHERE user_id = $1 AND ended IS NULL AND idle_expires_at > $2 AND expires_at > $2
                       ORDER BY created_at DESC, sid DESC LIMIT -1 OFFSET $3)
         RETURNING sid",
    )
    .bind(&new.user_id)
    .bind(time_to_sql(new.created_at))
    .bind(i64::from(limit.max.saturating_sub(1)))
    .bind(reason_to_sql(EndReason::SessionRevoked))
    .fetch_all(&mut *connection)
    .await?;
    for sid in gone {
        let sid = SessionId::parse(&sid).ok_or(Fault::Column("sid"))?;
        announce_session(connection, sid, limit.drop_after).await?;
    }
    Ok(())
}

async fn epoch(connection: &mut SqliteConnection, user_id: &str) -> Result<(u64, Option<Timestamp>), Fault> {
    let row: Option<(i64, i64)> = sqlx::query_as("SELECT epoch, raised_at FROM jwt_auth_epochs WHERE user_id = $1")
        .bind(user_id)
        .fetch_optional(connection)
        .await?;
    Ok(row.map_or((0, None), |(epoch, raised_at)| (from_sql(epoch), Some(Timestamp::from_millis(from_sql(raised_at))))))
}

/// False when there is a session of that name.
async fn insert(connection: &mut SqliteConnection, session: &Session) -> Result<bool, Fault> {
    let sql = concat!(
        "INSERT INTO jwt_auth_sessions (",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
            $19, $20)
         ON CONFLICT (sid) DO NOTHING"
    );
    let inserted = sqlx::query(sql)
        .bind(session.sid.to_string())
        .bind(&session.user_id)
        .bind(to_sql(session.generation))
        .bind(session.parent.map(to_sql))
        .bind(i64::from(session.replays))
        .bind(time_to_sql(session.created_at))
        .bind(time_to_sql(session.moved_at))
        .bind(time_to_sql(session.previous_move_at))
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
        .execute(connection)
        .await?
        .rows_affected();
    Ok(inserted == 1)
}

/// Writes what the table changed, if the row is still the one that was judged.
async fn update(
    connection: &mut SqliteConnection,
    before: &Session,
    after: &Session,
    now: Timestamp,
) -> Result<bool, Fault> {
    let changed = sqlx::query(
        "UPDATE jwt_auth_sessions
         SET generation = $2, replays = $3, previous_move_at = $4, moved_at = $5, handed_out_at = $6,
             idle_expires_at = $7, ip = $8, user_agent = $9, ended = $10,
             ended_at = CASE WHEN $10 IS NULL THEN NULL ELSE $11 END,
             parent = $15, auth_time = $16, amr = $17, acr = $18
         WHERE sid = $1 AND generation = $12 AND parent IS $13 AND replays = $14 AND ended IS NULL",
    )
    .bind(after.sid.to_string())
    .bind(to_sql(after.generation))
    .bind(i64::from(after.replays))
    .bind(time_to_sql(after.previous_move_at))
    .bind(time_to_sql(after.moved_at))
    .bind(time_to_sql(after.handed_out_at))
    .bind(time_to_sql(after.idle_expires_at))
    .bind(&after.ip)
    .bind(&after.user_agent)
    .bind(after.ended.map(reason_to_sql))
    .bind(time_to_sql(now))
    .bind(to_sql(before.generation))
    .bind(before.parent.map(to_sql))
    .bind(i64::from(before.replays))
    .bind(after.parent.map(to_sql))
    .bind(time_to_sql(after.auth_time))
    .bind(amr_to_sql(after))
    .bind(&after.acr)
    .execute(connection)
    .await?
    .rows_affected();
    Ok(changed == 1)
}

async fn announce_session(
    connection: &mut SqliteConnection,
    sid: SessionId,
    drop_after: Timestamp,
) -> Result<(), Fault> {
    sqlx::query("INSERT INTO jwt_auth_revocations (sid, drop_after) VALUES ($1, $2)")
        .bind(sid.to_string())
        .bind(time_to_sql(drop_after))
        .execute(connection)
        .await?;
    Ok(())
}
