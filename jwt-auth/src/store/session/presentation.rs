//! A refresh token as the store sees it.

use super::{ClientMark, Decision, EndReason, Move, Reauthentication, Session, SessionId, SessionRules};
use crate::clock::Timestamp;

/// A refresh token, verified, that is presented to a store. What comes of it is decided by [`decide`](Self::decide).
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
