//! The answer to presenting a generation.

use super::{ClientMark, EndReason, Session};

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
    /// The session to issue tokens from, if tokens are to be issued.
    pub fn granted(&self) -> Option<&Session> {
        match self {
            Self::Rotated(session) | Self::Replayed(session) | Self::Recovered { session, .. } => Some(session),
            Self::Conflict | Self::Theft(_) | Self::Ended(_) => None,
        }
    }
}
