//! Where a request comes from, as browsers say it.

use crate::settings::{SameSite, Settings};
use ::http::HeaderMap;
use ::http::header::{HOST, HeaderName, HeaderValue, ORIGIN, REFERER};
use ::http::request::Parts;
use axum::extract::OriginalUri;

/// Where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Provenance {
    /// A page of this origin, or of one in `allowed_origins`; or the user, by the address bar.
    Known,
    /// Another site's page.
    Strange,
    /// It does not say: no browser, or a very old one.
    Unsaid,
}

/// Fetch Metadata first (W3C), which no page can write; where it is absent the `Origin`, then the `Referer`.
pub(super) fn provenance(parts: &Parts, settings: &Settings) -> Provenance {
    let (headers, listed) = (&parts.headers, |origin: &str| is_listed(origin, settings));
    let (site, origin) = (only(headers, SEC_FETCH_SITE), only(headers, ORIGIN));
    let known = match (site, origin) {
        (Only::Odd, _) | (_, Only::Odd) => false,
        (Only::One("same-origin"), _) => true,
        // Typed in, or a bookmark: nobody's page.
        (Only::One("none"), Only::Absent) => true,
        (Only::One("same-site"), Only::One(origin)) => listed(origin),
        // Only then do browsers send cookies along at all.
        (Only::One("cross-site"), Only::One(origin)) => settings.cookie_same_site == SameSite::None && listed(origin),
        (Only::One(_), _) => false,
        (Only::Absent, Only::One(origin)) => listed(origin) || is_own(origin, parts, settings),
        (Only::Absent, Only::Absent) => match only(headers, REFERER) {
            Only::Absent => return Provenance::Unsaid,
            Only::Odd => false,
            Only::One(page) => origin_of(page).is_some_and(|origin| listed(origin) || is_own(origin, parts, settings)),
        },
    };
    if known { Provenance::Known } else { Provenance::Strange }
}

/// Whether a browser sent this: no page can leave all of these headers out of a `POST`.
pub(super) fn is_of_browser(headers: &HeaderMap) -> bool {
    [ORIGIN, SEC_FETCH_SITE, REFERER].iter().any(|name| headers.contains_key(name))
}

/// A header that may be there once.
enum Only<'a> {
    Absent,
    One(&'a str),
    Odd,
}

fn only(headers: &HeaderMap, name: HeaderName) -> Only<'_> {
    let mut values = headers.get_all(name).into_iter().map(HeaderValue::to_str);
    match (values.next(), values.next()) {
        (None, _) => Only::Absent,
        (Some(Ok(value)), None) => Only::One(value),
        _ => Only::Odd,
    }
}

fn is_listed(origin: &str, settings: &Settings) -> bool {
    settings.allowed_origins.iter().any(|allowed| allowed == origin)
}

/// Whether it is the origin that this request was sent to. What is in front ends TLS, so the scheme is what it has to be.
fn is_own(origin: &str, parts: &Parts, settings: &Settings) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let port = match scheme {
        "https" => ":443",
        "http" if !settings.cookie_secure || is_loopback(authority) => ":80",
        _ => return false,
    };
    let whole = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(whole)| whole);
    let host = match only(&parts.headers, HOST) {
        Only::One(host) => Some(host),
        // HTTP/2 says it in the request line.
        Only::Absent => whole.authority().map(|authority| authority.as_str()),
        Only::Odd => None,
    };
    let bare = |text: &str| text.strip_suffix(port).unwrap_or(text).to_ascii_lowercase();
    host.is_some_and(|host| !host.is_empty() && bare(host) == bare(authority))
}

/// Browsers treat it as they treat TLS.
fn is_loopback(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    host == "localhost" || host.ends_with(".localhost") || host == "127.0.0.1" || host == "[::1]"
}

/// The origin of a page's address.
fn origin_of(page: &str) -> Option<&str> {
    let (scheme, rest) = page.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    // `https://ours@theirs`: nobody's browser writes it.
    if authority.contains('@') { None } else { page.get(..scheme.len() + 3 + authority.len()) }
}

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

#[cfg(test)]
mod tests {
    use super::Provenance::{Known, Strange, Unsaid};
    use super::*;
    use ::http::Request;

    fn of(headers: &[(&str, &str)]) -> Provenance {
        of_with(&settings(), headers)
    }

    fn settings() -> Settings {
        Settings { allowed_origins: vec!["https://app.example.test".to_owned()], ..Settings::new("a key") }
    }

    fn of_with(settings: &Settings, headers: &[(&str, &str)]) -> Provenance {
        let mut request = Request::post("/").body(()).expect("a request");
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
            request.headers_mut().append(name, value.parse().expect("a value"));
        }
        provenance(&request.into_parts().0, settings)
    }

    #[test]
    fn fetch_metadata_speaks_first() {
        let (ours, theirs) = (("origin", "https://api.example.test"), ("origin", "https://evil.test"));
        let host = ("host", "api.example.test");
        assert_eq!(of(&[("sec-fetch-site", "same-origin"), theirs]), Known, "a proxy changed the host");
        assert_eq!(of(&[("sec-fetch-site", "none")]), Known);
        assert_eq!(of(&[("sec-fetch-site", "none"), theirs]), Strange);
        assert_eq!(of(&[("sec-fetch-site", "same-site"), ours, host]), Strange, "not listed");
        assert_eq!(of(&[("sec-fetch-site", "same-site"), ("origin", "https://app.example.test")]), Known);
        assert_eq!(of(&[("sec-fetch-site", "same-site")]), Strange);
        assert_eq!(of(&[("sec-fetch-site", "cross-site"), ("origin", "https://app.example.test")]), Strange);
        assert_eq!(of(&[("sec-fetch-site", "cross-site"), ours, host]), Strange);
        for odd in ["", "same-origin,none", "Same-Origin", "unknown"] {
            assert_eq!(of(&[("sec-fetch-site", odd), ours, host]), Strange, "{odd}");
        }
        assert_eq!(of(&[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "same-origin")]), Strange);
        let open = Settings { cookie_same_site: SameSite::None, ..settings() };
        assert_eq!(of_with(&open, &[("sec-fetch-site", "cross-site"), ("origin", "https://app.example.test")]), Known);
        assert_eq!(of_with(&open, &[("sec-fetch-site", "cross-site"), theirs]), Strange);
    }

    #[test]
    fn then_the_origin_then_the_referer() {
        let host = ("host", "api.example.test");
        for (origin, is) in [
            ("https://api.example.test", Known),
            ("https://API.example.test:443", Known),
            ("https://app.example.test", Known),
            ("http://api.example.test", Strange),
            ("https://api.example.test:8443", Strange),
            ("https://api.example.test.evil.test", Strange),
            ("https://evil.test", Strange),
            ("https://app.example.test/", Strange),
            ("null", Strange),
            ("", Strange),
        ] {
            assert_eq!(of(&[host, ("origin", origin)]), is, "{origin}");
        }
        assert_eq!(of(&[("host", "localhost:8000"), ("origin", "http://localhost:8000")]), Known);
        assert_eq!(of(&[("host", "localhost.evil.test"), ("origin", "http://localhost.evil.test")]), Strange);
        assert_eq!(of(&[("host", "a:1"), ("host", "b:1"), ("origin", "https://a:1")]), Strange);
        assert_eq!(of(&[("origin", "https://api.example.test")]), Strange, "to no host");
        assert_eq!(of(&[host, ("referer", "https://api.example.test/page?https://evil.test")]), Known);
        assert_eq!(of(&[host, ("referer", "https://api.example.test")]), Known);
        for page in
            ["https://evil.test/?https://api.example.test/", "https://api.example.test@evil.test/", "about:blank", ""]
        {
            assert_eq!(of(&[host, ("referer", page)]), Strange, "{page}");
        }
        assert_eq!(of(&[host]), Unsaid);
    }
}
