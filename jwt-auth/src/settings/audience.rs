//! Whom tokens are for.

use std::fmt;
use std::ops::Deref;

/// The `aud` of tokens, one text or a list (RFC 7519, 4.1.3), written into tokens in the form it has here, as SimpleJWT does;
/// `"api".into()` makes the one, a `Vec<String>` the other. Defaults to the empty list, which means that `aud` is not written
/// and that tokens which name somebody are for somebody else.
#[derive(Clone, PartialEq, Eq)]
pub enum Audience {
    /// Written as a text.
    One(String),
    /// Written as a list, also when it has one item.
    List(Vec<String>),
}

impl Default for Audience {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

impl Deref for Audience {
    type Target = [String];

    fn deref(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::List(names) => names,
        }
    }
}

impl fmt::Debug for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(name) => name.fmt(f),
            Self::List(names) => names.fmt(f),
        }
    }
}

impl From<&str> for Audience {
    fn from(name: &str) -> Self {
        Self::One(name.to_owned())
    }
}

impl From<String> for Audience {
    fn from(name: String) -> Self {
        Self::One(name)
    }
}

impl From<Vec<String>> for Audience {
    fn from(names: Vec<String>) -> Self {
        Self::List(names)
    }
}
