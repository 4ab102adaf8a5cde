//! Passwords: Argon2id and what Django has, behind a queue that keeps the rest of the server awake.

mod argon;
#[cfg(feature = "django")]
mod django;
mod fault;
mod hash_format;
mod hasher;
mod memory;
mod policy;
mod queue;
mod standard_policy;
mod stored;
mod threads;

pub use fault::{NewPasswordError, PasswordFault};
pub use hash_format::{HashFormat, UnknownHashFormat};
pub use hasher::{PasswordError, PasswordHasher};
pub(crate) use policy::AnyPasswordPolicy;
pub use policy::PasswordPolicy;
pub(crate) use queue::PasswordQueue;
pub use standard_policy::StandardPasswordPolicy;
