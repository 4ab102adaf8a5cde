//! Why a user was not added.

use crate::error::StoreError;
#[cfg(feature = "password")]
use crate::password::PasswordError;
use std::fmt;

/// Why a user was not added. Debug prints what Display does, and the causes.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum CreateUserError {
    /// The name is taken, or another value that the table keeps unique.
    #[error("there is already a user of this name")]
    NameTaken,
    /// The text has no `$`, as every hash has, and does not begin with `!`: a plain password, most likely.
    #[error("this is no password hash; make one with `PasswordHasher::hash`")]
    NotAHash,
    /// The password is empty.
    #[error("the password is empty")]
    EmptyPassword,
    /// The password cannot be hashed.
    #[cfg(feature = "password")]
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The database cannot be written, or has no such table.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl fmt::Debug for CreateUserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => fmt::Debug::fmt(error, f),
            _ => fmt::Display::fmt(self, f),
        }
    }
}
