//! Passwords: Argon2id, what Django has and what others write, behind a queue that keeps the rest of the server awake.

#[cfg(feature = "password")]
mod argon;
#[cfg(feature = "django")]
mod django;
mod hash_format;
#[cfg(feature = "password")]
mod hasher;
#[cfg(feature = "imported-hashes")]
mod imported;
#[cfg(feature = "password")]
mod memory;
#[cfg(feature = "password")]
mod queue;
#[cfg(feature = "password")]
mod stored;
#[cfg(feature = "password")]
mod threads;
#[cfg(feature = "password")]
mod unread;

pub use hash_format::{HashFormat, UnknownHashFormat};
#[cfg(feature = "password")]
pub use hasher::{PasswordError, PasswordHasher};
#[cfg(feature = "password")]
pub(crate) use queue::PasswordQueue;
#[cfg(feature = "password")]
pub(crate) use unread::Unread;
