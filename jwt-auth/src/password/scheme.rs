//! How hashes of a family of formats are written and read.

use super::argon::Argon;
use super::memory::Memory;
use super::{HashFormat, PasswordError};
use argon2::Params;

/// A family of formats.
pub(crate) trait Scheme: Sync {
    /// What the text in a user's row says, when it is a hash of this family that can be read and that costs a bearable amount of work.
    fn read<'a>(&self, text: &'a str) -> Option<Box<dyn Stored + 'a>>;

    /// Hashes a password with a fresh salt, Argon2 with these parameters; `None` for a format of another family.
    fn write(
        &self,
        format: HashFormat,
        memory: &mut Memory,
        argon2: &Params,
        password: &[u8],
    ) -> Option<Result<String, PasswordError>>;
}

/// A stored hash.
pub(crate) trait Stored {
    /// The one it is written in.
    fn format(&self) -> HashFormat;

    fn fits(&self, memory: &mut Memory, password: &[u8]) -> bool;

    /// Whether the same format is written with other parameters today, Argon2 with these.
    fn is_outdated(&self, argon2: &Params) -> bool;

    /// Does the work by which this hash is cheaper than a new one of its format, for the time it takes. As in Django,
    /// Argon2 and scrypt are left alone: their cost is not one number.
    fn harden(&self, _: &[u8]) {}
}

/// All that this build has.
pub(super) fn schemes() -> impl Iterator<Item = &'static dyn Scheme> {
    let ours: [&dyn Scheme; 1] = [&Argon];
    let schemes = ours.into_iter().chain(crate::django::SCHEMES.iter().copied());
    #[cfg(feature = "imported-hashes")]
    let schemes = schemes.chain([&super::imported::Imported as &dyn Scheme]);
    schemes
}

/// What the text says, in whichever format.
pub(super) fn read<'a>(text: &'a str) -> Option<Box<dyn Stored + 'a>> {
    schemes().find_map(|scheme| scheme.read(text))
}
