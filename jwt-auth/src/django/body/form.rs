//! Bodies of HTML forms, as Django's `QueryDict` reads them.

use super::charset::{Charset, latin1};
use super::{MAX_FIELDS, too_much};
use crate::http::body::InvalidBody;

/// Reads `application/x-www-form-urlencoded`: names and texts.
pub(crate) fn parse(body: &[u8], charset: Charset) -> Result<Vec<(String, String)>, InvalidBody> {
    let query = charset.decode_strictly(body).unwrap_or_else(|| latin1(body).into());
    if query.matches('&').count() >= MAX_FIELDS {
        return Err(too_much());
    }
    let fields = query.split('&').filter(|field| !field.is_empty()).map(|field| {
        let (name, text) = field.split_once('=').unwrap_or((field, ""));
        (unquoted(name, charset), unquoted(text, charset))
    });
    Ok(fields.collect())
}

/// A parameter of a query string, the last one of this name.
pub(crate) fn query_value(query: &str, wanted: &str) -> Result<Option<String>, InvalidBody> {
    let mut fields = parse(query.as_bytes(), Charset::Utf8)?;
    fields.retain(|(name, _)| name == wanted);
    Ok(fields.pop().map(|(_, text)| text))
}

/// Plus signs are spaces; what is percent-encoded is in the character set, and what is not ASCII stays as it is.
fn unquoted(text: &str, charset: Charset) -> String {
    let text = text.replace('+', " ");
    if !text.contains('%') {
        return text;
    }
    let runs = text.as_bytes().chunk_by(|a, b| a.is_ascii() == b.is_ascii());
    let decoded = runs.map(|run| {
        if run.is_ascii() { charset.decode(&percent_decoded(run)) } else { String::from_utf8_lossy(run).into_owned() }
    });
    decoded.collect()
}

pub(crate) fn percent_decoded(bytes: &[u8]) -> Vec<u8> {
    let hex = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match (byte, hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high * 16 + low) as u8);
                at += 2;
            }
            _ => decoded.push(*byte),
        }
        at += 1;
    }
    decoded
}
