//! Which settings of cookies cannot stand, and which are not wise.

use super::{SameSite, Settings, StoreKind};
use crate::tokens::TokenClass;

/// How long a token may be that goes into a cookie, in bytes: browsers drop what has over 4096 with its name (RFC 6265bis 5.7), and then
/// nobody is logged in.
#[cfg(feature = "cookies")]
pub(crate) const LONGEST_IN_COOKIE: usize = 4096 - "__Host-refresh".len();

impl Settings {
    /// What is wrong with the settings of cookies: setting, reason, remedy.
    pub(super) fn faults_of_cookies(&self) -> Vec<(&'static str, String, &'static str)> {
        let mut faults = Vec::new();
        let mut fault = |name, reason: &str, remedy| faults.push((name, reason.to_owned(), remedy));
        if self.cookies && !cfg!(feature = "cookies") {
            fault("cookies", "it needs the feature `cookies`", "switch that feature of `jwt-auth` on, or leave it out");
        }
        let unused = !self.cookies;
        if unused && !self.cookie_secure {
            fault(
                "cookie_secure",
                "it is about cookies, and `cookies` is off",
                "leave it out, or set `cookies` to `true`",
            );
        }
        if unused && self.cookie_same_site != SameSite::default() {
            fault(
                "cookie_same_site",
                "it is about cookies, and `cookies` is off",
                "leave it out, or set `cookies` to `true`",
            );
        }
        if unused && !self.allowed_origins.is_empty() {
            fault(
                "allowed_origins",
                "it is about cookies, and `cookies` is off: CORS is the application's own layer",
                "leave it out, or set `cookies` to `true`",
            );
        }
        if unused {
            return faults;
        }
        if self.signing_key.is_none() {
            fault(
                "cookies",
                "there is no `signing_key`, so no tokens are issued that could stand in them",
                "leave it out",
            );
        } else if self.profile.rules().copies_claims || self.store != StoreKind::Native {
            fault(
                "cookies",
                "they need sessions of our own, and here tokens are kept one by one, as SimpleJWT does it",
                "take the profile `hardened` and the store `native`, or leave it out",
            );
        }
        if self.auth_token_classes.contains(&TokenClass::Sliding) {
            fault(
                "auth_token_classes",
                "sliding tokens, which open routes by it, are in no cookie: a page would have to keep them",
                "write `[\"AccessToken\"]`",
            );
        }
        if self.cookie_same_site == SameSite::None && !self.cookie_secure {
            fault(
                "cookie_same_site",
                "browsers refuse `SameSite=None` without `Secure`",
                "leave `cookie_secure` on, or write `lax`",
            );
        }
        if self.cookie_same_site == SameSite::None && self.allowed_origins.is_empty() {
            fault(
                "cookie_same_site",
                "`none` is for pages on other sites, and `allowed_origins` lists none of them",
                "list their origins, or write `lax`; a proxy that serves page and API under one host needs neither",
            );
        }
        for origin in &self.allowed_origins {
            if let Some((reason, remedy)) = fault_of_origin(origin, self.cookie_secure) {
                faults.push(("allowed_origins", format!("`{origin}` {reason}"), remedy));
            }
        }
        faults
    }
}

fn fault_of_origin(origin: &str, secure: bool) -> Option<(&'static str, &'static str)> {
    let like = "write scheme, host and port as browsers send them, such as `https://app.example.com`";
    if origin.contains('*') {
        return Some((
            "would let every page act for whoever is logged in",
            "list the origins of your own pages, one by one",
        ));
    }
    let Some((scheme, authority)) = origin.split_once("://") else { return Some(("is no origin", like)) };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !authority.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._[]:".contains(&byte);
    let is_scheme =
        !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_lowercase() || b"+-.".contains(&byte));
    let is_host = is_scheme && !host.is_empty() && host.bytes().all(is_plain);
    let is_port = |port: &str| port.parse::<u16>().is_ok_and(|number| number > 0 && number.to_string() == port);
    if !is_host || !port.is_none_or(is_port) {
        return Some((
            "is no origin: it has a path, a letter in upper case or something else that browsers do not send",
            like,
        ));
    }
    match (scheme, port) {
        ("https", Some("443")) | ("http", Some("80")) => {
            Some(("names the port that its scheme has anyway, and browsers leave it out", like))
        }
        ("https", _) => None,
        ("http", _) if !secure || is_loopback(host) => None,
        ("http", _) => {
            Some(("is not protected by TLS: whoever is on the way could act for your users", "write `https://`"))
        }
        // Applications on phones have such ones.
        _ => None,
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost") || host == "127.0.0.1" || host == "[::1]"
}
