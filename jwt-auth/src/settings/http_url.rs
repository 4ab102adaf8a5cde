//! As much of a URL as decides who is talked to (RFC 3986 3.2, RFC 9110 4.2).

use super::Settings;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An absolute `http` or `https` URL, with no user name in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HttpUrl<'a> {
    pub(crate) is_https: bool,
    /// A name, or an address as it stands there.
    pub(crate) host: &'a str,
    port: Option<u16>,
    /// From the first slash on.
    pub(crate) path: &'a str,
}

impl<'a> HttpUrl<'a> {
    /// `None` for everything that different readers could take for different things.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (is_https, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return None,
        };
        if !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
            return None;
        }
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (host, port) = match authority.rfind(':') {
            Some(colon) if !authority.ends_with(']') => {
                (&authority[..colon], Some(authority[colon + 1..].parse().ok()?))
            }
            _ => (authority, None),
        };
        let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
        let is_host = match host.strip_prefix('[') {
            Some(inner) => inner.strip_suffix(']').is_some_and(|inner| inner.parse::<Ipv6Addr>().is_ok()),
            // What ends in a number is an address to whoever connects (WHATWG URL 3.5): in the usual form, or not at all.
            None if ends_in_number(host) => host.parse::<Ipv4Addr>().is_ok(),
            None => !host.is_empty() && !host.ends_with('.') && is_name(host),
        };
        is_host.then_some(Self { is_https, host, port, path })
    }

    /// One that can name an issuer: without query and fragment (OpenID Connect Discovery 2, RFC 8414 2).
    pub(crate) fn of_issuer(text: &'a str) -> Option<Self> {
        Self::parse(text).filter(|url| !url.path.contains(['?', '#']))
    }

    /// The address, when it is one.
    pub(crate) fn address(&self) -> Option<IpAddr> {
        self.host.trim_matches(['[', ']']).parse().ok()
    }

    /// Whether both are served by the same one.
    pub(crate) fn is_of(&self, other: &Self) -> bool {
        let port = |url: &Self| url.port.unwrap_or(if url.is_https { 443 } else { 80 });
        self.is_https == other.is_https && self.host.eq_ignore_ascii_case(other.host) && port(self) == port(other)
    }

    /// Scheme, host and port, as they were written.
    pub(crate) fn origin(text: &'a str, url: &Self) -> &'a str {
        text.get(..text.len() - url.path.len()).unwrap_or_default()
    }
}

impl Settings {
    /// The setting `issuer`, where others find its keys by it.
    pub(crate) fn issuer_url(&self) -> Option<HttpUrl<'_>> {
        HttpUrl::of_issuer(self.issuer.as_deref()?).filter(|url| url.is_https)
    }
}

fn ends_in_number(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let last = host.rsplit('.').next().unwrap_or(host).to_ascii_lowercase();
    let is_hex = last.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    is_hex || (!last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::HttpUrl;

    #[test]
    fn who_is_talked_to_is_beyond_doubt() {
        let host = |text| HttpUrl::parse(text).map(|url| url.host);
        assert_eq!(host("https://a.example"), Some("a.example"));
        assert_eq!(host("https://a.example:8443/x?y#z"), Some("a.example"));
        assert_eq!(host("http://[::1]:80/"), Some("[::1]"));
        assert_eq!(host("http://127.0.0.1:80/"), Some("127.0.0.1"));
        assert_eq!(host("https://4.a.example/"), Some("4.a.example"));
        for text in [
            "",
            "a.example",
            "ftp://a.example",
            "HTTPS://a.example",
            "https://",
            "https:///x",
            "https://user@a.example",
            "https://a.example@b.example/",
            "https://a.example\\@b.example/",
            "https://a.example:port/",
            "https://a.example:99999/",
            "https://a.example:/",
            "https://a b.example/",
            "https://ä.example/",
            "https://[::1",
            "https://[a.example]/",
            "https://a.example\n/",
            "https://a.example./",
            "https://127.0.0.1./",
            "https://127.1/",
            "https://127.1:8443/",
            "https://2130706433/x",
            "https://0x7f000001/",
            "https://0xA9.254.169.254/",
            "https://a.0x1/",
            "https://a.0X/",
            "https://a.127/",
            "https://1.2.3.4.5/",
            "https://010.0.0.1/",
        ] {
            assert_eq!(host(text), None, "{text}");
        }
        let same =
            |one, other| HttpUrl::parse(one).zip(HttpUrl::parse(other)).is_some_and(|(one, other)| one.is_of(&other));
        assert!(same("https://a.example/x", "https://A.example:443"));
        assert!(!same("https://a.example", "http://a.example"));
        assert!(!same("https://a.example", "https://a.example:444"));
        assert!(!same("https://a.example", "https://b.example"));
    }
}
