//! Why there is no `JwtAuth`.

use crate::error::StoreError;
use crate::settings::SettingsError;
use std::fmt;

/// Why a [`JwtAuth`](crate::JwtAuth) did not start.
///
/// ```
/// use jwt_auth::{JwtAuth, Settings, StartError, store::MemoryStore};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let started = JwtAuth::builder(Settings::new("too short")).store(MemoryStore::new()).start().await;
/// let Err(StartError::Settings(faults)) = started else { panic!("it must not start") };
/// assert_eq!(faults.faults()[0].name, "signing_key");
/// # }
/// ```
#[non_exhaustive]
pub enum StartError {
    /// Settings, keys or their combination; every fault with its remedy.
    Settings(SettingsError),
    /// The session store did not answer, so the live revocations could not be loaded; or SimpleJWT's tables are missing.
    Store(StoreError),
    /// The user store did not answer, so nobody could log in: its table is missing, or its database.
    Users(StoreError),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings(error) => error.fmt(f),
            Self::Store(_) => f.write_str("the token store cannot be used"),
            Self::Users(_) => f.write_str("the user store cannot be used"),
        }
    }
}

impl fmt::Debug for StartError {
    /// As [`Display`](fmt::Display), and the causes: what `main` prints when it returns this shows every fault on a line of
    /// its own, and which table or column is missing.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings(_) => fmt::Display::fmt(self, f),
            Self::Store(error) | Self::Users(error) => write!(f, "{self}: {error:?}"),
        }
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Settings(_) => None,
            Self::Store(error) | Self::Users(error) => Some(error),
        }
    }
}
