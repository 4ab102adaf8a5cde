//! One password to one hash, and back to a yes or no.

use super::scheme;
use super::{HashFormat, Unread, argon, memory::Memory};
use crate::secret::Secret;
use argon2::Params;
use std::fmt;

/// Hashes and checks passwords: with Argon2id (RFC 9106), or with any format Django has or other programs write.
///
/// It writes one [`HashFormat`] and reads that one, or those of [`reading`](Self::reading). [`Default`] writes PHC strings,
/// `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. Passwords are taken as they are: not trimmed, not normalised, not cut
/// (OWASP ASVS 6.2.8).
///
/// [`hash`](Self::hash) and [`verify`](Self::verify) work for tens of milliseconds and more on the thread that calls them;
/// a [`JwtAuth`](crate::JwtAuth) runs them behind a queue of its own.
///
/// ```
/// use jwt_auth::password::PasswordHasher;
///
/// // As much work as OWASP recommends is `PasswordHasher::default()`; this is for tests.
/// let hasher = PasswordHasher::argon2id(8, 1, 1)?;
/// let stored = hasher.hash("correct horse battery staple")?;
/// assert!(hasher.verify(&"correct horse battery staple".into(), Some(&stored)));
/// # Ok::<(), jwt_auth::password::PasswordError>(())
/// ```
#[doc(alias = "PasswordEncoder")]
#[doc(alias = "make_password")]
#[doc(alias = "check_password")]
#[doc(alias = "PASSWORD_HASHERS")]
#[derive(Clone)]
pub struct PasswordHasher {
    /// What is written.
    format: HashFormat,
    /// How, when that is Argon2.
    argon2: Params,
    /// What is read.
    readable: Vec<HashFormat>,
}

/// Why a password could not be hashed, or a hasher not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordError {
    /// Argon2 does not know such parameters.
    #[error("these are no parameters of Argon2: memory is at least 8 KiB a lane, passes and lanes at least 1")]
    Parameters,
    /// Longer than the format takes: see [`PasswordHasher::hash`].
    #[error("the password is too long: argon2id takes 1,024 bytes, bcrypt 72, the other formats 4,096")]
    TooLong,
    /// The format needs a feature that is off: [`HashFormat::missing_feature`].
    #[error("the format `{0}` is not in this build: switch the feature of `jwt-auth` on that has it")]
    NotCompiled(HashFormat),
    /// The operating system gave no random salt, or no memory.
    #[error("the password could not be hashed")]
    Failed,
}

impl PasswordHasher {
    /// In bytes, for a new hash in the default format. Long enough for any passphrase; longer input is work for nothing.
    pub const MAX_PASSWORD: usize = 1024;

    /// In bytes, for a password that is checked, and for a new hash in a format of Django: Django sets no limit of its
    /// own, and whoever could log in there is to log in here.
    pub const MAX_CHECKED: usize = 4096;

    /// Argon2id with so much memory in KiB, so many passes, so many lanes.
    ///
    /// [`Default`] takes 19,456 KiB, 2 passes, 1 lane: the first recommendation of OWASP's Password Storage Cheat Sheet.
    ///
    /// # Errors
    /// [`PasswordError::Parameters`].
    pub fn argon2id(memory: u32, passes: u32, lanes: u32) -> Result<Self, PasswordError> {
        let argon2 = Params::new(memory, passes, lanes, None).map_err(|_| PasswordError::Parameters)?;
        Ok(Self { format: HashFormat::Argon2id, argon2, readable: vec![HashFormat::Argon2id] })
    }

    /// Writes this format: [`HashFormat::Argon2id`] as [`Default`] does, the others with the parameters of Django 5.2, so
    /// that a Django on the same table reads them and finds nothing to renew.
    pub fn writing(format: HashFormat) -> Self {
        let argon2 = match format {
            HashFormat::DjangoArgon2 => argon::DJANGO_PARAMS,
            _ => Params::DEFAULT,
        };
        Self { format, argon2, readable: vec![format] }
    }

    /// Reads hashes of these formats and no others: Django's `PASSWORD_HASHERS`. Defaults to the one that is written.
    #[must_use]
    pub fn reading(self, formats: &[HashFormat]) -> Self {
        Self { readable: formats.to_vec(), ..self }
    }

    /// Hashes a password with a fresh salt.
    ///
    /// # Errors
    /// [`PasswordError::TooLong`] beyond [`MAX_PASSWORD`](Self::MAX_PASSWORD) for [`HashFormat::Argon2id`], 72 bytes for
    /// bcrypt, [`MAX_CHECKED`](Self::MAX_CHECKED) for the other formats; [`PasswordError::NotCompiled`] for a format whose feature
    /// is off; [`PasswordError::Failed`].
    pub fn hash(&self, password: impl Into<Secret>) -> Result<String, PasswordError> {
        self.hash_in(&mut Memory::default(), &password.into())
    }

    pub(super) fn hash_in(&self, memory: &mut Memory, password: &Secret) -> Result<String, PasswordError> {
        let password = password.expose().as_bytes();
        let longest = match self.format {
            HashFormat::Argon2id => Self::MAX_PASSWORD,
            other => other.max_checked(),
        };
        if password.len() > longest {
            return Err(PasswordError::TooLong);
        }
        self.write(memory, password)
    }

    /// Whether the password is the one that was hashed, in whichever format.
    ///
    /// As in Django, there is always work to do. Without a stored hash, or with one that cannot be read (as `!`, which
    /// stands for no password), a hash is computed as for a new password. When the password is wrong and the hash is
    /// cheaper than a new one of the same format, what is missing is made up for, where the cost is one number (PBKDF2,
    /// bcrypt). A stored hash that asks for more than the constants here allow is not computed.
    pub fn verify(&self, password: &Secret, stored: Option<&str>) -> bool {
        self.verify_in(&mut Memory::default(), password, stored)
    }

    pub(super) fn verify_in(&self, memory: &mut Memory, password: &Secret, stored: Option<&str>) -> bool {
        let password = password.expose().as_bytes();
        let readable = stored.and_then(scheme::read).filter(|hash| self.readable.contains(&hash.format()));
        let Some(hash) = readable.filter(|hash| password.len() <= hash.format().max_checked()) else {
            // The outcome is no either way; the time is what counts.
            let _ = std::hint::black_box(self.write(memory, b"x"));
            return false;
        };
        let fits = hash.fits(memory, password);
        if !fits && hash.format() == self.format {
            hash.harden(password);
        }
        fits
    }

    /// Whether a hash is to be replaced at the next login with the right password: it has another format than the one
    /// that is written, other parameters, or, as Django has it, a shorter salt than it would get today. Not when it cannot
    /// be read: nobody logs in with it.
    pub fn must_update(&self, stored: &str) -> bool {
        scheme::read(stored).is_some_and(|hash| hash.format() != self.format || hash.is_outdated(&self.argon2))
    }

    /// Why nobody logs in with this stored text; `None` when it can be read, and for a text that stands for no password: Django's
    /// `!`, the `*` of crypt(3), or nothing.
    pub(crate) fn unread(&self, stored: &str) -> Option<Unread> {
        if stored.is_empty() || stored.starts_with(['!', '*']) {
            return None;
        }
        let is_listed = |format: &HashFormat| self.readable.contains(format) && format.missing_feature().is_none();
        match scheme::read(stored) {
            Some(hash) => Some(hash.format()).filter(|format| !is_listed(format)).map(Unread::Unlisted),
            None => Some(match HashFormat::of(stored) {
                Some(format) if is_listed(&format) => Unread::Unreadable(format),
                Some(format) => Unread::Unlisted(format),
                None => Unread::foreign(stored),
            }),
        }
    }

    /// What is read.
    pub(crate) fn readable(&self) -> &[HashFormat] {
        &self.readable
    }

    /// In KiB, for Argon2 and scrypt: 256 MiB. Django's default is 100 MiB and 16 MiB.
    pub const MAX_MEMORY: u32 = 256 * 1024;
    /// Passes of Argon2 over the memory.
    pub const MAX_PASSES: u32 = 64;
    /// Of PBKDF2. Django 5.2 takes a tenth of it.
    #[cfg(feature = "imported-hashes")]
    pub const MAX_ITERATIONS: u32 = 10_000_000;
    /// Of bcrypt, each doubles the work. Django takes 12.
    #[cfg(feature = "imported-hashes")]
    pub const MAX_BCRYPT_COST: u32 = 16;

    /// What a new hash works in, in KiB; 0 where that is not Argon2.
    pub(super) fn working_memory(&self) -> usize {
        match self.format {
            HashFormat::Argon2id | HashFormat::DjangoArgon2 => self.argon2.block_count(),
            _ => 0,
        }
    }

    fn write(&self, memory: &mut Memory, password: &[u8]) -> Result<String, PasswordError> {
        scheme::schemes()
            .find_map(|scheme| scheme.write(self.format, memory, &self.argon2, password))
            .unwrap_or(Err(PasswordError::NotCompiled(self.format)))
    }
}

impl Default for PasswordHasher {
    fn default() -> Self {
        Self::writing(HashFormat::Argon2id)
    }
}

impl fmt::Debug for PasswordHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordHasher").field("format", &self.format).field("argon2", &self.argon2).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quick() -> PasswordHasher {
        PasswordHasher::argon2id(8, 1, 1).expect("parameters")
    }

    #[test]
    fn a_hash_fits_its_password_only() {
        let hasher = quick();
        for password in ["test", " test ", "pässwörd ☃", "a\0b", &"x".repeat(1024)] {
            let hash = hasher.hash(password).expect("a hash");
            assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{hash}");
            assert!(hasher.verify(&password.into(), Some(&hash)));
            assert!(!hasher.verify(&format!("{password} ").as_str().into(), Some(&hash)));
            assert!(
                !hasher.verify(&password.into(), Some(&format!("argon2{hash}"))),
                "Django's spelling is a format of its own"
            );
        }
        assert_eq!(hasher.hash("x".repeat(1025)), Err(PasswordError::TooLong));
    }

    #[test]
    fn what_is_no_hash_fits_nothing() {
        let hasher = quick();
        let hostile = "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$RdescudvJCsgt3ub+b+dWRWJTmaaJObG";
        let endless = "$argon2id$v=19$m=8,t=1000000000,p=1$c29tZXNhbHQ$RdescudvJCsgt3ub+b+dWRWJTmaaJObG";
        for stored in ["", "!", "test", "$", "$argon2id$", "argon2$", "$pbkdf2$x$y$z", "$2b$12$abc", hostile, endless] {
            for password in ["", "test", stored] {
                assert!(!hasher.verify(&password.into(), Some(stored)), "{stored}");
            }
        }
        assert!(!hasher.verify(&"".into(), None), "the dummy's own password does not open anything");
    }
}
