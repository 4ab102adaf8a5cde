//! The text that a user table has as somebody's password hash.

use jwt_auth::Secret;
use jwt_auth::password::{HashFormat, PasswordHasher};
use std::sync::LazyLock;

/// It is read without work or memory to speak of, and a password that was never hashed fits none. What takes work to compute is left out.
pub(super) fn hash(data: &[u8]) {
    static HASHER: LazyLock<(PasswordHasher, String)> = LazyLock::new(|| {
        let hasher = crate::hasher().reading(HashFormat::ALL);
        let fresh = hasher.hash("test").expect("a hash");
        (hasher, fresh)
    });
    let (hasher, fresh) = &*HASHER;
    let Ok(stored) = std::str::from_utf8(data) else { return };
    let must_update = hasher.must_update(stored);
    let is_of_a_format = ["$argon2", "argon2$", "pbkdf2_", "bcrypt", "scrypt$", "$2", "$scrypt$", "$pbkdf2"]
        .iter()
        .any(|begin| stored.starts_with(begin));
    assert!(!must_update || is_of_a_format, "{stored:?}");
    assert!(!hasher.must_update(fresh));
    if is_cheap(stored) {
        let never: Secret = "a password that nobody ever had".into();
        assert!(!hasher.verify(&never, Some(stored)), "{stored:?}");
    }
}

/// Argon2 with numbers of two digits.
fn is_cheap(stored: &str) -> bool {
    let mut digits = 0;
    stored.starts_with("$argon2id$v=19$m=")
        && stored.split('$').nth(3).is_some_and(|parameters| {
            parameters.bytes().all(|byte| {
                digits = if byte.is_ascii_digit() { digits + 1 } else { 0 };
                digits <= 2
            })
        })
}
