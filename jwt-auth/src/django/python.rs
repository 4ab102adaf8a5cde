//! What Python makes of JSON values: SimpleJWT's answers follow from it.

use crate::char_field::is_python_space;
use std::borrow::Cow;

/// `int(value)` of a JSON value, which PyJWT does to times and Django to ids; too large a number is the largest `i64`.
/// `None` where Python raises an error.
pub(crate) fn int(json: &str) -> Option<i64> {
    match json.as_bytes().first()? {
        b'"' => {
            let text: String = serde_json::from_str(json).ok()?;
            int_of_text(&text)
        }
        b't' => Some(1),
        b'f' => Some(0),
        b'-' | b'0'..=b'9' if json.contains(['.', 'e', 'E']) => {
            let float: f64 = json.parse().ok().filter(|float: &f64| float.is_finite())?;
            // Saturates.
            Some(float.trunc() as i64)
        }
        b'-' | b'0'..=b'9' => Some(saturating(json)),
        _ => None,
    }
}

/// `bool(value)` of a JSON value.
pub(crate) fn truth(json: &str) -> bool {
    match json.as_bytes().first() {
        Some(b'"') => json != "\"\"",
        Some(b'[') => !json.get(1..).unwrap_or_default().trim_start().starts_with(']'),
        Some(b'{') => !json.get(1..).unwrap_or_default().trim_start().starts_with('}'),
        Some(b'-' | b'0'..=b'9') => json.parse::<f64>().is_ok_and(|number| number != 0.0),
        Some(b't') => true,
        _ => false,
    }
}

/// `str(value)` of a JSON number: what DRF's `CharField` takes it for. `None` for what is no number, and for integers of
/// more digits than Python reads.
pub(crate) fn number_text(json: &str) -> Option<Cow<'_, str>> {
    if !json.contains(['.', 'e', 'E']) {
        let digits = json.trim_start_matches('-');
        if digits.len() > 4300 {
            return None;
        }
        return Some(if json == "-0" { "0".into() } else { json.into() });
    }
    Some(float_text(json.parse().ok()?).into())
}

/// `str.strip()`.
pub(crate) fn strip(text: &str) -> &str {
    text.trim_matches(is_python_space)
}

/// `repr(float)`: the shortest digits that read back as the same number, with an exponent from 1e16 on and below 1e-4.
fn float_text(float: f64) -> String {
    if float.is_infinite() {
        return if float > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = format!("{float:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if float != 0.0 && !(-4..16).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.abs());
    }
    let plain = format!("{float}");
    if plain.contains('.') { plain } else { format!("{plain}.0") }
}

/// `int(str)`: white space around, a sign, digits with single underscores between them.
fn int_of_text(text: &str) -> Option<i64> {
    // To `int` the four separators are white space only beside characters that are not ASCII.
    let is_space = |c: char| if text.is_ascii() { matches!(c, '\t'..='\r' | ' ') } else { is_python_space(c) };
    let text = text.trim_matches(is_space);
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let groups_are_digits =
        digits.split('_').all(|group| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit()));
    if !groups_are_digits || digits.len() > 4300 {
        return None;
    }
    Some(saturating(&text.replace('_', "")))
}

fn saturating(digits: &str) -> i64 {
    digits.parse().unwrap_or(if digits.starts_with('-') { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ints_are_pythons() {
        for (json, value) in [
            ("1", Some(1)),
            ("-1", Some(-1)),
            ("1.9", Some(1)),
            ("-1.9", Some(-1)),
            ("1e3", Some(1000)),
            ("1e300", Some(i64::MAX)),
            ("99999999999999999999", Some(i64::MAX)),
            ("-99999999999999999999", Some(i64::MIN)),
            ("true", Some(1)),
            ("false", Some(0)),
            ("null", None),
            ("[]", None),
            ("{}", None),
            (r#""12""#, Some(12)),
            (r#"" +1_0 ""#, Some(10)),
            ("\"\u{2003}1\"", Some(1)),
            (r#""\u001c1""#, None),
            (r#""1__0""#, None),
            (r#""_1""#, None),
            (r#""1.0""#, None),
            (r#""0x1""#, None),
            (r#""""#, None),
            (r#""+""#, None),
        ] {
            assert_eq!(int(json), value, "{json}");
        }
    }

    #[test]
    fn truth_is_pythons() {
        for truthy in ["1", "-1", "0.1", r#""false""#, r#"" ""#, "[0]", r#"{"a":1}"#, "true"] {
            assert!(truth(truthy), "{truthy}");
        }
        for falsy in ["0", "0.0", "-0.0", r#""""#, "[]", "[ ]", "{}", "{ }", "false", "null"] {
            assert!(!truth(falsy), "{falsy}");
        }
    }

    #[test]
    fn numbers_are_written_as_python_writes_them() {
        for (json, text) in [
            ("123", "123"),
            ("-0", "0"),
            ("1.5", "1.5"),
            ("1.0", "1.0"),
            ("-0.0", "-0.0"),
            ("0e5", "0.0"),
            ("1e3", "1000.0"),
            ("1E16", "1e+16"),
            ("1e15", "1000000000000000.0"),
            ("1.25e-5", "1.25e-05"),
            ("0.0001", "0.0001"),
            ("1e400", "inf"),
            ("-1e400", "-inf"),
            ("1e100", "1e+100"),
        ] {
            assert_eq!(number_text(json).as_deref(), Some(text), "{json}");
        }
        assert_eq!(number_text(&"9".repeat(4301)), None);
    }

    #[test]
    fn strip_takes_what_python_takes() {
        assert_eq!(strip("\u{a0}\u{1c}\u{1f} a b\u{2003}\u{85}\u{3000}"), "a b");
        assert_eq!(strip("\u{200b}a\u{feff}"), "\u{200b}a\u{feff}");
    }
}
