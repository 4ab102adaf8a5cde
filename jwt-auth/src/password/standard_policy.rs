//! The ready policy.

use super::{PasswordFault, PasswordPolicy};
use crate::error::StoreError;
use crate::secret::Secret;

/// What NIST SP 800-63B (5.1.1.2) and OWASP ASVS 6.2 ask of a password that somebody chooses: a length, that it is not on a list of
/// common ones, and that it is not the user's name. No rules about capitals, digits and signs, which both advise against.
///
/// The list is `common_passwords.txt` beside this source: the 8,346 of at least eight ASCII characters among the 19,640 that Django 5.2
/// ships (`django/contrib/auth/common-passwords.txt.gz`, BSD 3-clause, made by Royce Williams from passwords that were leaked most
/// often). Shorter ones are refused by their length.
///
/// ```
/// use jwt_auth::password::{PasswordFault, StandardPasswordPolicy};
///
/// let policy = StandardPasswordPolicy::default();
/// assert_eq!(policy.check("ada", "correct horse battery staple"), []);
/// assert_eq!(policy.check("ada", "Password1"), [PasswordFault::Common]);
/// assert_eq!(policy.check("lovelace", "lovelace"), [PasswordFault::LikeUsername]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StandardPasswordPolicy {
    /// The fewest characters, a character being a code point. Defaults to 8, which NIST's revision 3 and Django ask; where a password is the only
    /// factor, revision 4 asks 15. Below 8 common short ones pass.
    pub min_length: usize,
}

impl Default for StandardPasswordPolicy {
    fn default() -> Self {
        Self { min_length: 8 }
    }
}

impl StandardPasswordPolicy {
    /// Everything that is wrong with a password of the user of this name (empty where there is none).
    pub fn check(&self, username: &str, password: &str) -> Vec<PasswordFault> {
        let lower = password.to_lowercase();
        let is_short = password.chars().nth(self.min_length.saturating_sub(1)).is_none();
        [
            (is_short, PasswordFault::TooShort { least: self.min_length }),
            (is_common(lower.trim()), PasswordFault::Common),
            (is_like(&username.to_lowercase(), &lower), PasswordFault::LikeUsername),
        ]
        .into_iter()
        .filter_map(|(is_so, fault)| is_so.then_some(fault))
        .collect()
    }
}

impl PasswordPolicy for StandardPasswordPolicy {
    async fn faults(&self, username: &str, password: &Secret) -> Result<Vec<PasswordFault>, StoreError> {
        Ok(self.check(username, password.expose()))
    }
}

/// Sorted, one a line, in small letters.
const COMMON: &str = include_str!("common_passwords.txt");

/// A walk over 80 KiB, next to which hashing takes a thousand times as long.
fn is_common(password: &str) -> bool {
    COMMON.lines().any(|common| common == password)
}

/// Whether fewer than four characters are left when the name, or a part of it (an address has several), is taken out.
fn is_like(username: &str, password: &str) -> bool {
    let parts = username.split(|c: char| !c.is_alphanumeric());
    [username].into_iter().chain(parts).filter(|part| part.chars().nth(2).is_some()).any(|part| {
        let rest = password.replace(part, "");
        rest.len() < password.len() && rest.chars().nth(3).is_none()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_small_and_of_the_length_it_says() {
        let words: Vec<&str> = COMMON.lines().collect();
        assert!(words.is_sorted() && words.iter().all(|word| word.len() >= 8 && *word == word.to_lowercase()));
        let said = include_str!("standard_policy.rs").contains(&format!(
            "the {},{:03} of",
            words.len() / 1000,
            words.len() % 1000
        ));
        assert!(said, "{} words", words.len());
    }
}
