//! Passwords: Argon2id, what Django has and what others write, behind a queue that keeps the rest of the server awake.

#[cfg(feature = "password")]
pub(crate) mod argon;
mod fault;
mod hash_format;
#[cfg(feature = "password")]
mod hasher;
#[cfg(feature = "imported-hashes")]
pub(crate) mod imported;
#[cfg(feature = "password")]
pub(crate) mod memory;
#[cfg(feature = "password")]
mod policy;
#[cfg(feature = "password")]
mod queue;
#[cfg(feature = "password")]
pub(crate) mod scheme;
#[cfg(feature = "password")]
mod standard_policy;
#[cfg(feature = "password")]
mod threads;
#[cfg(feature = "password")]
mod unusable;

pub use fault::{NewPasswordError, PasswordFault};
pub use hash_format::{HashFormat, UnknownHashFormat};
#[cfg(feature = "password")]
pub use hasher::{PasswordError, PasswordHasher};
#[cfg(feature = "password")]
pub(crate) use policy::AnyPasswordPolicy;
#[cfg(feature = "password")]
pub use policy::PasswordPolicy;
#[cfg(feature = "password")]
pub(crate) use queue::PasswordQueue;
#[cfg(feature = "password")]
pub use standard_policy::StandardPasswordPolicy;
#[cfg(feature = "password")]
pub(crate) use unusable::Unread;
