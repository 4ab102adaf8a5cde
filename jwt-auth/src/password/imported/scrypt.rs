//! `$scrypt$ln=14,r=8,p=1$salt$hash`, and with `n=16384` as AdonisJS writes it.

use super::phc;
use crate::password::memory::Memory;
use crate::password::scheme::Stored;
use crate::password::{HashFormat, PasswordError, PasswordHasher};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use scrypt::Params;

/// A stored hash.
pub(super) struct ScryptHash {
    params: Params,
    salt: Vec<u8>,
    key: Vec<u8>,
}

/// Hashes a password with a fresh salt.
pub(super) fn write(password: &[u8]) -> Result<String, PasswordError> {
    let salt = phc::salt()?;
    let params = Params::new(LOG_N, R, P).map_err(|_| PasswordError::Failed)?;
    let key = derive(&params, &salt, password, KEY).ok_or(PasswordError::Failed)?;
    Ok(format!("$scrypt$ln={LOG_N},r={R},p={P}${}${}", phc::encode(&salt), phc::encode(&key)))
}

impl ScryptHash {
    /// The hash, when it can be read and asks for a bearable amount of memory and work.
    pub(super) fn read(text: &str) -> Option<Self> {
        let ("scrypt", params, salt, key) = phc::split(text)? else { return None };
        let [log_n, n, r, p] = phc::params(params, ["ln", "n", "r", "p"])?;
        let log_n = match (log_n, n) {
            (Some(log_n), None) => log_n,
            (None, Some(n)) if n.is_power_of_two() => n.trailing_zeros(),
            _ => return None,
        };
        Some(Self { params: bearable(log_n, r?, p?)?, salt, key })
    }
}

impl Stored for ScryptHash {
    fn format(&self) -> HashFormat {
        HashFormat::PhcScrypt
    }

    fn fits(&self, _: &mut Memory, password: &[u8]) -> bool {
        let key = derive(&self.params, &self.salt, password, self.key.len());
        key.is_some_and(|key| verify_slices_are_equal(&key, &self.key).is_ok())
    }

    /// Whether it is not what [`write`] makes today.
    fn is_outdated(&self, _: &argon2::Params) -> bool {
        (self.params.log_n(), self.params.r(), self.params.p()) != (LOG_N, R, P) || self.salt.len() < phc::SALT
    }
}

/// 16 MiB, five times, as OWASP recommends.
const LOG_N: u8 = 14;
const R: u32 = 8;
const P: u32 = 5;
const KEY: usize = 32;

/// N times r times p: 12 times what is written, two or three seconds.
const MAX_WORK: u128 = 1 << 23;
/// r times p, each 128 bytes that are kept beside the N times r, and hashed twice: with a small N they would be the most of
/// the work.
const MAX_BLOCKS: u64 = 1 << 13;

/// The parameters of somebody's hash, when they ask for a bearable amount of memory and work.
pub(crate) fn bearable(log_n: u32, r: u32, p: u32) -> Option<Params> {
    let n = 1_u128.checked_shl(log_n).filter(|_| (1..32).contains(&log_n))?;
    // Below 2^96: the three have 32 bits each.
    let (n_r, work) = (n * u128::from(r), n * u128::from(r) * u128::from(p));
    let blocks = u64::from(r) * u64::from(p);
    let is_bearable = n_r <= u128::from(PasswordHasher::MAX_MEMORY) * 8 && work <= MAX_WORK && blocks <= MAX_BLOCKS;
    // What is not bearable never gets there: the product of r and p overflows in it.
    is_bearable.then(|| Params::new(u8::try_from(log_n).ok()?, r, p).ok()).flatten()
}

fn derive(params: &Params, salt: &[u8], password: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut key = vec![0; length];
    scrypt::scrypt(password, salt, params, &mut key).ok()?;
    Some(key)
}
