//! Where a page of a list ends.

use super::{Session, SessionId};
use crate::clock::Timestamp;
use std::fmt;

/// The place of a session in the list of its user's sessions, the youngest first. It stays a place when the session is over or gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionPlace {
    /// When the user logged in.
    pub created_at: Timestamp,
    /// Of several logins in one moment the greater name comes first.
    pub sid: SessionId,
}

impl SessionPlace {
    /// The place of this session.
    pub const fn of(session: &Session) -> Self {
        Self { created_at: session.created_at, sid: session.sid }
    }

    /// Reads what it prints; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (created_at, sid) = text.split_once('-')?;
        let is_number = !created_at.is_empty() && created_at.bytes().all(|digit| digit.is_ascii_digit());
        let created_at = created_at.parse().ok().filter(|_| is_number).map(Timestamp::from_millis)?;
        Some(Self { created_at, sid: SessionId::parse(sid)? })
    }
}

impl fmt::Display for SessionPlace {
    /// Milliseconds since 1970, a hyphen and the name: for a query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.created_at.millis(), self.sid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_prints_and_nothing_else() {
        let place = SessionPlace { created_at: Timestamp::from_millis(7), sid: SessionId::from_bytes([1; 16]) };
        assert_eq!(SessionPlace::parse(&place.to_string()), Some(place));
        let sid = place.sid;
        for wrong in [
            "",
            "7",
            "-",
            &format!("-{sid}"),
            &format!("+7-{sid}"),
            &format!("7-{sid}0"),
            &format!("{}0-{sid}", u64::MAX),
        ] {
            assert_eq!(SessionPlace::parse(wrong), None, "{wrong}");
        }
    }
}
