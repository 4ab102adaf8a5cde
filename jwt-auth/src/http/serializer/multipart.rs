//! Bodies of forms in parts, read as leniently as Django's `MultiPartParser` does: what is broken is skipped.

use super::form::decode;
use super::{InvalidBody, MAX_FIELDS, Value, header_parameters};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem;

/// Reads `multipart/form-data`.
pub(super) fn parse(
    body: &[u8],
    boundary: Option<&str>,
    charset: Option<&str>,
) -> Result<Vec<(String, Value)>, InvalidBody> {
    let Some(boundary) = boundary.filter(|boundary| is_valid(boundary)) else {
        let shown = boundary.unwrap_or("None");
        return Err(InvalidBody::Parse("Multipart form", format!("Invalid boundary in multipart: {shown}")));
    };
    let separator = format!("--{boundary}");
    let (mut fields, mut files) = (Vec::new(), Vec::new());
    for piece in pieces(body, separator.as_bytes()) {
        match Part::read(piece, charset) {
            Some(Part { name, is_file: true, .. }) => files.push((name, Value::File)),
            Some(Part { name, data, .. }) => fields.push((name, Value::Text(decode(&data, charset)))),
            None => {}
        }
        if fields.len() + files.len() > MAX_FIELDS {
            return Err(InvalidBody::Suspicious);
        }
    }
    // DRF puts the files over the fields.
    fields.append(&mut files);
    Ok(fields)
}

/// Django's `MAX_TOTAL_HEADER_SIZE`, the empty line counted: a part with a longer head is skipped.
const MAX_HEAD: usize = 1024;

struct Part {
    name: String,
    is_file: bool,
    data: Vec<u8>,
}

impl Part {
    fn read(piece: &[u8], charset: Option<&str>) -> Option<Self> {
        let end = memmem::find(piece.get(..MAX_HEAD).unwrap_or(piece), b"\r\n\r\n")?;
        let (head, data) = (piece.get(..end)?, piece.get(end + 4..)?);
        let (mut name, mut is_file, mut is_base64) = (None, false, false);
        for line in head.split(|byte| *byte == b'\n') {
            let line = String::from_utf8_lossy(line);
            let Some((header, value)) = line.split_once(':') else { continue };
            let (value, parameters) = header_parameters::read(value);
            let parameter = |wanted: &str| parameters.iter().find(|(name, _)| name == wanted).map(|(_, value)| value);
            match header.trim().to_lowercase().as_str() {
                "content-disposition" if value == "form-data" => {
                    name = parameter("name").map(|name| decode(name.as_bytes(), charset));
                    is_file = parameter("filename").is_some_and(|name| !name.is_empty());
                }
                "content-transfer-encoding" => is_base64 = value == "base64",
                _ => {}
            }
        }
        let decoded = if is_base64 { STANDARD.decode(data).ok() } else { None };
        Some(Self { name: name?, is_file, data: decoded.unwrap_or_else(|| data.to_vec()) })
    }
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
