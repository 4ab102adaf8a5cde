//! What SimpleJWT puts into tokens to tell a changed password: its `get_md5_hash_password`.

use md5::{Digest, Md5};
use std::fmt::Write;

/// What stands for a password in tokens, with `check_revoke_token`.
pub(crate) fn password_mark(password_hash: &str) -> Option<String> {
    Some(revocation_claim(password_hash))
}

/// The upper-case hex of the MD5 of the stored password hash.
pub(super) fn revocation_claim(password_hash: &str) -> String {
    let digest = Md5::digest(password_hash.as_bytes());
    digest.iter().fold(String::with_capacity(32), |mut hex, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(hex, "{byte:02X}");
        hex
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_is_the_md5_that_python_writes() {
        assert_eq!(super::revocation_claim("abc"), "900150983CD24FB0D6963F7D28E17F72");
    }
}
