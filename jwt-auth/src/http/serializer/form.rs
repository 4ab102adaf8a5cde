//! Bodies of HTML forms, as Django's `QueryDict` reads them, and its character sets.

use super::{InvalidBody, MAX_FIELDS, Value};
use std::borrow::Cow;

/// Reads `application/x-www-form-urlencoded`.
pub(super) fn parse(body: &[u8], charset: Option<&str>) -> Result<Vec<(String, Value)>, InvalidBody> {
    let query = match decode_strictly(body, charset) {
        Some(text) => text,
        None => latin1(body).into(),
    };
    if query.matches('&').count() >= MAX_FIELDS {
        return Err(InvalidBody::Suspicious);
    }
    let value = |bytes: &[u8]| decode(&percent_decoded(bytes), charset);
    let fields = query.split('&').filter(|field| !field.is_empty()).map(|field| {
        let (name, text) = field.split_once('=').unwrap_or((field, ""));
        (value(name.as_bytes()), Value::Text(value(text.as_bytes())))
    });
    Ok(fields.collect())
}

/// The text in this character set; `None` where Python raises an error. Sets that are not known count as UTF-8, as a name
/// does that Python does not know.
pub(super) fn decode_strictly<'a>(bytes: &'a [u8], charset: Option<&str>) -> Option<Cow<'a, str>> {
    match Charset::of(charset) {
        Charset::Utf8 => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
        Charset::Latin1 => Some(latin1(bytes).into()),
        Charset::Ascii => std::str::from_utf8(bytes).ok().filter(|text| text.is_ascii()).map(Cow::Borrowed),
    }
}

/// The text in this character set, with replacement characters for what is not in it.
pub(super) fn decode(bytes: &[u8], charset: Option<&str>) -> String {
    match Charset::of(charset) {
        Charset::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
        Charset::Latin1 => latin1(bytes),
        Charset::Ascii => {
            bytes.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { '\u{fffd}' }).collect()
        }
    }
}

enum Charset {
    Utf8,
    Latin1,
    Ascii,
}

impl Charset {
    fn of(name: Option<&str>) -> Self {
        let name = name.unwrap_or_default().to_ascii_lowercase().replace([' ', '_'], "-");
        match name.as_str() {
            "latin-1" | "latin1" | "latin" | "l1" | "iso-8859-1" | "iso8859-1" | "8859" | "cp819" => Self::Latin1,
            "ascii" | "us-ascii" | "646" => Self::Ascii,
            _ => Self::Utf8,
        }
    }
}

/// Every byte is the character of its number.
fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

fn percent_decoded(bytes: &[u8]) -> Vec<u8> {
    let hex = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match (byte, hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high * 16 + low) as u8);
                at += 2;
            }
            (b'+', _, _) => decoded.push(b' '),
            _ => decoded.push(*byte),
        }
        at += 1;
    }
    decoded
}
