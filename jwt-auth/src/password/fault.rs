//! What is wrong with a new password.

use crate::error::{AuthError, StoreError};
use std::fmt;

/// One thing that is wrong with a new password. [`Display`](fmt::Display) is a sentence for whoever chose it, in Django's words where
/// Django has it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PasswordFault {
    /// None at all, or under `simple_jwt` white space alone.
    Blank,
    /// Fewer characters than this.
    TooShort {
        /// The fewest, in characters.
        least: usize,
    },
    /// Longer than a login takes (1,024 characters), or than the format of its hash does.
    TooLong,
    /// One that many people have, and attackers try first.
    Common,
    /// Hardly more than the user's name.
    LikeUsername,
    /// It begins or ends with white space, which SimpleJWT's view cuts off: under `simple_jwt` nobody could log in with it.
    Cut,
    /// A null character, which no login takes.
    Null,
    /// What a policy of the application's own says, as a sentence for the user.
    Other(String),
}

impl PasswordFault {
    /// A word for programs, which stays: Django's where it has one.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Blank => "password_blank",
            Self::TooShort { .. } => "password_too_short",
            Self::TooLong => "password_too_long",
            Self::Common => "password_too_common",
            Self::LikeUsername => "password_too_similar",
            Self::Cut => "password_cut",
            Self::Null => "password_null",
            Self::Other(_) => "password_refused",
        }
    }
}

impl fmt::Display for PasswordFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort { least } => {
                write!(f, "This password is too short. It must contain at least {least} characters.")
            }
            Self::Blank => f.write_str("This field may not be blank."),
            Self::TooLong => f.write_str("This password is too long."),
            Self::Common => f.write_str("This password is too common."),
            Self::LikeUsername => f.write_str("The password is too similar to the username."),
            Self::Cut => f.write_str("A password cannot begin or end with white space."),
            Self::Null => f.write_str("Null characters are not allowed."),
            Self::Other(text) => f.write_str(text),
        }
    }
}

/// Why there is no hash of a new password. It is an answer, and a handler returns it: 400 with DRF's body,
/// `{"password": ["This password is too common."]}`, or that of the [`AuthError`].
#[derive(Debug)]
#[non_exhaustive]
pub enum NewPasswordError {
    /// It must not be used: everything that is wrong with it. 400.
    Refused(Vec<PasswordFault>),
    /// It could not be hashed or judged now: 503.
    Auth(AuthError),
}

impl fmt::Display for NewPasswordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(faults) => {
                for (index, fault) in faults.iter().enumerate() {
                    write!(f, "{}{fault}", if index > 0 { " " } else { "" })?;
                }
                Ok(())
            }
            Self::Auth(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for NewPasswordError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Refused(_) => None,
            Self::Auth(error) => error.source(),
        }
    }
}

impl From<AuthError> for NewPasswordError {
    fn from(error: AuthError) -> Self {
        Self::Auth(error)
    }
}

impl From<StoreError> for NewPasswordError {
    fn from(error: StoreError) -> Self {
        Self::Auth(error.into())
    }
}
