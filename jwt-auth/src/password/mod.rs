//! Passwords: Argon2id and what Django has, behind a queue that keeps the rest of the server awake.

mod argon;
#[cfg(feature = "django")]
mod django;
mod hash_format;
mod hasher;
mod memory;
mod queue;
mod stored;
mod threads;

pub use hash_format::{HashFormat, UnknownHashFormat};
pub use hasher::{PasswordError, PasswordHasher};
pub(crate) use queue::PasswordQueue;
