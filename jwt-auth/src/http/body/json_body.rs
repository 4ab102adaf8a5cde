//! Bodies in JSON.

use super::{InvalidBody, MAX_FIELDS, Text, Value};
use crate::claims::Claims;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// Reads one JSON object. Names given twice are refused; as Django, the last one counts.
///
/// Django takes any number of members. Each costs a multiple of its bytes, so there are as many as in a form.
pub(super) fn parse(text: &str, as_django: bool) -> Result<Vec<(String, Value)>, InvalidBody> {
    let wrong = |why: &str| InvalidBody::Parse("JSON", why.to_owned());
    match kind(text.trim_start_matches([' ', '\t', '\r', '\n'])) {
        Some("dict") if as_django => {
            let members = serde_json::from_str::<Members>(text).map_err(|_| wrong("expecting a JSON object"))?;
            if members.0.len() > MAX_FIELDS { Err(InvalidBody::Suspicious) } else { Ok(members.0) }
        }
        Some("dict") => {
            let claims =
                Claims::from_json(text).map_err(|_| wrong("expecting one JSON object without repeated names"))?;
            Ok(claims.iter().map(|(name, raw)| (name.to_owned(), Value::Json(raw.to_owned()))).collect())
        }
        Some(kind) => match serde_json::from_str::<IgnoredAny>(text) {
            Ok(_) if kind == "NoneType" => Err(InvalidBody::NoData),
            Ok(_) => Err(InvalidBody::NotAnObject(kind)),
            Err(_) => Err(wrong("expecting value")),
        },
        None => Err(wrong("expecting value")),
    }
}

/// A JSON string's text. Half a surrogate pair is what only Python can read.
pub(super) fn string(raw: &str) -> Text {
    match serde_json::from_str(raw) {
        Ok(text) => Text::plain(text),
        Err(_) => with_surrogates(raw),
    }
}

/// Python's name for the type of a JSON text, by how it begins: what DRF's messages say.
pub(super) fn kind(raw: &str) -> Option<&'static str> {
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

/// Whether it is an integer that Python refuses to read, lest it takes long.
fn is_too_long(raw: &str) -> bool {
    kind(raw) == Some("int") && raw.trim_start_matches('-').len() > 4300
}

/// Replaces the halves, notes the first, and reads the rest.
fn with_surrogates(raw: &str) -> Text {
    let mut mended = String::with_capacity(raw.len());
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
    Text { text: serde_json::from_str(&mended).unwrap_or_default(), surrogate: first }
}

/// The number of a `\uXXXX` at the beginning.
fn unit(escape: &str) -> Option<u32> {
    let digits = escape.strip_prefix("\\u")?.get(..4)?;
    u32::from_str_radix(digits, 16).ok()
}

/// The members of an object in order, also those with the same name; one more than there may be tells that there are more.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                // Names, too, may hold half a surrogate pair, which no name that is asked for does.
                while members.len() <= MAX_FIELDS
                    && let Some((name, raw)) = map.next_entry::<Box<RawValue>, Box<RawValue>>()?
                {
                    if is_too_long(raw.get()) {
                        return Err(serde::de::Error::custom("an integer has more digits than Python reads"));
                    }
                    members.push((string(name.get()).text, Value::Json(String::from(Box::<str>::from(raw)))));
                }
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Object)
    }
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
            assert_eq!((&*read.text, read.surrogate), (text, half), "{raw}");
        }
    }
}
