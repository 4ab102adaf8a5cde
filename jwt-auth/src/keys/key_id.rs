//! What may be a `kid`.

use super::KeyError;

/// The longest `kid` in bytes, of ours and in tokens.
pub(crate) const LONGEST: usize = 256;

/// Whether the text can be a `kid`: 1 to 256 printable ASCII characters, which is safe in headers, logs and URLs alike.
pub(crate) fn is_valid(key_id: &str) -> bool {
    (1..=LONGEST).contains(&key_id.len()) && key_id.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

pub(super) fn check(key_id: Option<&str>) -> Result<Option<Box<str>>, KeyError> {
    match key_id {
        Some(text) if !is_valid(text) => Err(KeyError::KeyId),
        other => Ok(other.map(Into::into)),
    }
}

/// As a JSON string, quotes included.
pub(super) fn to_json(key_id: &str) -> String {
    serde_json::Value::from(key_id).to_string()
}
