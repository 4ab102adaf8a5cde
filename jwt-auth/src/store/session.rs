//! One refresh session and the table that moves it (DESIGN: rotate, replay, recover, conflict, theft, ended).

use crate::claims::Claims;
use crate::clock::Timestamp;
pub use crate::error::EndReason;
use crate::settings::ReusePolicy;
use std::fmt;
use std::time::Duration;

/// 128 random bits that name a session; 32 lower-case hex digits in tokens and databases.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId([u8; 16]);

impl SessionId {
    /// From its bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
    /// Reads exactly 32 lower-case hex digits; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 32 {
            return None;
        }
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = hex_value(pair[0])? << 4 | hex_value(pair[1])?;
        }
        Some(Self(bytes))
    }
}

const fn hex_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A session as it stands in the store. A refresh token is a function of this row.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Its name.
    pub sid: SessionId,
    /// Whose it is: the value of the user id claim, as text.
    pub user_id: String,
    /// The generation that the newest refresh token carries.
    pub generation: u64,
    /// The generation that was presented when `generation` was made.
    pub parent: Option<u64>,
    /// How often `parent` was replayed since the last move.
    pub replays: u32,
    /// When the user logged in.
    pub created_at: Timestamp,
    /// When `generation` was made: `iat` of its refresh token.
    pub moved_at: Timestamp,
    /// When the generation before it was made.
    pub previous_move_at: Timestamp,
    /// When `generation` was last handed out (made or replayed).
    pub handed_out_at: Timestamp,
    /// `exp` of the newest refresh token: unused until then, it ends.
    pub idle_expires_at: Timestamp,
    /// The end of its absolute life, which never moves.
    pub expires_at: Timestamp,
    /// The user's epoch when it was made.
    pub epoch: u64,
    /// When the user last proved who they are.
    pub auth_time: Timestamp,
    /// Claims set at login; copied into every token of the session.
    pub claims: Claims,
    /// Client address at login or last refresh.
    pub ip: Option<String>,
    /// `User-Agent` at login or last refresh.
    pub user_agent: Option<String>,
    /// Why it is over, if it is.
    pub ended: Option<EndReason>,
}

/// A login to be stored.
#[derive(Clone, Debug)]
pub struct NewSession {
    pub sid: SessionId,
    pub user_id: String,
    pub created_at: Timestamp,
    pub idle_expires_at: Timestamp,
    pub expires_at: Timestamp,
    pub auth_time: Timestamp,
    pub claims: Claims,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
}

/// The times and policies of `Settings` that the table needs.
#[derive(Clone, Copy, Debug)]
pub struct SessionRules {
    pub grace: Duration,
    pub recovery_window: Duration,
    pub policy: ReusePolicy,
    pub max_replays: u32,
    pub idle_lifetime: Duration,
}

/// What presenting a generation came to.
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
