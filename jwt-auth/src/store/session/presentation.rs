//! A refresh token as the store sees it.

use super::{ClientMark, Decision, EndReason, Move, Reauthentication, Session, SessionId, SessionRules};
use crate::clock::Timestamp;

/// A refresh token, verified, that is presented to a store. What comes of it is decided by [`decide`](Self::decide).
///
/// # How an implementation over SQL looks
///
/// The move of an honest client is one conditional statement, and the database picks the winner:
///
/// ```sql
/// UPDATE sessions SET parent = generation, generation = generation + 1, replays = 0, moved_by = :client,
///        moves = substr(printf('%016x%012x', generation, :now)
///                || CASE WHEN moved_at / :slot = :now / :slot THEN substr(moves, 29) ELSE moves END, 1, 448),
///        moved_at = :now, handed_out_at = max(:now, handed_out_at),
///        idle_expires_at = min(max(:now + :idle, idle_expires_at), expires_at),
///        keep_until = max(keep_until, min(max(:now + :idle, idle_expires_at), expires_at) + :opens_for)
///  WHERE namespace = :namespace AND sid = :sid AND user_id = :user AND generation = :presented
///    AND ended IS NULL AND idle_expires_at > :now AND expires_at > :now
/// RETURNING *
/// ```
///
/// `:slot` a fifteenth of the grace in milliseconds, at least one; PostgreSQL has `lpad(to_hex(..), n, '0')` and `left`.
///
/// One row: `Move::Rotated`. None: read the row and decide, then write under the guard of what was read, so that
/// a row which moved meanwhile is not touched and the loop looks again:
///
/// ```ignore
/// for _ in 0..4 {
///     let Some(before) = read(presented.sid).await? else { return Ok(Move::Ended(EndReason::Unknown)) };
///     let mut after = before.clone();
///     let decision = presented.decide_and_apply(&mut after);
///     // UPDATE .. WHERE sid AND generation = before.generation AND parent IS before.parent AND replays = before.replays AND ended IS NULL;
///     if after == before || write(&before, &after).await? == 1 {
///         let answer = presented.answer(decision, &before, after);
///         // `answer.revokes(&presented)`: INSERT INTO revocations, in the same transaction.
///         return Ok(answer);
///     }
/// }
/// Err(StoreError::unavailable("the session keeps moving"))
/// ```
#[derive(Clone, Debug)]
pub struct Presentation {
    /// The session it names.
    pub sid: SessionId,
    /// Whose token it is: compared with the row's user.
    pub user_id: String,
    /// The generation it carries.
    pub generation: u64,
    /// The present moment.
    pub now: Timestamp,
    /// The table's times and policies.
    pub rules: SessionRules,
    /// Should this end the session: when its last access token is over, see [`Ending::drop_after`](crate::store::Ending).
    pub drop_after: Timestamp,
    /// The mark of the client that presents it; `None` is nobody's, and the same client as no other.
    pub client: Option<ClientMark>,
    /// The marks of the same client by older keys, those of `fallback_keys`: other nodes may sign with one of them still.
    pub former_client: Vec<ClientMark>,
    /// The user has just proved anew who they are; noted if tokens are handed out.
    pub reauthentication: Option<Reauthentication>,
}

impl Presentation {
    /// Whether it is the client of this mark; that of a row without one is nobody.
    pub fn is_by(&self, mark: Option<ClientMark>) -> bool {
        mark.is_some_and(|mark| self.client == Some(mark) || self.former_client.contains(&mark))
    }

    /// The answer of a store that has done what was decided: with the row as it was before and as it is now.
    ///
    /// A token that no honest client can have is told of in the log, as an error.
    pub fn answer(&self, decision: Decision, before: &Session, after: Session) -> Move {
        match decision {
            Decision::Rotate => Move::Rotated(after),
            Decision::Replay => Move::Replayed(after),
            Decision::Recover => Move::Recovered { session: after, before: before.moved_by },
            Decision::Conflict => Move::Conflict,
            Decision::Theft => Move::Theft(after),
            Decision::Ended(reason) => {
                if reason == EndReason::Unknown {
                    self.raise_alarm(before);
                }
                Move::Ended(reason)
            }
        }
    }

    /// Of an authentic token that the row contradicts: a restored backup, a lost write, two services that share a key and not
    /// their users, or a leaked signing key. Nobody but the operator can tell which.
    pub(crate) fn raise_alarm(&self, session: &Session) {
        if self.user_id != session.user_id {
            tracing::error!(
                sid = %session.sid, stored_user = %session.user_id, presented_user = %self.user_id,
                "a refresh token names another user than its session: do two services share a key and a namespace, or is the signing key known to others?"
            );
        } else {
            tracing::error!(
                sid = %session.sid, stored_generation = session.generation, presented_generation = self.generation,
                "a refresh token from the future was presented: was the store rolled back, or is the signing key known to others?"
            );
        }
    }
}
