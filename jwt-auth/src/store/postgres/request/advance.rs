//! Presenting a refresh token: the decision on it, as SQL.

use super::announce::announce;
use super::audit::record;
use super::{Audit, Namespace, Request};
use crate::store::postgres::fault::Fault;
use crate::store::postgres::row::{
    self, amr_to_sql, columns, duration_to_sql, last_proof_to_sql, mark_to_sql, reason_to_sql, text_to_sql,
    time_to_sql, to_sql,
};
use crate::store::{AuditRow, Decision, EndReason, Ending, Move, Presentation, Session};
use sqlx::{Connection, PgConnection};

pub(in crate::store::postgres) struct Advance {
    pub(in crate::store::postgres) namespace: Namespace,
    pub(in crate::store::postgres) audit: Audit,
    pub(in crate::store::postgres) presented: Presentation,
}

impl Request for Advance {
    type Answer = Move;

    async fn run(&self, connection: &mut PgConnection) -> Result<Move, Fault> {
        // A new proof of identity is rare, and changes more of the row than one statement does.
        if self.presented.reauthentication.is_some() {
            return self.judge(connection).await;
        }
        if let Some(session) = self.rotate(connection).await? {
            return Ok(Move::Rotated(session));
        }
        // Many that come with one token are answered without a lock that lasts from one statement to the next: each would wait for all
        // before it to hear from their clients.
        match self.look(connection).await? {
            Look::Answer(answer) => Ok(*answer),
            Look::Replay(generation) => match self.replay(connection, generation).await? {
                Some(session) => Ok(Move::Replayed(session)),
                None => self.judge(connection).await,
            },
            Look::Judge => self.judge(connection).await,
        }
    }
}

/// What a look at the row came to.
enum Look {
    /// Nothing is to be written.
    Answer(Box<Move>),
    /// This generation is to be handed out once more.
    Replay(u64),
    /// It is to be decided under its lock.
    Judge,
}

impl Advance {
    /// The move of an honest client: one statement, and one winner. It does what `Decision::Rotate` does, to which a suite over random rows
    /// holds it.
    ///
    /// The loser of a race waits for the winner's row, looks at its condition again and finds it false.
    async fn rotate(&self, connection: &mut PgConnection) -> Result<Option<Session>, Fault> {
        let Self { namespace, presented, .. } = self;
        let sql = concat!(
            "UPDATE jwt_auth_sessions
             SET parent = generation, generation = generation + 1, replays = 0, moved_by = $7,
                 moves = left(lpad(to_hex(generation), 16, '0') || lpad(to_hex($4), 12, '0')
                         || CASE WHEN moved_at / $6 = $4 / $6 THEN substr(moves, 29) ELSE moves END, 448),
                 moved_at = $4, handed_out_at = GREATEST($4, handed_out_at),
                 idle_expires_at = LEAST(GREATEST($5, idle_expires_at), expires_at),
                 keep_until = GREATEST(keep_until, LEAST(GREATEST($5, idle_expires_at), expires_at) + $9)
             WHERE namespace = $1 AND sid = $2 AND generation = $3 AND user_id = $8
                   AND ended IS NULL AND idle_expires_at > $4 AND expires_at > $4
             RETURNING ",
            columns!()
        );
        let slot = u64::try_from(presented.rules.slot().as_millis()).unwrap_or(u64::MAX);
        let row = sqlx::query(sql)
            .bind(&**namespace)
            .bind(presented.sid.to_string())
            .bind(to_sql(presented.generation))
            .bind(time_to_sql(presented.now))
            .bind(time_to_sql(presented.now.after(presented.rules.idle_lifetime)))
            .bind(to_sql(slot))
            .bind(mark_to_sql(presented.client))
            .bind(text_to_sql(&presented.user_id))
            .bind(duration_to_sql(presented.drop_after.since(presented.now)))
            .fetch_optional(connection)
            .await?;
        row.as_ref().map(row::session).transpose()
    }

    async fn look(&self, connection: &mut PgConnection) -> Result<Look, Fault> {
        let Self { namespace, presented, .. } = self;
        let sql = concat!("SELECT ", columns!(), " FROM jwt_auth_sessions WHERE namespace = $1 AND sid = $2");
        let row =
            sqlx::query(sql).bind(&**namespace).bind(presented.sid.to_string()).fetch_optional(connection).await?;
        let Some(session) = row.as_ref().map(row::session).transpose()? else {
            return Ok(Look::Answer(Box::new(Move::Ended(EndReason::Unknown))));
        };
        Ok(match presented.decide(&session) {
            decision @ (Decision::Conflict | Decision::Ended(_)) => {
                Look::Answer(Box::new(presented.answer(decision, &session, session.clone())))
            }
            Decision::Replay => Look::Replay(session.generation),
            Decision::Rotate | Decision::Recover | Decision::Theft => Look::Judge,
        })
    }

    /// Hands out the newest generation once more, if it still is, and not for too often. It does what `Decision::Replay` does: while a
    /// generation is the newest, what else decided on it stays, or makes the presented one younger.
    async fn replay(&self, connection: &mut PgConnection, generation: u64) -> Result<Option<Session>, Fault> {
        let Self { namespace, presented, .. } = self;
        let sql = concat!(
            "UPDATE jwt_auth_sessions SET replays = replays + 1, handed_out_at = GREATEST($4, handed_out_at)
             WHERE namespace = $1 AND sid = $2 AND generation = $3 AND replays < $5
                   AND ended IS NULL AND idle_expires_at > $4 AND expires_at > $4
             RETURNING ",
            columns!()
        );
        let row = sqlx::query(sql)
            .bind(&**namespace)
            .bind(presented.sid.to_string())
            .bind(to_sql(generation))
            .bind(time_to_sql(presented.now))
            .bind(i64::from(presented.rules.max_replays))
            .fetch_optional(connection)
            .await?;
        row.as_ref().map(row::session).transpose()
    }

    /// Everything else: read the row under its lock, decide by the table, write.
    async fn judge(&self, connection: &mut PgConnection) -> Result<Move, Fault> {
        let Self { namespace, presented, .. } = self;
        let mut transaction = connection.begin().await?;
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM jwt_auth_sessions WHERE namespace = $1 AND sid = $2 FOR NO KEY UPDATE"
        );
        let row = sqlx::query(sql)
            .bind(&**namespace)
            .bind(presented.sid.to_string())
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(before) = row.as_ref().map(row::session).transpose()? else {
            return Ok(Move::Ended(EndReason::Unknown));
        };
        let mut after = before.clone();
        let decision = presented.decide_and_apply(&mut after);
        match decision {
            Decision::Conflict | Decision::Ended(_) => {}
            Decision::Rotate | Decision::Replay | Decision::Recover | Decision::Theft => {
                write(&mut transaction, namespace, &after, presented).await?;
            }
        }
        let handed_out_at = after.handed_out_at;
        let answer = presented.answer(decision, &before, after);
        if let (Some(note), Some(row)) = (&self.audit, AuditRow::of_move(&answer, presented)) {
            record(&mut transaction, namespace, note, presented.now, &[row]).await?;
        }
        if let Some(subject) = answer.revokes(presented) {
            let &Presentation { now, drop_after, .. } = presented;
            let ending = Ending { reason: EndReason::SessionRevoked, now, drop_after };
            announce(&mut transaction, namespace, &[(subject, handed_out_at)], ending).await?;
        }
        transaction.commit().await?;
        Ok(answer)
    }
}

/// Writes what the table changed.
async fn write(
    connection: &mut PgConnection,
    namespace: &str,
    after: &Session,
    presented: &Presentation,
) -> Result<(), Fault> {
    sqlx::query(
        "UPDATE jwt_auth_sessions
         SET generation = $3, parent = $4, replays = $5, moved_at = $6, moves = $7, moved_by = $8, proven_at = $9,
             handed_out_at = $10, idle_expires_at = $11, ended = $12,
             ended_at = CASE WHEN $12::text IS NULL THEN NULL ELSE $13 END, auth_time = $14, amr = $15, acr = $16,
             last_proof = $17, keep_until = $18, auth_gen = $19
         WHERE namespace = $1 AND sid = $2",
    )
    .bind(namespace)
    .bind(after.sid.to_string())
    .bind(to_sql(after.generation))
    .bind(after.parent.map(to_sql))
    .bind(i64::from(after.replays))
    .bind(time_to_sql(after.moved_at))
    .bind(after.moves.as_str())
    .bind(mark_to_sql(after.moved_by))
    .bind(after.proven_at.map(to_sql))
    .bind(time_to_sql(after.handed_out_at))
    .bind(time_to_sql(after.idle_expires_at))
    .bind(after.ended.map(reason_to_sql))
    .bind(time_to_sql(presented.now))
    .bind(time_to_sql(after.auth_time))
    .bind(amr_to_sql(after))
    .bind(after.acr.as_deref().map(text_to_sql))
    .bind(last_proof_to_sql(after))
    .bind(time_to_sql(after.keep_until))
    .bind(to_sql(after.last_proof.generation))
    .execute(connection)
    .await?;
    Ok(())
}
