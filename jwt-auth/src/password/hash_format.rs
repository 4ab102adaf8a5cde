//! The ways to write a password hash down.

use std::fmt;
use std::str::FromStr;

/// How a password hash is computed and spelled.
///
/// Which one is written is chosen with `PasswordHasher::writing`; read are that one, or those of `PasswordHasher::reading`. Each
/// spelling is a format of its own, so that nobody logs in with a hash that the settings do not list. Those of Django have the
/// parameters of Django 5.2 and need the feature `django`; those that other programs write need the feature `imported-hashes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HashFormat {
    /// Argon2id as a PHC string, `$argon2id$v=19$m=19456,t=2,p=1$..`: the default.
    Argon2id,
    /// Argon2id as Django writes it, with 100 MiB, 2 passes and 8 lanes: `argon2$argon2id$v=19$m=102400,t=2,p=8$..`.
    DjangoArgon2,
    /// PBKDF2 with HMAC-SHA-256 and 1,000,000 iterations, Django's default: `pbkdf2_sha256$1000000$..`.
    Pbkdf2Sha256,
    /// PBKDF2 with HMAC-SHA-1 and 1,000,000 iterations: `pbkdf2_sha1$1000000$..`.
    Pbkdf2Sha1,
    /// bcrypt of the SHA-256 of the password, with a cost of 12: `bcrypt_sha256$$2b$12$..`.
    BcryptSha256,
    /// bcrypt of the password itself, which must not have more than 72 bytes, with a cost of 12: `bcrypt$$2b$12$..`.
    Bcrypt,
    /// scrypt with N 16384, r 8 and p 5: `scrypt$16384$..`.
    Scrypt,
    /// bcrypt in the modular crypt format, as Rails and Devise (`$2a$`), Node and Python (`$2b$`), Laravel and PHP (`$2y$`)
    /// write it: new hashes are `$2b$12$..`. Passwords of more than 72 bytes are refused, which those programs cut.
    McfBcrypt,
    /// scrypt as a PHC string, as passlib and Node (`ln=14`) and AdonisJS (`n=16384`) write it: new hashes are
    /// `$scrypt$ln=14,r=8,p=5$..`.
    PhcScrypt,
    /// PBKDF2 with HMAC-SHA-1, SHA-256 or SHA-512, as Node (`$pbkdf2-sha512$i=25000$..`) and passlib
    /// (`$pbkdf2-sha256$29000$..`, `$pbkdf2$131000$..`) write it: new hashes are `$pbkdf2-sha256$i=600000$..`.
    PhcPbkdf2,
}

impl HashFormat {
    /// All of them, in every build.
    pub const ALL: &'static [Self] = &[
        Self::Argon2id,
        Self::DjangoArgon2,
        Self::Pbkdf2Sha256,
        Self::Pbkdf2Sha1,
        Self::BcryptSha256,
        Self::Bcrypt,
        Self::Scrypt,
        Self::McfBcrypt,
        Self::PhcScrypt,
        Self::PhcPbkdf2,
    ];

    /// Those of Django 5.2's `PASSWORD_HASHERS`, in its order, and ours, which Django never wrote.
    pub const DJANGO: &'static [Self] =
        &[Self::Pbkdf2Sha256, Self::Pbkdf2Sha1, Self::DjangoArgon2, Self::BcryptSha256, Self::Scrypt, Self::Argon2id];

    /// The name in a setting. For the formats of Django it is Django's own, with which its hashes begin.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Argon2id => "argon2id",
            Self::DjangoArgon2 => "argon2",
            Self::Pbkdf2Sha256 => "pbkdf2_sha256",
            Self::Pbkdf2Sha1 => "pbkdf2_sha1",
            Self::BcryptSha256 => "bcrypt_sha256",
            Self::Bcrypt => "bcrypt",
            Self::Scrypt => "scrypt",
            Self::McfBcrypt => "mcf_bcrypt",
            Self::PhcScrypt => "phc_scrypt",
            Self::PhcPbkdf2 => "phc_pbkdf2",
        }
    }

    /// The feature that this build lacks to compute it; `None` when it can.
    pub const fn missing_feature(self) -> Option<&'static str> {
        match self {
            Self::Argon2id if cfg!(feature = "password") => None,
            Self::Argon2id => Some("password"),
            Self::McfBcrypt | Self::PhcScrypt | Self::PhcPbkdf2 if cfg!(feature = "imported-hashes") => None,
            Self::McfBcrypt | Self::PhcScrypt | Self::PhcPbkdf2 => Some("imported-hashes"),
            _ if cfg!(feature = "django") => None,
            _ => Some("django"),
        }
    }

    /// How a hash of this format begins.
    #[cfg(feature = "password")]
    pub(crate) const fn beginning(self) -> &'static str {
        match self {
            Self::Argon2id => "$argon2",
            Self::DjangoArgon2 => "argon2$",
            Self::Pbkdf2Sha256 => "pbkdf2_sha256$",
            Self::Pbkdf2Sha1 => "pbkdf2_sha1$",
            Self::BcryptSha256 => "bcrypt_sha256$",
            Self::Bcrypt => "bcrypt$",
            Self::Scrypt => "scrypt$",
            Self::McfBcrypt => "$2",
            Self::PhcScrypt => "$scrypt$",
            Self::PhcPbkdf2 => "$pbkdf2",
        }
    }

    /// The format that a stored text is of by its beginning, whether the rest of it can be read or not.
    #[cfg(feature = "password")]
    pub(crate) fn of(stored: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| stored.starts_with(format.beginning()))
    }

    /// The most bytes a password of this format may have when it is checked.
    #[cfg(feature = "password")]
    pub(super) const fn max_checked(self) -> usize {
        match self {
            // bcrypt looks at so many only. A longer one is refused rather than cut, as Python's bcrypt does since version 5.
            Self::Bcrypt | Self::McfBcrypt => 72,
            _ => super::PasswordHasher::MAX_CHECKED,
        }
    }

    /// The class in Django's `PASSWORD_HASHERS`, below `django.contrib.auth.hashers`.
    const fn class(self) -> Option<&'static str> {
        match self {
            Self::DjangoArgon2 => Some("Argon2PasswordHasher"),
            Self::Pbkdf2Sha256 => Some("PBKDF2PasswordHasher"),
            Self::Pbkdf2Sha1 => Some("PBKDF2SHA1PasswordHasher"),
            Self::BcryptSha256 => Some("BCryptSHA256PasswordHasher"),
            Self::Bcrypt => Some("BCryptPasswordHasher"),
            Self::Scrypt => Some("ScryptPasswordHasher"),
            Self::Argon2id | Self::McfBcrypt | Self::PhcScrypt | Self::PhcPbkdf2 => None,
        }
    }
}

impl fmt::Display for HashFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text names no format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownHashFormat;

impl fmt::Display for UnknownHashFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such password hash format; there are:")?;
        HashFormat::ALL.iter().try_for_each(|format| write!(f, " {format}"))
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
