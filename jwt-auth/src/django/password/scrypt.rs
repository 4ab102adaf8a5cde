//! `scrypt$16384$salt$8$5$hash`.

use super::{field, salt};
use crate::password::imported::scrypt::bearable;
use crate::password::memory::Memory;
use crate::password::scheme::{Scheme, Stored};
use crate::password::{HashFormat, PasswordError};
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
        if fields.next().is_some() || salt.is_empty() || !n.is_power_of_two() {
            return None;
        }
        Some(Self { params: bearable(n.trailing_zeros(), r, p)?, salt, key })
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

fn derive(params: &Params, salt: &str, password: &[u8]) -> Option<[u8; KEY]> {
    let mut key = [0; KEY];
    scrypt::scrypt(password, salt.as_bytes(), params, &mut key).ok()?;
    Some(key)
}
