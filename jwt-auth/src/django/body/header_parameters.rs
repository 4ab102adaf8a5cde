//! `text/plain; charset="utf-8"`: a header's value and its parameters, as Python's `email` package reads them for Django.

use super::charset::Charset;
use crate::django::python::strip;

/// The value in lower case, and its parameters, the last of each name.
pub(crate) fn read(line: &str) -> (String, Parameters) {
    let mut parts = split(line).into_iter();
    let first = parts.next().unwrap_or_default();
    let (named, extended): (Vec<_>, Vec<_>) = parts
        .map(|part| match part.split_once('=') {
            Some((name, value)) => (strip(name).to_lowercase(), unquoted(strip(value))),
            None => (strip(part).to_owned(), String::new()),
        })
        .partition(|(name, _)| !name.ends_with('*'));
    let extended = extended.into_iter().map(|(name, value)| (name.trim_end_matches('*').to_owned(), decoded(&value)));
    // With a parameter the value ends before an equals sign.
    let value = if line.contains(';') { first.split('=').next().unwrap_or_default() } else { first };
    (strip(value).to_lowercase(), Parameters(named.into_iter().chain(extended).collect()))
}

/// Names and values, in order.
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// The parameter of this name, the last one.
    pub(crate) fn get(&self, wanted: &str) -> Option<&str> {
        self.0.iter().rev().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
    }
}

/// At the semicolons that stand outside of quotes.
fn split(line: &str) -> Vec<&str> {
    let (mut parts, mut start, mut quoted, mut before) = (Vec::new(), 0, false, ' ');
    for (at, c) in line.char_indices() {
        match c {
            '"' if before != '\\' => quoted = !quoted,
            ';' if !quoted => {
                parts.push(line.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
        before = c;
    }
    // Quotes that are never closed hold nothing together but the rest.
    parts.push(line.get(start..).unwrap_or_default());
    parts
}

fn unquoted(value: &str) -> String {
    let within = |open, close| value.strip_prefix(open).and_then(|rest: &str| rest.strip_suffix(close));
    match (within('"', '"'), within('<', '>')) {
        (Some(inner), _) => inner.replace("\\\\", "\\").replace("\\\"", "\""),
        (None, Some(inner)) => inner.to_owned(),
        (None, None) => value.to_owned(),
    }
}

/// `utf-8'en'%C3%BC` of RFC 2231.
fn decoded(value: &str) -> String {
    let bytes = super::form::percent_decoded(value.as_bytes());
    let mut words = bytes.splitn(3, |byte| *byte == b'\'');
    let (Some(charset), Some(_), Some(text)) = (words.next(), words.next(), words.next()) else {
        return Charset::Ascii.decode(&bytes);
    };
    let charset = Charset::named(std::str::from_utf8(charset).ok());
    charset.unwrap_or(Charset::Utf8).decode(text)
}

#[cfg(test)]
mod tests {
    use super::read;
    use proptest::prelude::*;

    #[test]
    fn parameters_are_read_as_python_reads_them() {
        let (value, parameters) = read("Multipart/Form-Data; Boundary=\"a;b\\\"c\" ; x; charset = utf-8; charset=<l1>");
        assert_eq!(value, "multipart/form-data");
        for (name, value) in [("boundary", Some("a;b\"c")), ("x", Some("")), ("charset", Some("l1")), ("y", None)] {
            assert_eq!(parameters.get(name), value, "{name}");
        }
        let (value, parameters) = read("form-data; name*=utf-8''%C3%BC; filename*=x");
        assert_eq!((&*value, parameters.get("name"), parameters.get("filename")), ("form-data", Some("ü"), Some("x")));
        assert_eq!(read(" A=B ").0, "a=b");
        assert_eq!(read("a=b;c").0, "a");
        assert_eq!(read("").0, "");
    }

    proptest! {
        #[test]
        fn any_line_is_answered(line in "([;=\"\\\\*'%<> ]|charset|utf-8|\\PC){0,30}") {
            let (value, parameters) = read(&line);
            prop_assert!(value.len() <= line.len() * 3);
            let _ = parameters.get("charset");
        }
    }
}
