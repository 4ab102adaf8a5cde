//! A stored hash, of any format.

use super::HashFormat;
use super::argon::ArgonHash;
use super::memory::Memory;
use argon2::Params;

#[cfg(feature = "django")]
use super::django::{bcrypt::BcryptHash, pbkdf2::Pbkdf2Hash, scrypt::ScryptHash};
#[cfg(feature = "imported-hashes")]
use super::imported::ImportedHash;

/// What the text in a user's row says, when it is a hash that can be read and that costs a bearable amount of work.
pub(super) enum StoredHash<'a> {
    Argon2(Box<ArgonHash<'a>>),
    #[cfg(feature = "django")]
    Pbkdf2(Pbkdf2Hash<'a>),
    #[cfg(feature = "django")]
    Bcrypt(BcryptHash<'a>),
    #[cfg(feature = "django")]
    Scrypt(ScryptHash<'a>),
    #[cfg(feature = "imported-hashes")]
    Imported(ImportedHash<'a>),
}

impl<'a> StoredHash<'a> {
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let hash = ArgonHash::read(text).map(|hash| Self::Argon2(Box::new(hash)));
        #[cfg(feature = "django")]
        let hash = hash
            .or_else(|| Pbkdf2Hash::read(text).map(Self::Pbkdf2))
            .or_else(|| BcryptHash::read(text).map(Self::Bcrypt))
            .or_else(|| ScryptHash::read(text).map(Self::Scrypt));
        #[cfg(feature = "imported-hashes")]
        let hash = hash.or_else(|| ImportedHash::read(text).map(Self::Imported));
        hash
    }

    pub(super) fn fits(&self, memory: &mut Memory, password: &[u8]) -> bool {
        match self {
            Self::Argon2(hash) => hash.fits(memory, password),
            #[cfg(feature = "django")]
            Self::Pbkdf2(hash) => hash.fits(password),
            #[cfg(feature = "django")]
            Self::Bcrypt(hash) => hash.fits(password),
            #[cfg(feature = "django")]
            Self::Scrypt(hash) => hash.fits(password),
            #[cfg(feature = "imported-hashes")]
            Self::Imported(hash) => hash.fits(password),
        }
    }

    /// The one it is written in.
    pub(super) fn format(&self) -> HashFormat {
        match self {
            Self::Argon2(hash) => hash.format(),
            #[cfg(feature = "django")]
            Self::Pbkdf2(hash) => hash.format(),
            #[cfg(feature = "django")]
            Self::Bcrypt(hash) => hash.format(),
            #[cfg(feature = "django")]
            Self::Scrypt(_) => HashFormat::Scrypt,
            #[cfg(feature = "imported-hashes")]
            Self::Imported(hash) => hash.format(),
        }
    }

    /// Whether the same format is written with other parameters today: Argon2 with these, the others with Django's.
    pub(super) fn is_outdated(&self, argon2: &Params) -> bool {
        match self {
            Self::Argon2(hash) => hash.is_outdated(argon2),
            #[cfg(feature = "django")]
            Self::Pbkdf2(hash) => hash.is_outdated(),
            #[cfg(feature = "django")]
            Self::Bcrypt(hash) => hash.is_outdated(),
            #[cfg(feature = "django")]
            Self::Scrypt(hash) => hash.is_outdated(),
            #[cfg(feature = "imported-hashes")]
            Self::Imported(hash) => hash.is_outdated(),
        }
    }

    /// Does the work by which this hash is cheaper than a new one of its format, for the time it takes. As in Django,
    /// Argon2 and scrypt are left alone: their cost is not one number.
    pub(super) fn harden(&self, password: &[u8]) {
        match self {
            Self::Argon2(_) => {}
            #[cfg(feature = "django")]
            Self::Pbkdf2(hash) => hash.harden(password),
            #[cfg(feature = "django")]
            Self::Bcrypt(hash) => hash.harden(password),
            #[cfg(feature = "django")]
            Self::Scrypt(_) => {}
            #[cfg(feature = "imported-hashes")]
            Self::Imported(hash) => hash.harden(password),
        }
        #[cfg(not(feature = "imported-hashes"))]
        let _ = password;
    }
}
