//! The three cookies: what they are called, how they are read, and how they are set.

use crate::settings::{SameSite, Settings};
use ::http::HeaderMap;
use ::http::header::{COOKIE, HeaderValue, InvalidHeaderValue};
use std::time::Duration;

/// A cookie of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// The access token. Sent along when somebody follows a link from elsewhere, so that they arrive logged in.
    Access,
    /// The refresh token. Never sent along from elsewhere.
    Refresh,
    /// What a page has to repeat in the header `X-CSRF-Token`; the one that scripts can read.
    Csrf,
    /// That its user has logged in here before. It opens nothing, and a logout leaves it.
    Device,
}

/// What a request says of a cookie.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum CookieText<'a> {
    /// It is not there.
    Absent,
    /// This.
    One(&'a str),
    /// It is there twice, or is no text. A browser keeps one cookie of such a name, so somebody else had a hand in it.
    Unreadable,
}

impl Cookie {
    /// Those that belong to a session.
    pub(crate) const OF_A_SESSION: [Self; 3] = [Self::Access, Self::Refresh, Self::Csrf];

    /// With the prefix `__Host-` browsers take it from this host alone, over TLS, for all paths (RFC 6265bis 4.1.3.2): no neighbour
    /// under the same domain can put one in its place.
    pub(crate) fn name(self, settings: &Settings) -> &'static str {
        match (self, settings.cookie_secure) {
            (Self::Access, true) => "__Host-access",
            (Self::Refresh, true) => "__Host-refresh",
            (Self::Csrf, true) => "__Host-csrf",
            (Self::Device, true) => "__Host-device",
            (Self::Access, false) => "access",
            (Self::Refresh, false) => "refresh",
            (Self::Csrf, false) => "csrf",
            (Self::Device, false) => "device",
        }
    }

    /// What the request says. HTTP/2 may send one header for each cookie (RFC 9113 8.2.3).
    pub(crate) fn read<'a>(self, headers: &'a HeaderMap, settings: &Settings) -> CookieText<'a> {
        let name = self.name(settings).as_bytes();
        let pairs =
            headers.get_all(COOKIE).into_iter().flat_map(|header| header.as_bytes().split(|byte| *byte == b';'));
        let mut values = pairs.filter_map(|pair| pair.trim_ascii().strip_prefix(name)?.strip_prefix(b"="));
        match (values.next().map(std::str::from_utf8), values.next()) {
            (None, _) => CookieText::Absent,
            (Some(Ok(value)), None) => CookieText::One(value),
            _ => CookieText::Unreadable,
        }
    }

    /// `Set-Cookie` with this value, for so long.
    pub(super) fn set(
        self,
        value: &str,
        life: Duration,
        settings: &Settings,
    ) -> Result<HeaderValue, InvalidHeaderValue> {
        let name = self.name(settings);
        let (http_only, secure) = match self {
            Self::Csrf => ("", settings.cookie_secure),
            Self::Access | Self::Refresh | Self::Device => ("; HttpOnly", settings.cookie_secure),
        };
        let secure = if secure { "; Secure" } else { "" };
        let same_site = match (self, settings.cookie_same_site) {
            // Other sites' pages keep a jar of their own for us, else every browser but one would drop it.
            (_, SameSite::None) => "None; Partitioned",
            (Self::Access, SameSite::Lax) => "Lax",
            _ => "Strict",
        };
        let life = life.as_secs();
        let mut header = HeaderValue::try_from(format!(
            "{name}={value}; Path=/; Max-Age={life}{http_only}{secure}; SameSite={same_site}"
        ))?;
        header.set_sensitive(true);
        Ok(header)
    }
}
