//! Presenting a refresh token: the decision on it, as SQL.

use super::audit::record;
use super::{Audit, Namespace, Request, announce};
use crate::clock::Timestamp;
use crate::store::sqlite::fault::Fault;
use crate::store::sqlite::row::{
    self, amr_to_sql, columns, duration_to_sql, last_proof_to_sql, mark_to_sql, reason_to_sql, time_to_sql, to_sql,
};
use crate::store::{AuditRow, Decision, EndReason, Ending, Move, Presentation, Session};
use sqlx::SqliteConnection;

pub(in crate::store::sqlite) struct Advance {
    pub(in crate::store::sqlite) namespace: Namespace,
    pub(in crate::store::sqlite) audit: Audit,
    pub(in crate::store::sqlite) presented: Presentation,
}

impl Request for Advance {
    type Answer = Move;

    fn now(&self) -> Option<Timestamp> {
        Some(self.presented.now)
    }

    async fn run(&self, connection: &mut SqliteConnection) -> Result<Move, Fault> {
        // Nobody else can write between BEGIN IMMEDIATE and COMMIT, so the second turn is never needed as things
        // are; the guards keep the table true should a statement ever run outside such a transaction.
        for _ in 0..4 {
            if let Some(rotated) = self.run_alone(connection).await? {
                return Ok(rotated);
            }
            if let Some(outcome) = self.judge(connection).await? {
                return Ok(outcome);
            }
        }
        Err(Fault::Restless)
    }

    async fn run_alone(&self, connection: &mut SqliteConnection) -> Result<Option<Move>, Fault> {
        // A new proof of identity is rare, and changes more of the row than the one statement does.
        if self.presented.reauthentication.is_some() {
            return Ok(None);
        }
        Ok(self.rotate(connection).await?.map(Move::Rotated))
    }
}

impl Advance {
    /// The move of an honest client: one statement, and one winner. It does what `Decision::Rotate` does.
    async fn rotate(&self, connection: &mut SqliteConnection) -> Result<Option<Session>, Fault> {
        let Self { namespace, presented, .. } = self;
        let sql = concat!(
            "UPDATE jwt_auth_sessions
             SET parent = generation, generation = generation + 1, replays = 0, moved_by = $7,
                 moves = substr(printf('%016x%012x', generation, $4)
                         || CASE WHEN moved_at / $6 = $4 / $6 THEN substr(moves, 29) ELSE moves END, 1, 448),
                 moved_at = $4, handed_out_at = MAX($4, handed_out_at), idle_expires_at = MIN(MAX($5, idle_expires_at), expires_at),
                 keep_until = MAX(keep_until, MIN(MAX($5, idle_expires_at), expires_at) + $9)
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
            .bind(&presented.user_id)
            .bind(duration_to_sql(presented.drop_after.since(presented.now)))
            // To its end: a statement that is its own transaction commits there.
            .fetch_all(connection)
            .await?;
        row.first().map(row::session).transpose()
    }

    /// Everything else: read, decide by the table, write under the guard of what was read. `None`: it moved meanwhile.
    async fn judge(&self, connection: &mut SqliteConnection) -> Result<Option<Move>, Fault> {
        let Self { namespace, presented, .. } = self;
        let sql = concat!("SELECT ", columns!(), " FROM jwt_auth_sessions WHERE namespace = $1 AND sid = $2");
        let row = sqlx::query(sql)
            .bind(&**namespace)
            .bind(presented.sid.to_string())
            .fetch_optional(&mut *connection)
            .await?;
        let Some(before) = row.as_ref().map(row::session).transpose()? else {
            return Ok(Some(Move::Ended(EndReason::Unknown)));
        };
        let mut after = before.clone();
        let decision = presented.decide_and_apply(&mut after);
        match decision {
            // It lost against another one just now, and has won by now.
            Decision::Rotate if presented.reauthentication.is_none() => return Ok(None),
            Decision::Conflict | Decision::Ended(_) => {}
            Decision::Rotate | Decision::Replay | Decision::Recover | Decision::Theft => {
                if !update(connection, namespace, &before, &after, presented.now).await? {
                    return Ok(None);
                }
            }
        }
        let handed_out_at = after.handed_out_at;
        let answer = presented.answer(decision, &before, after);
        if let Some(subject) = answer.revokes(presented) {
            let &Presentation { now, drop_after, .. } = presented;
            let ending = Ending { reason: EndReason::SessionRevoked, now, drop_after };
            announce(connection, namespace, &subject, ending, handed_out_at).await?;
        }
        if let (Some(note), Some(row)) = (&self.audit, AuditRow::of_move(&answer, presented)) {
            record(connection, namespace, note, presented.now, &[row]).await?;
        }
        Ok(Some(answer))
    }
}

/// Writes what the table changed, if the row is still the one that was judged.
async fn update(
    connection: &mut SqliteConnection,
    namespace: &str,
    before: &Session,
    after: &Session,
    now: Timestamp,
) -> Result<bool, Fault> {
    let changed = sqlx::query(
        "UPDATE jwt_auth_sessions
         SET generation = $3, parent = $4, replays = $5, moved_at = $6, moves = $7, moved_by = $8, proven_at = $9,
             handed_out_at = $10, idle_expires_at = $11, ended = $12,
             ended_at = CASE WHEN $12 IS NULL THEN NULL ELSE $13 END, auth_time = $14, amr = $15, acr = $16,
             last_proof = $20, keep_until = $21, auth_gen = $22
         WHERE namespace = $1 AND sid = $2 AND generation = $17 AND parent IS $18 AND replays = $19 AND ended IS NULL",
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
    .bind(time_to_sql(now))
    .bind(time_to_sql(after.auth_time))
    .bind(amr_to_sql(after))
    .bind(&after.acr)
    .bind(to_sql(before.generation))
    .bind(before.parent.map(to_sql))
    .bind(i64::from(before.replays))
    .bind(last_proof_to_sql(after))
    .bind(time_to_sql(after.keep_until))
    .bind(to_sql(after.last_proof.generation))
    .execute(connection)
    .await?
    .rows_affected();
    Ok(changed == 1)
}

#[cfg(test)]
#[path = "advance_tests.rs"]
mod tests;
