//! Text that must not be printed.
//! One that is made at random or kept in a file (`generate`, `load_or_generate`) is in `keys/key_file.rs`.

use serde::Deserialize;
use std::fmt;
use zeroize::Zeroize;

/// A key, password or token: `Debug` shows `[redacted]`, there is no `Display`, and the memory is wiped on drop.
///
/// It can be read with serde and not written: whoever puts it into an answer says [`expose`](Self::expose).
///
/// ```
/// use jwt_auth::Secret;
///
/// let key = Secret::new("what nobody may see");
/// assert_eq!(key.expose(), "what nobody may see");
/// assert!(!format!("{key:?}").contains("nobody"));
/// ```
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps the text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself. Named so that every use is easy to find in a review.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl PartialEq for Secret {
    /// In a time that depends on the lengths only.
    fn eq(&self, other: &Self) -> bool {
        aws_lc_rs::constant_time::verify_slices_are_equal(self.0.as_bytes(), other.0.as_bytes()).is_ok()
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}
