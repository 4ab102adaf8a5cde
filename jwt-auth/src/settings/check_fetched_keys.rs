//! What cannot stand where keys are fetched.

use super::duration::{hours, seconds};
use super::{HttpUrl, Settings};
use std::net::IpAddr;

impl Settings {
    /// Setting, reason, remedy.
    pub(super) fn faults_of_fetched_keys(&self) -> Vec<(&'static str, String, String)> {
        let mut faults = Vec::new();
        let mut add = |name, reason: &str, remedy: &str| faults.push((name, reason.to_owned(), remedy.to_owned()));
        if self.jwk_url.is_some() {
            let keys = [
                ("signing_key", self.signing_key.is_some()),
                ("verifying_key", self.verifying_key.is_some()),
                ("key_ring", !self.key_ring.is_empty()),
                ("fallback_keys", !self.fallback_keys.is_empty()),
            ];
            for (name, _) in keys.into_iter().filter(|(_, is_set)| *is_set) {
                add(
                    "jwk_url",
                    &format!("`{name}` is set beside it, and a token has to be of one or the other"),
                    "remove one of them; another issuer beside this service's own tokens is one for `Builder::trust`",
                );
            }
            if self.algorithm.is_symmetric() {
                add(
                    "jwk_url",
                    &format!("{} signs with a secret, and who publishes secrets has none", self.algorithm),
                    "set `algorithm` to the issuer's, `RS256` mostly",
                );
            }
        }
        if self.fetches_keys() {
            let (name, url) = match (&self.jwk_url, &self.issuer) {
                (Some(url), _) => ("jwk_url", url),
                (None, Some(issuer)) => ("issuer", issuer),
                (None, None) => return faults,
            };
            match HttpUrl::parse(url) {
                None => add(
                    name,
                    "keys are to be fetched from there, and it is no URL of the web, or has a user name or a host in it that not everybody reads alike",
                    "write one such as `https://issuer.example/.well-known/jwks.json`",
                ),
                Some(url) if !self.may_fetch(&url) => add(
                    name,
                    "keys would be fetched without TLS, and whoever can change the answer can sign as the issuer",
                    "write `https`, or set `jwk_allow_http` where nobody else is on the way",
                ),
                Some(_) => {}
            }
        }
        if !self.jwk_algorithms.is_empty() && !self.fetches_keys() {
            add(
                "jwk_algorithms",
                "it is about keys that are fetched, and there are others",
                "remove it; keys of other algorithms go into `fallback_keys`",
            );
        }
        if let Some(algorithm) = self.jwk_algorithms.iter().find(|algorithm| algorithm.is_symmetric()) {
            add(
                "jwk_algorithms",
                &format!("{algorithm} signs with a secret, and who publishes secrets has none"),
                "leave it out: fetched keys are public ones",
            );
        }
        if self.jwk_ca_file.as_ref().is_some_and(|path| path.as_os_str().is_empty()) {
            add("jwk_ca_file", "it is empty", "name a file with certificates, or leave it out");
        }
        if !(seconds(60)..=hours(1)).contains(&self.jwk_cache_ttl) {
            add("jwk_cache_ttl", "it is not from 1 minute to 1 hour", "write `10m`");
        }
        if !(seconds(1)..=hours(1)).contains(&self.jwk_cooldown) {
            add("jwk_cooldown", "it is not from 1 second to 1 hour", "write `30s`");
        }
        faults
    }

    /// Whether keys may come from there: with TLS, or from this machine, or by `jwk_allow_http`.
    pub(crate) fn may_fetch(&self, url: &HttpUrl<'_>) -> bool {
        let is_here = || match url.address() {
            Some(IpAddr::V4(address)) => address.is_loopback(),
            Some(IpAddr::V6(address)) => address.is_loopback(),
            None => url.host.eq_ignore_ascii_case("localhost"),
        };
        url.is_https || self.jwk_allow_http || is_here()
    }
}
