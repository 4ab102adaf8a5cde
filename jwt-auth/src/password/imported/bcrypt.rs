//! `$2b$12$..`, `$2a$..` and `$2y$..`: the modular crypt format.

use crate::password::memory::Memory;
use crate::password::scheme::Stored;
use crate::password::{HashFormat, PasswordError, PasswordHasher};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use bcrypt::{HashParts, Version};

/// A stored hash.
pub(super) struct BcryptHash<'a> {
    parts: HashParts,
    version: Version,
    text: &'a str,
}

/// Hashes a password with a fresh salt.
pub(super) fn write(password: &[u8]) -> Result<String, PasswordError> {
    let salt = super::phc::salt()?;
    let parts = bcrypt::hash_with_salt(password, COST, salt).map_err(|_| PasswordError::Failed)?;
    Ok(parts.format_for_version(Version::TwoB))
}

impl<'a> BcryptHash<'a> {
    /// The hash, when it can be read and asks for a bearable amount of work.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        // The letters say which bug their writer is free of; today's programs compute all three alike.
        let version = match text.get(..4)? {
            "$2a$" => Version::TwoA,
            "$2b$" => Version::TwoB,
            "$2y$" => Version::TwoY,
            _ => return None,
        };
        let parts: HashParts = text.parse().ok()?;
        let bearable = (MIN_COST..=PasswordHasher::MAX_BCRYPT_COST).contains(&parts.get_cost());
        // A spelling of its own, such as a cost of `+4`, would never fit.
        let usual = parts.format_for_version(version.clone()) == text;
        (bearable && usual).then_some(Self { parts, version, text })
    }

    fn compute(&self, password: &[u8]) -> Option<HashParts> {
        bcrypt::hash_with_salt(password, self.parts.get_cost(), self.parts.get_salt_raw()).ok()
    }
}

impl Stored for BcryptHash<'_> {
    fn format(&self) -> HashFormat {
        HashFormat::McfBcrypt
    }

    fn fits(&self, _: &mut Memory, password: &[u8]) -> bool {
        self.compute(password).is_some_and(|parts| {
            let text = parts.format_for_version(self.version.clone());
            verify_slices_are_equal(text.as_bytes(), self.text.as_bytes()).is_ok()
        })
    }

    /// Whether it is not what [`write`] makes today. The letter does not count.
    fn is_outdated(&self, _: &argon2::Params) -> bool {
        self.parts.get_cost() != COST
    }

    /// Runs this hash as often as a new one is dearer, for the time it takes.
    fn harden(&self, password: &[u8]) {
        let runs = COST.checked_sub(self.parts.get_cost()).map_or(1, |missing| 1_u32 << missing);
        for _ in 1..runs {
            std::hint::black_box(self.compute(password));
        }
    }
}

const COST: u32 = 12;

/// Below it there is no bcrypt.
const MIN_COST: u32 = 4;
