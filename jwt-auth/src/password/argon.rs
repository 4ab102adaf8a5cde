//! `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`, and the same with `argon2` in front, as Django has it.

use super::memory::Memory;
use super::{HashFormat, PasswordError, PasswordHasher};
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, Version};

/// A stored hash.
pub(super) struct ArgonHash<'a> {
    /// The text in the user's row.
    #[cfg_attr(not(feature = "django"), expect(dead_code, reason = "one spelling only"))]
    text: &'a str,
    hash: PasswordHash,
    params: Params,
}

/// What Django 5.2 writes: 100 MiB, 2 passes, 8 lanes.
#[cfg(feature = "django")]
pub(super) const DJANGO_PARAMS: Params = match Params::new(102_400, 2, 8, None) {
    Ok(params) => params,
    Err(_) => panic!("Argon2 knows these parameters"),
};

/// Hashes a password with a fresh salt.
pub(super) fn write(memory: &mut Memory, params: &Params, password: &[u8]) -> Result<String, PasswordError> {
    let mut salt = [0; SALT];
    aws_lc_rs::rand::fill(&mut salt).map_err(|_| PasswordError::Failed)?;
    written(memory, params, password, &salt).ok_or(PasswordError::Failed)
}

/// The same in Django's spelling.
#[cfg(feature = "django")]
pub(super) fn write_django(memory: &mut Memory, params: &Params, password: &[u8]) -> Result<String, PasswordError> {
    // Django's salts are text, and a hash with a short one is made anew: it would count our bytes as letters.
    let salt = super::django::salt::random()?;
    let hash = written(memory, params, password, salt.as_bytes()).ok_or(PasswordError::Failed)?;
    Ok(format!("{DJANGO}{hash}"))
}

impl<'a> ArgonHash<'a> {
    /// The hash, when it can be read and asks for a bearable amount of memory and work.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        #[cfg(feature = "django")]
        let phc = text.strip_prefix(DJANGO).unwrap_or(text);
        #[cfg(not(feature = "django"))]
        let phc = text;
        let mut hash = PasswordHash::new(phc).ok()?;
        // The first version of Argon2 did not name itself.
        hash.version.get_or_insert(Version::V0x10.into());
        let params = Params::try_from(&hash).ok()?;
        let bearable = params.m_cost() <= PasswordHasher::MAX_MEMORY
            && params.t_cost() <= PasswordHasher::MAX_PASSES
            && u64::from(params.m_cost()) * u64::from(params.t_cost()) <= MAX_WORK;
        let known = matches!(hash.algorithm.as_str(), "argon2id" | "argon2i");
        let whole = hash.salt.is_some() && hash.hash.is_some();
        (bearable && known && whole).then_some(Self { text, hash, params })
    }

    pub(super) fn fits(&self, memory: &mut Memory, password: &[u8]) -> bool {
        let argon2 = || {
            let algorithm = Algorithm::try_from(self.hash.algorithm.as_str()).ok()?;
            let version = Version::try_from(self.hash.version?).ok()?;
            Some(Argon2::new(algorithm, version, self.params.clone()))
        };
        let mut computed = || output(memory, &argon2()?, password, self.hash.salt.as_ref()?);
        // Compared in constant time.
        self.hash.hash.is_some_and(|hash| computed() == Some(hash))
    }

    pub(super) fn format(&self) -> HashFormat {
        #[cfg(feature = "django")]
        if self.text.starts_with(DJANGO) {
            return HashFormat::DjangoArgon2;
        }
        HashFormat::Argon2id
    }

    /// Whether it is not what is written with these parameters.
    pub(super) fn is_outdated(&self, params: &Params) -> bool {
        let costs = |params: &Params| {
            let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
            (params.m_cost(), params.t_cost(), params.p_cost(), length)
        };
        self.hash.algorithm.as_str() != "argon2id"
            || self.hash.version != Some(Version::V0x13.into())
            || costs(&self.params) != costs(params)
            || self.has_short_salt()
    }

    #[cfg(feature = "django")]
    fn has_short_salt(&self) -> bool {
        // Django counts the letters of its own salts; ours are bytes.
        let length = self.hash.salt.as_ref().map_or(0, |salt| salt.len());
        self.text.starts_with(DJANGO) && length < super::django::salt::LENGTH
    }

    #[cfg(not(feature = "django"))]
    fn has_short_salt(&self) -> bool {
        false
    }
}

/// What Django writes in front of the PHC string.
#[cfg(feature = "django")]
const DJANGO: &str = "argon2";

/// Memory in KiB times passes: 1 GiB walked over once, a second or two of work.
const MAX_WORK: u64 = 1024 * 1024;

/// In bytes, as RFC 9106, 3.1 recommends.
const SALT: usize = 16;

/// The PHC string of a new hash.
fn written(memory: &mut Memory, params: &Params, password: &[u8], salt: &[u8]) -> Option<String> {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params).ok()?,
        salt: Some(Salt::new(salt).ok()?),
        hash: Some(output(memory, &argon2, password, salt)?),
    };
    Some(hash.to_string())
}

fn output(memory: &mut Memory, argon2: &Argon2<'_>, password: &[u8], salt: &[u8]) -> Option<Output> {
    let params = argon2.params();
    let mut buffer = [0; Output::MAX_LENGTH];
    let out = buffer.get_mut(..params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN))?;
    memory
        .lend(params.block_count(), |blocks| argon2.hash_password_into_with_memory(password, salt, &mut *out, blocks))?
        .ok()?;
    Output::new(out).ok()
}
