//! The answer to presenting a generation.

use super::{Decision, EndReason, Session};

/// What presenting a generation came to, after it was written down.
#[derive(Clone, Debug, PartialEq)]
pub enum Move {
    /// A new generation; the session as it stands now.
    Rotated(Session),
    /// The same successor once more.
    Replayed(Session),
    /// A new generation made from the parent; the one in between is an orphan.
    Recovered(Session),
    /// Somebody else moved it a moment ago; nothing changed.
    Conflict,
    /// A spent generation: the session has just been ended. As it stands now, for the audit.
    Theft(Session),
    /// Over, or never was.
    Ended(EndReason),
}

impl Move {
    /// The answer for a decision and the row as it stands after it.
    pub fn new(decision: Decision, after: Session) -> Self {
        match decision {
            Decision::Rotate => Self::Rotated(after),
            Decision::Replay => Self::Replayed(after),
            Decision::Recover => Self::Recovered(after),
            Decision::Conflict => Self::Conflict,
            Decision::Theft => Self::Theft(after),
            Decision::Ended(reason) => {
                if reason == EndReason::Unknown {
                    // An authentic token of a generation that was never made: a restored backup, a lost write, or a
                    // leaked signing key. Nobody but the operator can tell which.
                    tracing::error!(
                        sid = %after.sid,
                        stored_generation = after.generation,
                        "a refresh token from the future was presented: was the store rolled back, or is the signing key known to others?"
                    );
                }
                Self::Ended(reason)
            }
        }
    }

    /// The session to issue tokens from, if tokens are to be issued.
    pub fn granted(&self) -> Option<&Session> {
        match self {
            Self::Rotated(session) | Self::Replayed(session) | Self::Recovered(session) => Some(session),
            Self::Conflict | Self::Theft(_) | Self::Ended(_) => None,
        }
    }
}
