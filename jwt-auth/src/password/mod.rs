//! Passwords: Argon2id, behind a queue that keeps the rest of the server awake.

mod hasher;
mod queue;

pub use hasher::{PasswordError, PasswordHasher};
pub(crate) use queue::PasswordQueue;
