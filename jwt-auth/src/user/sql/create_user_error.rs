//! Why a user was not added.

use crate::error::StoreError;
#[cfg(feature = "password")]
use crate::password::{PasswordError, PasswordFault};
use crate::user::UsernameError;
use std::fmt;

/// Why a user was not added. Debug prints what Display does, and the causes.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum CreateUserError {
    /// The name is taken, or another value that the table keeps unique.
    #[error("there is already a user of this name")]
    NameTaken,
    /// Nobody could log in under the name.
    #[error(transparent)]
    Username(#[from] UsernameError),
    /// The text has no `$`, as every hash has, and does not begin with `!`: a plain password, most likely.
    #[error("this is no password hash; make one with `PasswordHasher::hash`")]
    NotAHash,
    /// The password is empty.
    #[error("the password is empty")]
    EmptyPassword,
    /// The store's [`PasswordPolicy`](crate::password::PasswordPolicy) refuses the password: everything that is wrong with it.
    #[cfg(feature = "password")]
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))]
    WeakPassword(Vec<PasswordFault>),
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
