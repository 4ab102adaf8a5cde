//! Fields between the `$` signs.

/// The number, when it is spelled as Django spells it: Django compares whole texts, so `+1` or `01` never fit.
pub(super) fn number(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if plain { text.parse().ok() } else { None }
}
