//! Paths that everybody reads alike. A mount answers 404 to all others (`Mounted::serves`).

use percent_encoding::percent_decode_str;

/// Whether a path means the same to a router, which compares it as it came, and to a service behind it, which may decode it, fold
/// slashes, resolve dots or cut parameters off.
///
/// Not so: an empty segment but the last, `.` and `..`; a slash, a backslash, a dot or a NUL that is encoded, a backslash; `;`.
pub(super) fn is_canonical(path: &str) -> bool {
    let Some(segments) = path.strip_prefix('/') else { return false };
    let mut rest = segments.split('/').peekable();
    while let Some(segment) = rest.next() {
        // A slash at the end is the usual other spelling of a path, and no path of its own.
        if segment.is_empty() && rest.peek().is_some() {
            return false;
        }
        if matches!(segment, "." | "..") || has_encoded_dot(segment) {
            return false;
        }
        if percent_decode_str(segment).any(|byte| matches!(byte, b'/' | b'\\' | b'\0' | b';')) {
            return false;
        }
    }
    true
}

fn has_encoded_dot(segment: &str) -> bool {
    segment.as_bytes().windows(3).any(|three| three.eq_ignore_ascii_case(b"%2e"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_reads_alike() {
        for path in
            ["/", "/a", "/a/", "/a/b.c", "/a/..b", "/a/%20b", "/%C3%A9", "/a%", "/a/%zz", "/a:b/@c", "/.well-known/x"]
        {
            assert!(is_canonical(path), "{path}");
        }
        for path in [
            "",
            "a",
            "*",
            "//",
            "//a",
            "/a//",
            "/a//b",
            "/.",
            "/a/.",
            "/a/./b",
            "/a/../b",
            "/..",
            "/a/%2e/b",
            "/a/%2E%2e/b",
            "/a/.%2e",
            "/a%2fb",
            "/a%2Fb",
            "/a%5Cb",
            "/a\\b",
            "/a%00",
            "/a;b",
            "/a%3bb",
            "/a/b%2etxt",
        ] {
            assert!(!is_canonical(path), "{path}");
        }
    }
}
