//! `argon2$argon2id$v=19$m=102400,t=2,p=8$salt$hash`.

use super::salt;
use crate::password::argon::{ArgonHash, written};
use crate::password::memory::Memory;
use crate::password::scheme::{Scheme, Stored};
use crate::password::{HashFormat, PasswordError};
use argon2::Params;

/// Argon2 in Django's spelling.
pub(super) struct Argon;

/// What Django writes in front of the PHC string.
const PREFIX: &str = "argon2";

impl Scheme for Argon {
    fn read<'a>(&self, text: &'a str) -> Option<Box<dyn Stored + 'a>> {
        let hash = ArgonHash::read(text.strip_prefix(PREFIX)?)?;
        Some(Box::new(DjangoArgonHash(hash)))
    }

    fn write(
        &self,
        format: HashFormat,
        memory: &mut Memory,
        params: &Params,
        password: &[u8],
    ) -> Option<Result<String, PasswordError>> {
        (format == HashFormat::DjangoArgon2).then(|| {
            // Django's salts are text, and a hash with a short one is made anew: it would count our bytes as letters.
            let salt = salt::random()?;
            let hash = written(memory, params, password, salt.as_bytes()).ok_or(PasswordError::Failed)?;
            Ok(format!("{PREFIX}{hash}"))
        })
    }
}

struct DjangoArgonHash(ArgonHash);

impl Stored for DjangoArgonHash {
    fn format(&self) -> HashFormat {
        HashFormat::DjangoArgon2
    }

    fn fits(&self, memory: &mut Memory, password: &[u8]) -> bool {
        self.0.fits(memory, password)
    }

    fn is_outdated(&self, params: &Params) -> bool {
        // Django counts the letters of its own salts; ours are bytes.
        let length = self.0.hash.salt.as_ref().map_or(0, |salt| salt.len());
        self.0.is_outdated(params) || length < salt::LENGTH
    }
}
