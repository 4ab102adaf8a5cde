//! `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.

use super::memory::Memory;
use super::scheme::{Scheme, Stored};
use super::{HashFormat, PasswordError, PasswordHasher};
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, Version};

/// A stored hash.
pub(crate) struct ArgonHash {
    pub(crate) hash: PasswordHash,
    params: Params,
}

/// What Django 5.2 writes: 100 MiB, 2 passes, 8 lanes.
pub(super) const DJANGO_PARAMS: Params = match Params::new(102_400, 2, 8, None) {
    Ok(params) => params,
    Err(_) => panic!("Argon2 knows these parameters"),
};

/// Our own spelling.
pub(super) struct Argon;

impl Scheme for Argon {
    fn read<'a>(&self, text: &'a str) -> Option<Box<dyn Stored + 'a>> {
        ArgonHash::read(text).map(|hash| Box::new(hash) as Box<dyn Stored>)
    }

    fn write(
        &self,
        format: HashFormat,
        memory: &mut Memory,
        params: &Params,
        password: &[u8],
    ) -> Option<Result<String, PasswordError>> {
        (format == HashFormat::Argon2id).then(|| {
            let mut salt = [0; SALT];
            aws_lc_rs::rand::fill(&mut salt).map_err(|_| PasswordError::Failed)?;
            written(memory, params, password, &salt).ok_or(PasswordError::Failed)
        })
    }
}

impl ArgonHash {
    /// The hash, when it can be read and asks for a bearable amount of memory and work.
    pub(crate) fn read(phc: &str) -> Option<Self> {
        let mut hash = PasswordHash::new(phc).ok()?;
        // The first version of Argon2 did not name itself.
        hash.version.get_or_insert(Version::V0x10.into());
        let params = Params::try_from(&hash).ok()?;
        let bearable = params.m_cost() <= PasswordHasher::MAX_MEMORY
            && params.t_cost() <= PasswordHasher::MAX_PASSES
            && u64::from(params.m_cost()) * u64::from(params.t_cost()) <= MAX_WORK;
        let known = matches!(hash.algorithm.as_str(), "argon2id" | "argon2i");
        let whole = hash.salt.is_some() && hash.hash.is_some();
        (bearable && known && whole).then_some(Self { hash, params })
    }
}

impl Stored for ArgonHash {
    fn format(&self) -> HashFormat {
        HashFormat::Argon2id
    }

    fn fits(&self, memory: &mut Memory, password: &[u8]) -> bool {
        let argon2 = || {
            let algorithm = Algorithm::try_from(self.hash.algorithm.as_str()).ok()?;
            let version = Version::try_from(self.hash.version?).ok()?;
            Some(Argon2::new(algorithm, version, self.params.clone()))
        };
        let mut computed = || output(memory, &argon2()?, password, self.hash.salt.as_ref()?);
        // Compared in constant time.
        self.hash.hash.is_some_and(|hash| computed() == Some(hash))
    }

    /// Whether it is not what is written with these parameters.
    fn is_outdated(&self, params: &Params) -> bool {
        let costs = |params: &Params| {
            let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
            (params.m_cost(), params.t_cost(), params.p_cost(), length)
        };
        self.hash.algorithm.as_str() != "argon2id"
            || self.hash.version != Some(Version::V0x13.into())
            || costs(&self.params) != costs(params)
    }
}

/// Memory in KiB times passes: 1 GiB walked over once, a second or two of work.
const MAX_WORK: u64 = 1024 * 1024;

/// In bytes, as RFC 9106, 3.1 recommends.
const SALT: usize = 16;

/// The PHC string of a new hash.
pub(crate) fn written(memory: &mut Memory, params: &Params, password: &[u8], salt: &[u8]) -> Option<String> {
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
