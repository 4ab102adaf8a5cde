//! The ways to write a password hash down.

use super::PasswordHasher;
use std::fmt;
use std::str::FromStr;

/// How a password hash is computed and spelled.
///
/// Which one is written is chosen with [`PasswordHasher::writing`](PasswordHasher::writing); read are
/// that one, or those of [`PasswordHasher::reading`](PasswordHasher::reading). Those of Django have the parameters of Django 5.2 and need the feature `django`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HashFormat {
    /// Argon2id as a PHC string, `$argon2id$v=19$m=19456,t=2,p=1$..`: the default.
    Argon2id,
    /// Argon2id as Django writes it, with 100 MiB, 2 passes and 8 lanes: `argon2$argon2id$v=19$m=102400,t=2,p=8$..`.
    #[cfg(feature = "django")]
    DjangoArgon2,
    /// PBKDF2 with HMAC-SHA-256 and 1,000,000 iterations, Django's default: `pbkdf2_sha256$1000000$..`.
    #[cfg(feature = "django")]
    Pbkdf2Sha256,
    /// PBKDF2 with HMAC-SHA-1 and 1,000,000 iterations: `pbkdf2_sha1$1000000$..`.
    #[cfg(feature = "django")]
    Pbkdf2Sha1,
    /// bcrypt of the SHA-256 of the password, with a cost of 12: `bcrypt_sha256$$2b$12$..`.
    #[cfg(feature = "django")]
    BcryptSha256,
    /// bcrypt of the password itself, which must not have more than 72 bytes, with a cost of 12: `bcrypt$$2b$12$..`.
    #[cfg(feature = "django")]
    Bcrypt,
    /// scrypt with N 16384, r 8 and p 5: `scrypt$16384$..`.
    #[cfg(feature = "django")]
    Scrypt,
}

impl HashFormat {
    /// All that are compiled in.
    pub const ALL: &'static [Self] = &[
        Self::Argon2id,
        #[cfg(feature = "django")]
        Self::DjangoArgon2,
        #[cfg(feature = "django")]
        Self::Pbkdf2Sha256,
        #[cfg(feature = "django")]
        Self::Pbkdf2Sha1,
        #[cfg(feature = "django")]
        Self::BcryptSha256,
        #[cfg(feature = "django")]
        Self::Bcrypt,
        #[cfg(feature = "django")]
        Self::Scrypt,
    ];

    /// Those of Django 5.2's `PASSWORD_HASHERS`, in its order, and ours, which Django never wrote.
    #[cfg(feature = "django")]
    pub const DJANGO: &'static [Self] =
        &[Self::Pbkdf2Sha256, Self::Pbkdf2Sha1, Self::DjangoArgon2, Self::BcryptSha256, Self::Scrypt, Self::Argon2id];

    /// The name in a setting. For the formats of Django it is Django's own, with which its hashes begin.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Argon2id => "argon2id",
            #[cfg(feature = "django")]
            Self::DjangoArgon2 => "argon2",
            #[cfg(feature = "django")]
            Self::Pbkdf2Sha256 => "pbkdf2_sha256",
            #[cfg(feature = "django")]
            Self::Pbkdf2Sha1 => "pbkdf2_sha1",
            #[cfg(feature = "django")]
            Self::BcryptSha256 => "bcrypt_sha256",
            #[cfg(feature = "django")]
            Self::Bcrypt => "bcrypt",
            #[cfg(feature = "django")]
            Self::Scrypt => "scrypt",
        }
    }

    /// How a hash of this format begins.
    pub(crate) fn beginning(self) -> String {
        match self {
            Self::Argon2id => "$argon2".to_owned(),
            #[cfg(feature = "django")]
            other => format!("{other}$"),
        }
    }

    /// The most bytes a password of this format may have when it is checked.
    pub(super) const fn max_checked(self) -> usize {
        match self {
            // bcrypt looks at so many only. A longer one is refused rather than cut, as Python's bcrypt does since version 5.
            #[cfg(feature = "django")]
            Self::Bcrypt => 72,
            _ => PasswordHasher::MAX_CHECKED,
        }
    }

    /// The class in Django's `PASSWORD_HASHERS`, below `django.contrib.auth.hashers`.
    const fn class(self) -> Option<&'static str> {
        match self {
            Self::Argon2id => None,
            #[cfg(feature = "django")]
            Self::DjangoArgon2 => Some("Argon2PasswordHasher"),
            #[cfg(feature = "django")]
            Self::Pbkdf2Sha256 => Some("PBKDF2PasswordHasher"),
            #[cfg(feature = "django")]
            Self::Pbkdf2Sha1 => Some("PBKDF2SHA1PasswordHasher"),
            #[cfg(feature = "django")]
            Self::BcryptSha256 => Some("BCryptSHA256PasswordHasher"),
            #[cfg(feature = "django")]
            Self::Bcrypt => Some("BCryptPasswordHasher"),
            #[cfg(feature = "django")]
            Self::Scrypt => Some("ScryptPasswordHasher"),
        }
    }
}

impl fmt::Display for HashFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text names no format that is compiled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownHashFormat;

impl fmt::Display for UnknownHashFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such password hash format; there are:")?;
        HashFormat::ALL.iter().try_for_each(|format| write!(f, " {format}"))?;
        if cfg!(not(feature = "django")) {
            f.write_str(" (those of Django need the feature `django`)")?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownHashFormat {}

impl FromStr for HashFormat {
    type Err = UnknownHashFormat;

    /// Reads a [`name`](Self::name), or the path of a class as Django's `PASSWORD_HASHERS` has it:
    /// `django.contrib.auth.hashers.PBKDF2PasswordHasher`.
    fn from_str(text: &str) -> Result<Self, UnknownHashFormat> {
        let class = text.strip_prefix("django.contrib.auth.hashers.");
        let named = |format: &&Self| match class {
            Some(class) => format.class() == Some(class),
            None => format.name() == text,
        };
        Self::ALL.iter().find(named).copied().ok_or(UnknownHashFormat)
    }
}
