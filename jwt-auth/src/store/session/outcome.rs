//! The answer to presenting a generation.

use super::{ClientMark, EndReason, Presentation, Session};
use crate::store::Revoked;

/// What presenting a generation came to, after it was written down; made by [`Presentation::answer`](super::Presentation::answer).
#[derive(Clone, Debug, PartialEq)]
pub enum Move {
    /// A new generation; the session as it stands now.
    Rotated(Session),
    /// The newest once more.
    Replayed(Session),
    /// A new generation made from the parent; the one in between is an orphan.
    Recovered {
        /// As it stands now; its `moved_by` is the client that recovered it.
        session: Session,
        /// The client that had moved it before.
        before: Option<ClientMark>,
    },
    /// Somebody else moved it a moment ago; nothing changed.
    Conflict,
    /// A spent generation: the session has just been ended. As it stands now, for the audit.
    Theft(Session),
    /// Over, or never was.
    Ended(EndReason),
}

impl Move {
    /// What it revokes, to be put into the feed in the same transaction: the session of a thief, and after a new proof the access tokens
    /// of before.
    pub fn revokes(&self, presented: &Presentation) -> Option<Revoked> {
        match self {
            Self::Theft(session) => Some(Revoked::Session(session.sid)),
            Self::Rotated(session) | Self::Recovered { session, .. } if presented.reauthentication.is_some() => {
                Some(Revoked::BeforeProof { sid: session.sid, proof: session.last_proof })
            }
            _ => None,
        }
    }

    /// The event that is written down with it ([`AuditNote`](crate::store::AuditNote)), and its code: none for what happens all day and
    /// for what changes nothing. A recovery is written down because whoever takes one turn with a stolen token is seen by it alone.
    pub fn audited(&self, presented: &Presentation) -> Option<(&'static str, Option<&'static str>)> {
        match self {
            Self::Theft(_) => Some(("token.reuse_detected", None)),
            Self::Rotated(_) | Self::Recovered { .. } if presented.reauthentication.is_some() => {
                Some(("auth.reauth", None))
            }
            Self::Recovered { before, .. } => {
                Some(("refresh.recovered", (!presented.is_by(*before)).then_some("another_client")))
            }
            Self::Rotated(_) | Self::Replayed(_) | Self::Conflict | Self::Ended(_) => None,
        }
    }

    /// The session to issue tokens from, if tokens are to be issued.
    pub fn granted(&self) -> Option<&Session> {
        match self {
            Self::Rotated(session) | Self::Replayed(session) | Self::Recovered { session, .. } => Some(session),
            Self::Conflict | Self::Theft(_) | Self::Ended(_) => None,
        }
    }
}
