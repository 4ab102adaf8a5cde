//! What names a session, and what is derived from the name.

use crate::error::StoreError;
use aws_lc_rs::digest::{Context, SHA256};
use std::fmt;

/// 128 bits that name a session; 32 lower-case hex digits in tokens and databases.
///
/// The name is not a secret: it stands in every token of the session. What makes a token good is its signature.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId([u8; 16]);

impl SessionId {
    /// A new name for a login: 128 random bits (OWASP ASVS 7.2.3 asks for at least that).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the operating system has no random numbers to give.
    pub fn random() -> Result<Self, StoreError> {
        let mut bytes = [0; 16];
        aws_lc_rs::rand::fill(&mut bytes).map_err(StoreError::unavailable)?;
        Ok(Self(bytes))
    }

    /// The name of the session that grows from a refresh token issued elsewhere, by SimpleJWT say.
    ///
    /// A function of the store's namespace and of the token's own issuer, `jti` and user, so that every node finds the same row
    /// and two users' tokens never do, whatever their issuer does about ids. A token without issuer differs from one whose
    /// issuer is empty.
    pub fn of_foreign_token(namespace: &str, issuer: Option<&str>, jti: &str, user_id: &str) -> Self {
        let mut hash = Context::new(&SHA256);
        hash.update(b"jwt-auth adopted session 2\0");
        for part in [Some(namespace), issuer, Some(jti), Some(user_id)] {
            // The length in front keeps ("ab", "c") and ("a", "bc") apart.
            let length = part.map_or(u64::MAX, |part| part.len() as u64);
            hash.update(&length.to_be_bytes());
            hash.update(part.unwrap_or_default().as_bytes());
        }
        Self(first_half(hash))
    }

    /// The name that releases before this one gave it: by the setting `issuer` and the `jti`. Looked up as long as a token may live
    /// that was adopted, spent or ended under it.
    pub(crate) fn of_foreign_token_before(issuer: Option<&str>, jti: &str) -> Self {
        let mut hash = Context::new(&SHA256);
        hash.update(b"jwt-auth adopted session 1\0");
        let length = issuer.map_or(u64::MAX, |issuer| issuer.len() as u64);
        hash.update(&length.to_be_bytes());
        hash.update(issuer.unwrap_or_default().as_bytes());
        hash.update(jti.as_bytes());
        Self(first_half(hash))
    }

    /// The `jti` of the session's refresh token of this generation: 32 hex digits.
    ///
    /// A function of the row alone, so any node can issue the same token again after a lost answer.
    pub fn refresh_jti(self, generation: u64) -> String {
        let mut hash = Context::new(&SHA256);
        hash.update(b"jwt-auth refresh token 1\0");
        hash.update(&self.0);
        hash.update(&generation.to_be_bytes());
        Self(first_half(hash)).to_string()
    }

    /// From its bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Reads exactly 32 lower-case hex digits; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 32 {
            return None;
        }
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = hex_value(pair[0])? << 4 | hex_value(pair[1])?;
        }
        Some(Self(bytes))
    }
}

fn first_half(hash: Context) -> [u8; 16] {
    let mut half = [0; 16];
    for (byte, digest) in half.iter_mut().zip(hash.finish().as_ref()) {
        *byte = *digest;
    }
    half
}

const fn hex_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_prints_and_nothing_else() {
        let sid = SessionId::random().expect("random numbers");
        assert_eq!(SessionId::parse(&sid.to_string()), Some(sid));
        let text = sid.to_string();
        for wrong in [
            "",
            &text[1..],
            &format!("{text}0"),
            "ABCDEF0123456789abcdef0123456789",
            "+0000000000000000000000000000000",
        ] {
            assert_eq!(SessionId::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn ids_are_random_and_derived_ids_differ_in_every_part() {
        assert_ne!(SessionId::random().ok(), SessionId::random().ok());
        let of = SessionId::of_foreign_token;
        let ids = [
            of("", None, "abc", "7"),
            of("", Some(""), "abc", "7"),
            of("", Some("a"), "bc", "7"),
            of("", Some("ab"), "c", "7"),
            of("a", Some("b"), "c", "7"),
            of("", Some("ab"), "c7", ""),
            of("", Some("ab"), "c", "8"),
        ];
        for (i, id) in ids.iter().enumerate() {
            assert!(!ids[..i].contains(id));
        }
        assert_eq!(of("", Some("ab"), "c", "7"), of("", Some("ab"), "c", "7"));
    }

    #[test]
    fn a_refresh_jti_depends_on_session_and_generation() {
        let sid = SessionId::from_bytes([7; 16]);
        assert_eq!(sid.refresh_jti(1), sid.refresh_jti(1));
        assert_eq!(sid.refresh_jti(1).len(), 32);
        assert_ne!(sid.refresh_jti(1), sid.refresh_jti(2));
        assert_ne!(sid.refresh_jti(1), SessionId::from_bytes([8; 16]).refresh_jti(1));
    }
}
