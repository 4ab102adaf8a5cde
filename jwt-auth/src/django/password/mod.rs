//! Password hashes as Django writes them.

mod argon;
mod bcrypt;
mod field;
mod pbkdf2;
mod salt;
mod scrypt;

use crate::password::scheme::Scheme;

/// All of Django's formats.
pub(crate) const SCHEMES: &[&dyn Scheme] = &[&argon::Argon, &pbkdf2::Pbkdf2, &bcrypt::Bcrypt, &scrypt::Scrypt];
