//! Bodies of forms in parts, read as leniently as Django's `MultiPartParser` does: what is broken is skipped.

use super::charset::Charset;
use super::header_parameters::{self, Parameters};
use super::{MAX_FIELDS, json_text, too_much};
use crate::http::body::InvalidBody;
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig, general_purpose::NO_PAD};
use memchr::memmem;

/// Reads `multipart/form-data`, each field as JSON text, a file as none; `content_type` as it came, and its parameters.
pub(crate) fn parse(
    body: &[u8],
    content_type: &str,
    parameters: &Parameters,
    charset: Charset,
) -> Result<Vec<(String, String)>, InvalidBody> {
    if !content_type.starts_with("multipart/") {
        return Err(wrong(format!("Invalid Content-Type: {content_type}")));
    }
    if !content_type.is_ascii() {
        return Err(wrong(format!("Invalid non-ASCII Content-Type in multipart: {content_type}")));
    }
    let boundary = parameters.get("boundary");
    let Some(boundary) = boundary.filter(|boundary| is_valid(boundary)) else {
        return Err(wrong(format!("Invalid boundary in multipart: {}", boundary.unwrap_or("None"))));
    };
    let separator = format!("--{boundary}");
    let (mut fields, mut files, mut pieces_without_file) = (Vec::new(), Vec::new(), 0);
    for piece in pieces(body, separator.as_bytes()) {
        let part = Part::read(piece, charset)?;
        pieces_without_file += usize::from(!matches!(part, Some(Part { is_file: true, .. })));
        match part {
            Some(Part { name, is_file: true, .. }) => files.push((name, String::new())),
            Some(Part { name, data, .. }) => fields.push((name, json_text(&charset.decode(&data)))),
            None => {}
        }
        // Django counts what stands before the first and behind the last separator, and lets that be.
        if pieces_without_file > MAX_FIELDS + 2 || files.len() > MAX_FILES {
            return Err(too_much());
        }
    }
    // DRF puts the files over the fields.
    fields.append(&mut files);
    Ok(fields)
}

/// Django's `DATA_UPLOAD_MAX_NUMBER_FILES`.
const MAX_FILES: usize = 100;

/// Of the headers of a part, in bytes.
const MAX_HEADERS: usize = 1024;

fn wrong(why: String) -> InvalidBody {
    InvalidBody::parse("Multipart form", why)
}

struct Part {
    name: String,
    is_file: bool,
    data: Vec<u8>,
}

impl Part {
    fn read(piece: &[u8], charset: Charset) -> Result<Option<Self>, InvalidBody> {
        let head = piece.get(..MAX_HEADERS).unwrap_or(piece);
        let Some(end) = memmem::find(head, b"\r\n\r\n") else {
            let is_cut = head.len() == MAX_HEADERS;
            return if is_cut { Err(wrong("Request max total header size exceeded.".to_owned())) } else { Ok(None) };
        };
        let (head, data) = piece.split_at_checked(end + 4).unwrap_or_default();
        let head = head.get(..end).unwrap_or_default();
        let (mut name, mut file_name, mut is_base64) = (None, None, false);
        let mut rest = head;
        while !rest.is_empty() {
            let end = memmem::find(rest, b"\r\n").unwrap_or(rest.len());
            let line = rest.get(..end).unwrap_or_default();
            rest = rest.get(end + 2..).unwrap_or_default();
            let Ok(line) = std::str::from_utf8(line) else { continue };
            let (field, parameters) = header_parameters::read(line);
            match field.split_once(':') {
                Some(("content-disposition", _)) => {
                    name = parameters.get("name").map(|name| charset.decode(name.trim_ascii().as_bytes()));
                    file_name = parameters.get("filename").filter(|name| !name.is_empty()).map(str::to_owned);
                }
                Some(("content-transfer-encoding", value)) => is_base64 = value.trim() == "base64",
                _ => {}
            }
        }
        let is_nameless = |name: &String| matches!(name.rsplit(['/', '\\']).next(), None | Some("" | "." | ".."));
        let Some(name) = name.filter(|_| !file_name.as_ref().is_some_and(is_nameless)) else { return Ok(None) };
        let decoded = if is_base64 { base64_of(data) } else { None };
        Ok(Some(Self { name, is_file: file_name.is_some(), data: decoded.unwrap_or_else(|| data.to_vec()) }))
    }
}

/// Python's `b64decode`: other characters are passed over, and the padding ends it.
fn base64_of(data: &[u8]) -> Option<Vec<u8>> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(&STANDARD, NO_BITS_CHECKED);
    const NO_BITS_CHECKED: GeneralPurposeConfig = NO_PAD.with_decode_allow_trailing_bits(true);
    let (mut letters, mut padding) = (Vec::with_capacity(data.len()), 0);
    for byte in data {
        let open = letters.len() % 4;
        match byte {
            b'=' if open >= 2 && open + padding + 1 >= 4 => return LENIENT.decode(letters).ok(),
            b'=' => padding += 1,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => {
                letters.push(*byte);
                padding = 0;
            }
            _ => {}
        }
    }
    if letters.len() % 4 == 0 { LENIENT.decode(letters).ok() } else { None }
}

/// What stands between the separators, without the line end before each.
fn pieces<'a>(body: &'a [u8], separator: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let mut ends: Vec<usize> = memmem::find_iter(body, separator).collect();
    let starts: Vec<usize> = std::iter::once(0).chain(ends.iter().map(|end| end + separator.len())).collect();
    ends.push(body.len());
    let last = ends.len() - 1;
    starts.into_iter().zip(ends).enumerate().map(move |(at, (start, end))| {
        let piece = body.get(start..end).unwrap_or_default();
        if at == last {
            return piece;
        }
        let piece = piece.strip_suffix(b"\n").unwrap_or(piece);
        piece.strip_suffix(b"\r").unwrap_or(piece)
    })
}

/// Printable ASCII, at most 201 characters, no space at the end.
fn is_valid(boundary: &str) -> bool {
    (1..=201).contains(&boundary.len())
        && boundary.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        && !boundary.ends_with(' ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(body: &str) -> Vec<(String, String)> {
        let kind = "multipart/form-data; boundary=B";
        let fields = parse(body.as_bytes(), kind, &header_parameters::read(kind).1, Charset::Utf8).expect("a form");
        let text = |json: String| serde_json::from_str(&json).unwrap_or_else(|_| "a file".to_owned());
        fields.into_iter().map(|(name, json)| (name, text(json))).collect()
    }

    #[test]
    fn parts_are_read_as_django_reads_them() {
        for (head, data, field) in [
            ("Content-Disposition: form-data; name=\"a\"", "x", Some(("a", "x"))),
            ("content-disposition: whatever; NAME= a ", "x", Some(("a", "x"))),
            ("Content-Disposition: form-data; name*=utf-8''%C3%BC", "x", Some(("ü", "x"))),
            ("Content-Disposition: form-data; name=a; filename=f", "x", Some(("a", "a file"))),
            ("Content-Disposition: form-data; name=a; filename=../..", "x", None),
            ("Content-Disposition: form-data; name=a; filename=\"\"", "x", Some(("a", "x"))),
            ("Content-Disposition: form-data", "x", None),
            ("Content-Type: text/plain", "x", None),
            (
                "Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: Base64",
                "Y W-I=x",
                Some(("a", "ab")),
            ),
            ("Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64", "YWI", Some(("a", "YWI"))),
        ] {
            let read = read(&format!("--B\r\n{head}\r\n\r\n{data}\r\n--B--\r\n"));
            let expected = field.map(|(name, value)| (name.to_owned(), value.to_owned()));
            assert_eq!(read.into_iter().next(), expected, "{head}");
        }
    }

    proptest! {
        #[test]
        fn any_body_is_answered(body in "(--B|\r\n|\r\n\r\n|Content-Disposition: form-data; name=a|=|\"|;|[ -~]){0,40}") {
            read(&body);
        }
    }
}
