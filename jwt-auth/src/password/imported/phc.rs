//! The pieces of `$id$name=value,..$salt$hash` (the PHC string format).

use crate::password::PasswordError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// In bytes: of new salts, as the format's specification recommends.
pub(super) const SALT: usize = 16;

/// Parameters, salt and hash of a text that begins with `$id$`; nothing when there is more or less.
pub(super) fn split(text: &str) -> Option<(&str, &str, Vec<u8>, Vec<u8>)> {
    let mut fields = text.strip_prefix('$')?.split('$');
    let (id, params, salt, hash) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    let (salt, hash) = (decode(salt)?, decode(hash)?);
    let is_whole = fields.next().is_none() && !salt.is_empty() && (MIN_HASH..=MAX_HASH).contains(&hash.len());
    is_whole.then_some((id, params, salt, hash))
}

/// The parameters in the order of `names`, whatever their order in the text; each is there once, and no other. `None` for one
/// that is not there.
pub(super) fn params<const N: usize>(text: &str, names: [&str; N]) -> Option<[Option<u32>; N]> {
    let mut found = [None; N];
    for pair in text.split(',') {
        let (name, value) = pair.split_once('=')?;
        let at = names.iter().position(|known| *known == name)?;
        if found[at].replace(number(value)?).is_some() {
            return None;
        }
    }
    Some(found)
}

/// A number as programs write it: no sign, no zero in front.
pub(super) fn number(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if plain { text.parse().ok() } else { None }
}

pub(super) fn encode(bytes: &[u8]) -> String {
    STANDARD_NO_PAD.encode(bytes)
}

pub(super) fn salt() -> Result<[u8; SALT], PasswordError> {
    let mut salt = [0; SALT];
    aws_lc_rs::rand::fill(&mut salt).map_err(|_| PasswordError::Failed)?;
    Ok(salt)
}

/// passlib writes `.` for `+`, and some programs pad.
fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD_NO_PAD.decode(text.trim_end_matches('=').replace('.', "+")).ok()
}

/// In bytes. Of a shorter one too many passwords would fit.
const MIN_HASH: usize = 16;
const MAX_HASH: usize = 64;
