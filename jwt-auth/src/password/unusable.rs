//! Stored hashes that nobody can log in with, and what an operator is told of them.

use super::HashFormat;
use std::fmt;

/// Why a stored text cannot be checked. Names its format, and never shows the text: it may be a password in the clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// The setting does not list it.
    Unlisted(HashFormat),
    /// It is listed, and damaged or dearer than is computed here.
    Unreadable(HashFormat),
    /// Of a format that there is none of here.
    Foreign(&'static str),
}

impl Unread {
    /// What a text is that no format here begins like.
    pub(super) fn foreign(stored: &str) -> Self {
        let known = FOREIGN.iter().find(|(beginning, _)| stored.starts_with(beginning));
        Self::Foreign(known.map_or("unknown", |(_, name)| name))
    }

    /// The name of the format.
    pub(crate) const fn format(self) -> &'static str {
        match self {
            Self::Unlisted(format) | Self::Unreadable(format) => format.name(),
            Self::Foreign(name) => name,
        }
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unlisted(format) => match format.missing_feature() {
                None => write!(f, "add \"{format}\" to the setting if such hashes are to log in"),
                Some(feature) => write!(f, "switch the feature `{feature}` of `jwt-auth` on and add \"{format}\" to the setting"),
            },
            Self::Unreadable(_) => {
                f.write_str("it is damaged, cut off by a short column, or asks for more work than a login may cost: set a new password")
            }
            Self::Foreign(_) => f.write_str("no setting can list it: set a new password"),
        }
    }
}

/// What other programs write.
const FOREIGN: [(&str, &str); 12] = [
    ("$1$", "md5-crypt"),
    ("$5$", "sha256-crypt"),
    ("$6$", "sha512-crypt"),
    ("$y$", "yescrypt"),
    ("$7$", "scrypt of crypt(3)"),
    ("$apr1$", "Apache's md5"),
    ("$bcrypt-sha256$", "passlib's bcrypt_sha256"),
    ("md5$", "Django's md5"),
    ("sha1$", "Django's sha1"),
    ("pbkdf2:", "Werkzeug's pbkdf2"),
    ("scrypt:", "Werkzeug's scrypt"),
    ("{", "a scheme in braces, of LDAP or Spring"),
];
