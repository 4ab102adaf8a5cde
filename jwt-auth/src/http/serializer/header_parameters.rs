//! `text/plain; charset="utf-8"`: a header's value and its parameters, as Django reads them.

/// The value, in lower case, and its parameters, their names in lower case.
pub(super) fn read(line: &str) -> (String, Vec<(String, String)>) {
    let mut parts = split(line).into_iter();
    let value = parts.next().unwrap_or_default().trim().to_lowercase();
    let parameters = parts.filter_map(|part| {
        let (name, value) = part.split_once('=')?;
        Some((name.trim().to_lowercase(), unquoted(value.trim())))
    });
    (value, parameters.collect())
}

/// At the semicolons that stand outside of quotes.
fn split(line: &str) -> Vec<&str> {
    let (mut parts, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, c) in line.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                parts.push(line.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(line.get(start..).unwrap_or_default());
    parts
}

fn unquoted(value: &str) -> String {
    match value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => inner.replace("\\\\", "\\").replace("\\\"", "\""),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn quotes_hold_parameters_together() {
        let (value, parameters) = read("Multipart/Form-Data; Boundary=\"a;b\\\"c\" ; x; charset = utf-8");
        assert_eq!(value, "multipart/form-data");
        let expected = [("boundary", "a;b\"c"), ("charset", "utf-8")];
        assert_eq!(parameters, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(read(""), (String::new(), Vec::new()));
    }
}
