//! What other programs than Django wrote, by their own spellings.

mod bcrypt;
mod pbkdf2;
mod phc;
mod scrypt;

use crate::password::{HashFormat, PasswordError};
use bcrypt::BcryptHash;
use pbkdf2::Pbkdf2Hash;
use scrypt::ScryptHash;
#[cfg(feature = "django")]
pub(super) use scrypt::bearable;

/// A stored hash.
pub(super) enum ImportedHash<'a> {
    Bcrypt(BcryptHash<'a>),
    Scrypt(ScryptHash),
    Pbkdf2(Pbkdf2Hash),
}

/// Hashes a password with a fresh salt, in one of the formats of this folder.
pub(super) fn write(format: HashFormat, password: &[u8]) -> Result<String, PasswordError> {
    match format {
        HashFormat::McfBcrypt => bcrypt::write(password),
        HashFormat::PhcScrypt => scrypt::write(password),
        HashFormat::PhcPbkdf2 => pbkdf2::write(password),
        _ => Err(PasswordError::Failed),
    }
}

impl<'a> ImportedHash<'a> {
    /// The hash, when it can be read and asks for a bearable amount of work.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let bcrypt = BcryptHash::read(text).map(Self::Bcrypt);
        bcrypt.or_else(|| ScryptHash::read(text).map(Self::Scrypt)).or_else(|| Pbkdf2Hash::read(text).map(Self::Pbkdf2))
    }

    pub(super) fn fits(&self, password: &[u8]) -> bool {
        match self {
            Self::Bcrypt(hash) => hash.fits(password),
            Self::Scrypt(hash) => hash.fits(password),
            Self::Pbkdf2(hash) => hash.fits(password),
        }
    }

    pub(super) fn format(&self) -> HashFormat {
        match self {
            Self::Bcrypt(_) => HashFormat::McfBcrypt,
            Self::Scrypt(_) => HashFormat::PhcScrypt,
            Self::Pbkdf2(_) => HashFormat::PhcPbkdf2,
        }
    }

    /// Whether it is not what [`write`] makes today.
    pub(super) fn is_outdated(&self) -> bool {
        match self {
            Self::Bcrypt(hash) => hash.is_outdated(),
            Self::Scrypt(hash) => hash.is_outdated(),
            Self::Pbkdf2(hash) => hash.is_outdated(),
        }
    }

    /// Does the work by which this hash is cheaper than a new one, where the cost is one number.
    pub(super) fn harden(&self, password: &[u8]) {
        match self {
            Self::Bcrypt(hash) => hash.harden(password),
            Self::Scrypt(_) => {}
            Self::Pbkdf2(hash) => hash.harden(password),
        }
    }
}
