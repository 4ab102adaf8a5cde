//! Salts as Django makes them.

use crate::password::PasswordError;

/// Twenty-two letters and digits: the first length that holds 128 bits.
pub(super) fn random() -> Result<String, PasswordError> {
    let mut salt = String::with_capacity(LENGTH);
    while salt.len() < LENGTH {
        let mut bytes = [0; 2 * LENGTH];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|_| PasswordError::Failed)?;
        // Six bits each. What lies beyond the alphabet is dropped, so that every character is as likely as the others.
        let characters = bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte & 63)));
        salt.extend(characters.take(LENGTH - salt.len()).map(|character| char::from(*character)));
    }
    Ok(salt)
}

/// Django makes a new hash when the salt has fewer characters than it would take today.
pub(super) const LENGTH: usize = 22;

const ALPHABET: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_comes_up_and_no_other() {
        let mut seen = [false; 256];
        for _ in 0..500 {
            let salt = random().expect("random bytes");
            assert_eq!(salt.len(), LENGTH);
            salt.bytes().for_each(|byte| seen[usize::from(byte)] = true);
        }
        for (byte, seen) in (0..=u8::MAX).zip(seen) {
            assert_eq!(seen, ALPHABET.contains(&byte), "{}", char::from(byte));
        }
    }
}
