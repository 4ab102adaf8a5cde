//! Bodies in JSON.

use super::InvalidBody;
use super::char_field::Text;
use crate::claims::Claims;
use ::http::HeaderMap;
use ::http::header::CONTENT_TYPE;
use serde::de::IgnoredAny;
use zeroize::Zeroizing;

/// Reads one JSON object, whose names are distinct.
pub(crate) fn parse_json(headers: &HeaderMap, body: &[u8]) -> Result<Vec<(String, String)>, InvalidBody> {
    let media_type = headers.get(CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let media_type = media_type.unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(InvalidBody::MediaType(media_type.into_owned()));
    }
    let text = std::str::from_utf8(body).map_err(|_| InvalidBody::parse("JSON", "the body is not UTF-8"))?;
    // RFC 8259 8.1: some clients on Windows write it. To Django it is a fault.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    check_kind(text)?;
    let wrong = |_| InvalidBody::parse("JSON", "expecting one JSON object without repeated names");
    Ok(Claims::from_json(text).map_err(wrong)?.into_texts().collect())
}

/// Whether it begins as an object does; what DRF says of other JSON.
pub(crate) fn check_kind(text: &str) -> Result<(), InvalidBody> {
    match kind(text.trim_start_matches([' ', '\t', '\r', '\n'])) {
        Some("dict") => Ok(()),
        Some(kind) => match serde_json::from_str::<IgnoredAny>(text) {
            Ok(_) if kind == "NoneType" => Err(InvalidBody::NoData),
            Ok(_) => Err(InvalidBody::NotAnObject(kind)),
            Err(_) => Err(InvalidBody::parse("JSON", "expecting value")),
        },
        None => Err(InvalidBody::parse("JSON", "expecting value")),
    }
}

/// A JSON string's text. Half a surrogate pair is what only Python can read.
pub(crate) fn string(raw: &str) -> Text {
    match serde_json::from_str(raw) {
        Ok(text) => Text::plain(text),
        Err(_) => with_surrogates(raw),
    }
}

/// Python's name for the type of a JSON text, by how it begins: what DRF's messages say.
pub(crate) fn kind(raw: &str) -> Option<&'static str> {
    match raw.as_bytes().first()? {
        b'{' => Some("dict"),
        b'[' => Some("list"),
        b'"' => Some("str"),
        b't' | b'f' => Some("bool"),
        b'n' => Some("NoneType"),
        b'-' | b'0'..=b'9' if raw.contains(['.', 'e', 'E']) => Some("float"),
        b'-' | b'0'..=b'9' => Some("int"),
        _ => None,
    }
}

/// Replaces the halves, notes the first, and reads the rest.
fn with_surrogates(raw: &str) -> Text {
    let mut mended = Zeroizing::new(String::with_capacity(raw.len()));
    let mut first = None;
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        mended.push_str(before);
        let width = match unit(escape) {
            Some(0xd800..0xdc00) if matches!(escape.get(6..).and_then(unit), Some(0xdc00..0xe000)) => 12,
            Some(half @ 0xd800..0xe000) => {
                first.get_or_insert(half);
                mended.push('\u{fffd}');
                rest = escape.get(6..).unwrap_or_default();
                continue;
            }
            Some(_) => 6,
            None => 2,
        };
        let width = width.min(escape.len());
        mended.push_str(escape.get(..width).unwrap_or_default());
        rest = escape.get(width..).unwrap_or_default();
    }
    mended.push_str(rest);
    // What is left was read as a JSON string before, and has lost only what could not stand.
    Text { text: Zeroizing::new(serde_json::from_str(&mended).unwrap_or_default()), surrogate: first }
}

/// The number of a `\uXXXX` at the beginning.
fn unit(escape: &str) -> Option<u32> {
    let digits = escape.strip_prefix("\\u")?.get(..4)?;
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_of_surrogate_pairs_are_found() {
        for (raw, text, half) in [
            (r#""a""#, "a", None),
            (r#""\ud83d\ude00""#, "😀", None),
            (r#""\ud800""#, "\u{fffd}", Some(0xd800)),
            (r#""x\\\udfff\n\ud83d\ude00""#, "x\\\u{fffd}\n😀", Some(0xdfff)),
            (r#""\ud800\u0041""#, "\u{fffd}A", Some(0xd800)),
        ] {
            let read = string(raw);
            assert_eq!((read.text.as_str(), read.surrogate), (text, half), "{raw}");
        }
    }
}
