//! One password to one hash, and back to a yes or no.

use crate::secret::Secret;
use argon2::password_hash::PasswordHasher as _;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordVerifier, Version};
use std::fmt;

/// Hashes and checks passwords with Argon2id (RFC 9106).
///
/// Hashes are PHC strings: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. Django's spelling of them, with `argon2` in front, is
/// read too. Passwords are taken as they are: not trimmed, not normalised, not cut (OWASP ASVS 6.2.8).
///
/// Both methods work for tens of milliseconds on the thread that calls them; a [`JwtAuth`](crate::JwtAuth) runs them
/// behind a queue of its own.
#[derive(Clone)]
pub struct PasswordHasher {
    argon2: Argon2<'static>,
    /// A hash of nothing, of the same cost: what is checked when there is no hash to check.
    dummy: String,
}

/// Why a password could not be hashed, or a hasher not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordError {
    /// Argon2 does not know such parameters.
    #[error("these are no parameters of Argon2: memory is at least 8 KiB a lane, passes and lanes at least 1")]
    Parameters,
    /// Longer than [`PasswordHasher::MAX_PASSWORD`].
    #[error("a password has at most 1,024 bytes")]
    TooLong,
    /// The operating system gave no random salt, or no memory.
    #[error("the password could not be hashed")]
    Failed,
}

impl PasswordHasher {
    /// In bytes. Long enough for any passphrase; longer input is work for nothing.
    pub const MAX_PASSWORD: usize = 1024;

    /// Argon2id with so much memory in KiB, so many passes, so many lanes.
    ///
    /// [`Default`] takes 19,456 KiB, 2 passes, 1 lane: the first recommendation of OWASP's Password Storage Cheat Sheet.
    ///
    /// # Errors
    /// [`PasswordError::Parameters`].
    pub fn argon2id(memory: u32, passes: u32, lanes: u32) -> Result<Self, PasswordError> {
        let params = Params::new(memory, passes, lanes, None).map_err(|_| PasswordError::Parameters)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let dummy = hash_with(&argon2, b"")?;
        Ok(Self { argon2, dummy })
    }

    /// Hashes a password with a fresh salt.
    ///
    /// # Errors
    /// [`PasswordError::TooLong`], [`PasswordError::Failed`].
    pub fn hash(&self, password: impl Into<Secret>) -> Result<String, PasswordError> {
        let password = password.into();
        let password = password.expose().as_bytes();
        if password.len() > Self::MAX_PASSWORD {
            return Err(PasswordError::TooLong);
        }
        hash_with(&self.argon2, password)
    }

    /// Whether the password is the one that was hashed.
    ///
    /// Always does the work of one hash: without a stored one, or with one that cannot be read, of the dummy. A stored
    /// hash that asks for more than [`MAX_MEMORY`](Self::MAX_MEMORY) or [`MAX_PASSES`](Self::MAX_PASSES) is not computed.
    pub fn verify(&self, password: &Secret, stored: Option<&str>) -> bool {
        let password = password.expose().as_bytes();
        let readable = stored
            .map(|stored| stored.strip_prefix("argon2$").map_or_else(|| stored.to_owned(), |rest| format!("${rest}")));
        let readable = readable.as_deref().and_then(readable_hash).filter(|_| password.len() <= Self::MAX_PASSWORD);
        match readable {
            Some(hash) => self.argon2.verify_password(password, &hash).is_ok(),
            None => {
                if let Some(dummy) = readable_hash(&self.dummy) {
                    // The outcome is no either way; the time is what counts.
                    let _ = self.argon2.verify_password(b"x", &dummy);
                }
                false
            }
        }
    }

    /// In KiB: 256 MiB. Django's default is 100 MiB.
    pub const MAX_MEMORY: u32 = 256 * 1024;
    /// Passes over the memory.
    pub const MAX_PASSES: u32 = 64;
}

impl Default for PasswordHasher {
    fn default() -> Self {
        let argon2 = Argon2::default();
        // Without random bytes for its salt the dummy is empty and no time is spent on it; nobody could log in then either.
        let dummy = hash_with(&argon2, b"").unwrap_or_default();
        Self { argon2, dummy }
    }
}

impl fmt::Debug for PasswordHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordHasher").field("params", self.argon2.params()).finish_non_exhaustive()
    }
}

/// Memory in KiB times passes: 1 GiB walked over once, a second or two of work.
const MAX_WORK: u64 = 1024 * 1024;

fn hash_with(argon2: &Argon2<'_>, password: &[u8]) -> Result<String, PasswordError> {
    argon2.hash_password(password).map(|hash| hash.to_string()).map_err(|_| PasswordError::Failed)
}

/// The hash, when it is one of Argon2 and asks for a bearable amount of work.
fn readable_hash(text: &str) -> Option<PasswordHash> {
    let hash = PasswordHash::new(text).ok()?;
    let params = Params::try_from(&hash).ok()?;
    let bearable = params.m_cost() <= PasswordHasher::MAX_MEMORY
        && params.t_cost() <= PasswordHasher::MAX_PASSES
        && u64::from(params.m_cost()) * u64::from(params.t_cost()) <= MAX_WORK;
    (bearable && matches!(hash.algorithm.as_str(), "argon2id" | "argon2i")).then_some(hash)
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
            assert!(hasher.verify(&password.into(), Some(&format!("argon2{hash}"))), "as Django writes it");
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
