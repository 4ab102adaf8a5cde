//! `$pbkdf2-sha512$i=25000$salt$hash` as Node writes it, `$pbkdf2-sha256$29000$..` and `$pbkdf2$131000$..` as passlib does.

use super::phc;
use crate::password::memory::Memory;
use crate::password::scheme::Stored;
use crate::password::{HashFormat, PasswordError, PasswordHasher};
use aws_lc_rs::pbkdf2;
use std::num::NonZeroU32;

/// A stored hash.
pub(super) struct Pbkdf2Hash {
    digest: pbkdf2::Algorithm,
    iterations: NonZeroU32,
    salt: Vec<u8>,
    key: Vec<u8>,
}

/// Hashes a password with a fresh salt.
pub(super) fn write(password: &[u8]) -> Result<String, PasswordError> {
    let salt = phc::salt()?;
    let mut key = [0; KEY];
    pbkdf2::derive(DIGEST, ITERATIONS, &salt, password, &mut key);
    Ok(format!("$pbkdf2-sha256$i={ITERATIONS}${}${}", phc::encode(&salt), phc::encode(&key)))
}

impl Pbkdf2Hash {
    /// The hash, when it can be read and asks for a bearable amount of work.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (id, params, salt, key) = phc::split(text)?;
        let digest = match id {
            "pbkdf2" | "pbkdf2-sha1" => pbkdf2::PBKDF2_HMAC_SHA1,
            "pbkdf2-sha256" => pbkdf2::PBKDF2_HMAC_SHA256,
            "pbkdf2-sha512" => pbkdf2::PBKDF2_HMAC_SHA512,
            _ => return None,
        };
        let iterations = match phc::number(params) {
            Some(iterations) => iterations,
            None => {
                let [iterations, length] = phc::params(params, ["i", "l"])?;
                let is_so_long = |length| usize::try_from(length).is_ok_and(|length| length == key.len());
                iterations.filter(|_| length.is_none_or(is_so_long))?
            }
        };
        let iterations = NonZeroU32::new(iterations)?;
        let bearable = iterations.get() <= PasswordHasher::MAX_ITERATIONS;
        bearable.then_some(Self { digest, iterations, salt, key })
    }
}

impl Stored for Pbkdf2Hash {
    fn format(&self) -> HashFormat {
        HashFormat::PhcPbkdf2
    }

    fn fits(&self, _: &mut Memory, password: &[u8]) -> bool {
        pbkdf2::verify(self.digest, self.iterations, &self.salt, password, &self.key).is_ok()
    }

    /// Whether it is not what [`write`] makes today.
    fn is_outdated(&self, _: &argon2::Params) -> bool {
        self.digest != DIGEST || self.iterations != ITERATIONS || self.salt.len() < phc::SALT || self.key.len() < KEY
    }

    /// Runs the iterations by which this hash is cheaper than a new one, for the time they take.
    fn harden(&self, password: &[u8]) {
        if let Some(missing) = ITERATIONS.get().checked_sub(self.iterations.get()).and_then(NonZeroU32::new) {
            let mut key = [0; KEY];
            pbkdf2::derive(self.digest, missing, &self.salt, password, &mut key);
            std::hint::black_box(key);
        }
    }
}

static DIGEST: pbkdf2::Algorithm = pbkdf2::PBKDF2_HMAC_SHA256;

/// As OWASP recommends.
const ITERATIONS: NonZeroU32 = match NonZeroU32::new(600_000) {
    Some(iterations) => iterations,
    None => panic!("600,000 is not zero"),
};

/// As long as the hash beneath.
const KEY: usize = 32;
