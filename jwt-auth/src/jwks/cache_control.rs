//! How long an answer is fresh (RFC 9111 5.2.2).

use std::time::Duration;

/// `max-age`, unless the answer is not to be kept at all: then nothing, and it is kept no longer than it has to be.
pub(super) fn max_age(cache_control: &str) -> Option<Duration> {
    let mut found = None;
    for directive in cache_control.split(',').map(str::trim) {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        if name.eq_ignore_ascii_case("no-store") || name.eq_ignore_ascii_case("no-cache") {
            return Some(Duration::ZERO);
        }
        if name.eq_ignore_ascii_case("max-age") && found.is_none() {
            let digits = value.trim_matches('"');
            let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            // A number that is too large is a very long time (RFC 9111 1.2.2).
            found = is_number.then(|| Duration::from_secs(digits.parse().unwrap_or(u64::from(u32::MAX))));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::max_age;

    #[test]
    fn ages_are_read_as_servers_write_them() {
        for (header, seconds) in [
            ("max-age=300", Some(300)),
            ("public, max-age=86400, stale-while-revalidate=60", Some(86_400)),
            ("Max-Age=\"15\"", Some(15)),
            ("max-age=99999999999999999999999999", Some(u64::from(u32::MAX))),
            ("no-store", Some(0)),
            ("no-cache, max-age=300", Some(0)),
            ("max-age=-1", None),
            ("max-age=", None),
            ("max-age", None),
            ("s-maxage=300", None),
            ("", None),
        ] {
            assert_eq!(max_age(header).map(|age| age.as_secs()), seconds, "{header}");
        }
    }
}
