//! What only Django writes.

pub(super) mod bcrypt;
mod field;
pub(super) mod pbkdf2;
pub(super) mod salt;
pub(super) mod scrypt;
