//! What other programs than Django wrote, by their own spellings.

mod bcrypt;
mod pbkdf2;
mod phc;
pub(crate) mod scrypt;

use super::memory::Memory;
use super::scheme::{Scheme, Stored};
use super::{HashFormat, PasswordError};
use argon2::Params;
use bcrypt::BcryptHash;
use pbkdf2::Pbkdf2Hash;
use scrypt::ScryptHash;

/// The formats of this folder.
pub(super) struct Imported;

impl Scheme for Imported {
    fn read<'a>(&self, text: &'a str) -> Option<Box<dyn Stored + 'a>> {
        let bcrypt = || BcryptHash::read(text).map(|hash| Box::new(hash) as Box<dyn Stored>);
        let scrypt = || ScryptHash::read(text).map(|hash| Box::new(hash) as Box<dyn Stored>);
        let pbkdf2 = || Pbkdf2Hash::read(text).map(|hash| Box::new(hash) as Box<dyn Stored>);
        bcrypt().or_else(scrypt).or_else(pbkdf2)
    }

    fn write(
        &self,
        format: HashFormat,
        _: &mut Memory,
        _: &Params,
        password: &[u8],
    ) -> Option<Result<String, PasswordError>> {
        match format {
            HashFormat::McfBcrypt => Some(bcrypt::write(password)),
            HashFormat::PhcScrypt => Some(scrypt::write(password)),
            HashFormat::PhcPbkdf2 => Some(pbkdf2::write(password)),
            _ => None,
        }
    }
}
