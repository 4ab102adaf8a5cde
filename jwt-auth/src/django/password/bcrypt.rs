//! `bcrypt_sha256$$2b$12$..` and `bcrypt$$2b$12$..`.

use crate::password::memory::Memory;
use crate::password::scheme::{Scheme, Stored};
use crate::password::{HashFormat, PasswordError, PasswordHasher};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use bcrypt::{HashParts, Version};
use zeroize::Zeroizing;

/// bcrypt of two inputs.
pub(super) struct Bcrypt;

impl Scheme for Bcrypt {
    fn read<'a>(&self, text: &'a str) -> Option<Box<dyn Stored + 'a>> {
        BcryptHash::read(text).map(|hash| Box::new(hash) as Box<dyn Stored>)
    }

    fn write(
        &self,
        format: HashFormat,
        _: &mut Memory,
        _: &argon2::Params,
        password: &[u8],
    ) -> Option<Result<String, PasswordError>> {
        let input = match format {
            HashFormat::Bcrypt => Input::Plain,
            HashFormat::BcryptSha256 => Input::Sha256,
            _ => return None,
        };
        Some(write(input, password))
    }
}

/// A stored hash.
struct BcryptHash<'a> {
    input: Input,
    parts: HashParts,
    version: Version,
    text: &'a str,
}

/// What bcrypt is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Input {
    /// The password.
    Plain,
    /// The SHA-256 of the password, in hexadecimal digits.
    Sha256,
}

/// Hashes a password with a fresh salt.
fn write(input: Input, password: &[u8]) -> Result<String, PasswordError> {
    let mut salt = [0; 16];
    aws_lc_rs::rand::fill(&mut salt).map_err(|_| PasswordError::Failed)?;
    let parts = compute(input, COST, salt, password).ok_or(PasswordError::Failed)?;
    Ok(format!("{}{}", input.prefix(), parts.format_for_version(Version::TwoB)))
}

impl<'a> BcryptHash<'a> {
    /// The hash, when it can be read and asks for a bearable amount of work.
    fn read(text: &'a str) -> Option<Self> {
        let (input, text) = [Input::Plain, Input::Sha256]
            .into_iter()
            .find_map(|input| Some((input, text.strip_prefix(input.prefix())?)))?;
        let parts: HashParts = text.parse().ok()?;
        // The letters differ in name only: Python's bcrypt computes all of them alike, the broken `2x` too.
        let version = match text.get(1..3)? {
            "2a" => Version::TwoA,
            "2b" => Version::TwoB,
            "2x" => Version::TwoX,
            "2y" => Version::TwoY,
            _ => return None,
        };
        let bearable = (MIN_COST..=PasswordHasher::MAX_BCRYPT_COST).contains(&parts.get_cost());
        // A spelling of its own, such as a cost of `+4`, would never fit.
        let usual = parts.format_for_version(version.clone()) == text;
        (bearable && usual).then_some(Self { input, parts, version, text })
    }
}

impl Stored for BcryptHash<'_> {
    fn fits(&self, _: &mut Memory, password: &[u8]) -> bool {
        self.compute(password).is_some_and(|parts| {
            let text = parts.format_for_version(self.version.clone());
            verify_slices_are_equal(text.as_bytes(), self.text.as_bytes()).is_ok()
        })
    }

    fn format(&self) -> HashFormat {
        match self.input {
            Input::Plain => HashFormat::Bcrypt,
            Input::Sha256 => HashFormat::BcryptSha256,
        }
    }

    /// Whether it is not what [`write`] makes today. As in Django the letter does not count.
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

impl BcryptHash<'_> {
    fn compute(&self, password: &[u8]) -> Option<HashParts> {
        compute(self.input, self.parts.get_cost(), self.parts.get_salt_raw(), password)
    }
}

impl Input {
    fn prefix(self) -> &'static str {
        match self {
            Self::Plain => "bcrypt$",
            Self::Sha256 => "bcrypt_sha256$",
        }
    }
}

/// As Django 5.2.
const COST: u32 = 12;

/// Below it there is no bcrypt.
const MIN_COST: u32 = 4;

/// Nothing when bcrypt does not know such a cost.
fn compute(input: Input, cost: u32, salt: [u8; 16], password: &[u8]) -> Option<HashParts> {
    match input {
        Input::Plain => bcrypt::hash_with_salt(password, cost, salt).ok(),
        Input::Sha256 => bcrypt::hash_with_salt(*sha256_hex(password), cost, salt).ok(),
    }
}

fn sha256_hex(password: &[u8]) -> Zeroizing<[u8; 64]> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut hex = Zeroizing::new([0; 64]);
    for (pair, byte) in hex.chunks_exact_mut(2).zip(digest(&SHA256, password).as_ref()) {
        pair.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
    hex
}
