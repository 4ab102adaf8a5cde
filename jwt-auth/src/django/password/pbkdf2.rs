//! `pbkdf2_sha256$1000000$salt$hash` and `pbkdf2_sha1$..`.

use super::{field, salt};
use crate::password::memory::Memory;
use crate::password::scheme::{Scheme, Stored};
use crate::password::{HashFormat, PasswordError, PasswordHasher};
use aws_lc_rs::pbkdf2;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::num::NonZeroU32;

/// PBKDF2 over two digests.
pub(super) struct Pbkdf2;

impl Scheme for Pbkdf2 {
    fn read<'a>(&self, text: &'a str) -> Option<Box<dyn Stored + 'a>> {
        Pbkdf2Hash::read(text).map(|hash| Box::new(hash) as Box<dyn Stored>)
    }

    fn write(
        &self,
        format: HashFormat,
        _: &mut Memory,
        _: &argon2::Params,
        password: &[u8],
    ) -> Option<Result<String, PasswordError>> {
        let digest = match format {
            HashFormat::Pbkdf2Sha256 => Digest::Sha256,
            HashFormat::Pbkdf2Sha1 => Digest::Sha1,
            _ => return None,
        };
        Some(write(digest, password))
    }
}

/// A stored hash.
struct Pbkdf2Hash<'a> {
    digest: Digest,
    iterations: NonZeroU32,
    salt: &'a str,
    key: Vec<u8>,
}

/// What PBKDF2 runs through HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Digest {
    Sha1,
    Sha256,
}

/// Hashes a password with a fresh salt.
fn write(digest: Digest, password: &[u8]) -> Result<String, PasswordError> {
    let salt = salt::random()?;
    let key = STANDARD.encode(derive(digest, ITERATIONS, &salt, password));
    Ok(format!("{}{ITERATIONS}${salt}${key}", digest.prefix()))
}

impl<'a> Pbkdf2Hash<'a> {
    /// The hash, when it can be read and asks for a bearable amount of work.
    fn read(text: &'a str) -> Option<Self> {
        let (digest, rest) = [Digest::Sha1, Digest::Sha256]
            .into_iter()
            .find_map(|digest| Some((digest, text.strip_prefix(digest.prefix())?)))?;
        let (iterations, rest) = rest.split_once('$')?;
        let (salt, key) = rest.split_once('$')?;
        let iterations = NonZeroU32::new(field::number(iterations)?)?;
        // Strict: Django compares texts, and one key has one spelling only.
        let key = STANDARD.decode(key).ok()?;
        let bearable = iterations.get() <= PasswordHasher::MAX_ITERATIONS;
        (bearable && !salt.is_empty() && key.len() == digest.length()).then_some(Self { digest, iterations, salt, key })
    }
}

impl Stored for Pbkdf2Hash<'_> {
    fn fits(&self, _: &mut Memory, password: &[u8]) -> bool {
        pbkdf2::verify(self.digest.algorithm(), self.iterations, self.salt.as_bytes(), password, &self.key).is_ok()
    }

    fn format(&self) -> HashFormat {
        match self.digest {
            Digest::Sha1 => HashFormat::Pbkdf2Sha1,
            Digest::Sha256 => HashFormat::Pbkdf2Sha256,
        }
    }

    /// Whether it is not what [`write`] makes today.
    fn is_outdated(&self, _: &argon2::Params) -> bool {
        self.iterations != ITERATIONS || self.salt.chars().count() < salt::LENGTH
    }

    /// Runs the iterations by which this hash is cheaper than a new one, for the time they take.
    fn harden(&self, password: &[u8]) {
        if let Some(missing) = ITERATIONS.get().checked_sub(self.iterations.get()).and_then(NonZeroU32::new) {
            std::hint::black_box(derive(self.digest, missing, self.salt, password));
        }
    }
}

impl Digest {
    fn prefix(self) -> &'static str {
        match self {
            Self::Sha1 => "pbkdf2_sha1$",
            Self::Sha256 => "pbkdf2_sha256$",
        }
    }

    fn length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }

    fn algorithm(self) -> pbkdf2::Algorithm {
        match self {
            Self::Sha1 => pbkdf2::PBKDF2_HMAC_SHA1,
            Self::Sha256 => pbkdf2::PBKDF2_HMAC_SHA256,
        }
    }
}

/// As Django 5.2.
const ITERATIONS: NonZeroU32 = match NonZeroU32::new(1_000_000) {
    Some(iterations) => iterations,
    None => panic!("a million is not zero"),
};

fn derive(digest: Digest, iterations: NonZeroU32, salt: &str, password: &[u8]) -> Vec<u8> {
    let mut key = vec![0; digest.length()];
    pbkdf2::derive(digest.algorithm(), iterations, salt.as_bytes(), password, &mut key);
    key
}
