//! Integers as Python reads them.

/// The integer that Python's `int(text)` gives, for ASCII: white space around it, a sign, and single underscores between the
/// digits are allowed. `None` for any other text, and beyond 64 bits.
pub(super) fn python_int(text: &str) -> Option<i64> {
    let trimmed = text.trim_matches(|c: char| matches!(c, '\t'..='\r' | '\x1c'..='\x1f' | ' '));
    let digits = trimmed.strip_prefix(['+', '-']).unwrap_or(trimmed);
    let grouped = digits.split('_').all(|group| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit()));
    if !grouped {
        return None;
    }
    trimmed.replace('_', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::python_int;

    #[test]
    fn ids_are_read_as_python_reads_them() {
        for (text, id) in [
            ("1", 1),
            ("+1", 1),
            ("-1", -1),
            (" 1\n", 1),
            ("\x1c1", 1),
            ("007", 7),
            ("1_0", 10),
            ("9223372036854775807", i64::MAX),
            ("-9223372036854775808", i64::MIN),
        ] {
            assert_eq!(python_int(text), Some(id), "{text:?}");
        }
        for text in
            ["", " ", "+", "--1", "+ 1", "_1", "1_", "1__0", "1.0", "1e3", "0x1", "a", "1\0", "9223372036854775808"]
        {
            assert_eq!(python_int(text), None, "{text:?}");
        }
    }
}
