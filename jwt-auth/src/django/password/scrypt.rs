//! `scrypt$16384$salt$8$5$hash`.

use super::{field, salt};
use crate::password::memory::Memory;
use crate::password::scheme::{Scheme, Stored};
use crate::password::{HashFormat, PasswordError, PasswordHasher};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use scrypt::Params;

/// scrypt.
pub(super) struct Scrypt;

impl Scheme for Scrypt {
    fn read<'a>(&self, text: &'a str) -> Option<Box<dyn Stored + 'a>> {
        ScryptHash::read(text).map(|hash| Box::new(hash) as Box<dyn Stored>)
    }

    fn write(
        &self,
        format: HashFormat,
        _: &mut Memory,
        _: &argon2::Params,
        password: &[u8],
    ) -> Option<Result<String, PasswordError>> {
        (format == HashFormat::Scrypt).then(|| write(password))
    }
}

/// A stored hash.
struct ScryptHash<'a> {
    params: Params,
    salt: &'a str,
    key: [u8; KEY],
}

/// Hashes a password with a fresh salt.
fn write(password: &[u8]) -> Result<String, PasswordError> {
    let salt = salt::random()?;
    let params = Params::new(LOG_N, R, P).map_err(|_| PasswordError::Failed)?;
    let key = derive(&params, &salt, password).ok_or(PasswordError::Failed)?;
    Ok(format!("{PREFIX}{}${salt}${R}${P}${}", params.n(), STANDARD.encode(key)))
}

impl<'a> ScryptHash<'a> {
    /// The hash, when it can be read and asks for a bearable amount of memory and work.
    fn read(text: &'a str) -> Option<Self> {
        let mut fields = text.strip_prefix(PREFIX)?.split('$');
        let n = field::number(fields.next()?)?;
        let salt = fields.next()?;
        let (r, p) = (field::number(fields.next()?)?, field::number(fields.next()?)?);
        let key = STANDARD.decode(fields.next()?).ok()?.try_into().ok()?;
        let readable = fields.next().is_none() && !salt.is_empty() && n.is_power_of_two() && n > 1;
        // Below 2^96: the three have 32 bits each.
        let (n_r, work) = (u128::from(n) * u128::from(r), u128::from(n) * u128::from(r) * u128::from(p));
        let blocks = u64::from(r) * u64::from(p);
        let bearable = n_r <= u128::from(PasswordHasher::MAX_MEMORY) * 8 && work <= MAX_WORK && blocks <= MAX_BLOCKS;
        if !(readable && bearable) {
            return None;
        }
        let params = Params::new(u8::try_from(n.trailing_zeros()).ok()?, r, p).ok()?;
        Some(Self { params, salt, key })
    }
}

impl Stored for ScryptHash<'_> {
    fn format(&self) -> HashFormat {
        HashFormat::Scrypt
    }

    fn fits(&self, _: &mut Memory, password: &[u8]) -> bool {
        derive(&self.params, self.salt, password).is_some_and(|key| verify_slices_are_equal(&key, &self.key).is_ok())
    }

    /// Whether it is not what [`write`] makes today.
    fn is_outdated(&self, _: &argon2::Params) -> bool {
        (self.params.log_n(), self.params.r(), self.params.p()) != (LOG_N, R, P)
    }
}

const PREFIX: &str = "scrypt$";

/// As Django 5.2: 16 MiB, five times.
const LOG_N: u8 = 14;
const R: u32 = 8;
const P: u32 = 5;
const KEY: usize = 64;

/// N times r times p: 12 times what Django asks for, two or three seconds.
const MAX_WORK: u128 = 1 << 23;
/// r times p, each 128 bytes that are kept beside the N times r, and hashed twice: with a small N they would be the most of
/// the work.
const MAX_BLOCKS: u64 = 1 << 13;

fn derive(params: &Params, salt: &str, password: &[u8]) -> Option<[u8; KEY]> {
    let mut key = [0; KEY];
    scrypt::scrypt(password, salt.as_bytes(), params, &mut key).ok()?;
    Some(key)
}
