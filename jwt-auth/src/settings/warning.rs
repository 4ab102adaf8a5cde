//! Settings that work and are not wise.

use super::duration::{hours, seconds};
use super::{ReusePolicy, SameSite, Settings, StoreKind, known_secret};
use crate::secret::Secret;
use crate::tokens::TokenClass;
use std::fmt;

/// A setting that works and weakens what tokens prove. `jwt-auth check` lists them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsWarning {
    /// The setting: `leeway`.
    pub name: &'static str,
    /// What it costs.
    pub reason: &'static str,
    /// What to write instead.
    pub remedy: &'static str,
}

impl Settings {
    /// What works and weakens what tokens prove; empty when there is nothing to say.
    pub fn insecure(&self) -> Vec<SettingsWarning> {
        let issues = self.signing_key.is_some();
        let rules = self.profile.rules();
        let takes_others = self.auth_token_classes.iter().any(|class| *class != TokenClass::Access);
        // A refresh token of a session in our own store is known by its row, whatever its `aud` and `iss`.
        let keeps_sessions =
            self.rotate_refresh_tokens && self.store == StoreKind::Native && self.profile.rules().safe_rotation;
        let weak = [
            (
                self.access_token_lifetime > hours(1),
                "access_token_lifetime",
                "a stolen access token is good for more than an hour",
                "write `15m` or less, and let clients refresh",
            ),
            (
                // Only `simple_jwt` lets such a key pass.
                self.algorithm.is_symmetric()
                    && self
                        .signing_key
                        .as_ref()
                        .is_some_and(|key| key.expose().len() < self.algorithm.shortest_secret()),
                "signing_key",
                "it is shorter than its hash, so whoever has a token may find it (RFC 7518, 3.2)",
                "set a random one such as `openssl rand -base64 64` makes, in Django too",
            ),
            (
                // The hardened profile does not start with one.
                self.algorithm.is_symmetric() && self.signing_key.as_ref().is_some_and(is_known),
                "signing_key",
                "everybody knows it: it stands on public pages, or is a word over and over",
                "set a random one such as `openssl rand -base64 64` makes, in Django too",
            ),
            (
                self.fallback_keys.iter().any(is_known),
                "fallback_keys",
                "everybody knows one of them: it stands on public pages, or is a word over and over",
                "remove it as soon as the tokens signed with it may end",
            ),
            (
                self.algorithm.is_symmetric()
                    && self.signing_key.as_ref().is_some_and(|key| {
                        key.expose().len() >= self.algorithm.shortest_secret()
                            && looks_like_words(key.expose())
                            && !is_known(key)
                    }),
                "signing_key",
                "it looks like words, and whoever has a token can try words at home",
                "set a random one such as `openssl rand -base64 64` makes",
            ),
            (
                issues && !self.rotate_refresh_tokens,
                "rotate_refresh_tokens",
                "the theft of a refresh token is never seen, and without a store none can be revoked",
                "switch it on and give the builder a store",
            ),
            (
                self.audience.is_empty(),
                "audience",
                match rules.any_audience {
                    true => "tokens that were made for another service with the same key are accepted",
                    false => {
                        "tokens that name an audience are refused, as they are for somebody else, and those that name none are accepted, whichever service they were made for"
                    }
                },
                match (issues, keeps_sessions) {
                    (false, _) => "name this service; tokens that do not name it are refused from then on",
                    (true, true) => {
                        "name this service; access tokens of before are refused from then on, which their clients mend by a refresh: sessions go on"
                    }
                    (true, false) => {
                        "name this service; all tokens of before are refused from then on, refresh tokens too, and users log in again"
                    }
                },
            ),
            (
                self.issuer.is_none(),
                "issuer",
                "tokens of any issuer with this key are accepted",
                match (issues, keeps_sessions) {
                    (false, _) => "name the issuer; tokens of others are refused from then on",
                    (true, true) => {
                        "name the issuer; access tokens of before are refused from then on, which their clients mend by a refresh: sessions go on"
                    }
                    (true, false) => {
                        "name the issuer; all tokens of before are refused from then on, refresh tokens too, and users log in again"
                    }
                },
            ),
            (
                !self.namespace.is_empty() && self.audience.is_empty() && self.issuer.is_none(),
                "namespace",
                "it keeps rows apart and not tokens: access tokens of other services with the same key open routes here, whatever their namespace",
                "give each service a key of its own, or its name as `audience`",
            ),
            (
                self.jwk_allow_http && self.fetches_keys(),
                "jwk_allow_http",
                "keys may come without TLS, and whoever can change that answer can sign as the issuer",
                "fetch them by `https`, with `jwk_ca_file` where the authority is your own",
            ),
            (
                self.leeway > seconds(60),
                "leeway",
                "tokens are accepted more than a minute after their end",
                "write `60s` or less",
            ),
            (
                self.token_type_claim.is_none() && (issues || !rules.tells_kinds || takes_others),
                "token_type_claim",
                "refresh tokens are accepted as access tokens",
                "write `token_type`, or accept only tokens of an issuer that makes one kind",
            ),
            (
                self.token_type_claim.is_some() && takes_others,
                "auth_token_classes",
                "tokens other than access tokens, which live longer, open guarded routes",
                "write `[\"AccessToken\"]`",
            ),
            (
                issues && self.jti_claim.is_none(),
                "jti_claim",
                "tokens have no id of their own by which a log or a blacklist could name them",
                "write `jti`",
            ),
            (
                !self.check_user_is_active,
                "check_user_is_active",
                "users who were switched off go on logging in and refreshing",
                "switch it on",
            ),
            (
                self.rotate_refresh_tokens
                    && self.store == StoreKind::Native
                    && self.refresh_reuse_policy == ReusePolicy::Recover
                    && self.refresh_reuse_grace.is_zero(),
                "refresh_reuse_grace",
                "two tabs that refresh at once leave one of them with an orphan, and lose the session when it comes back",
                "write `2m`, or set `refresh_reuse_policy` to `revoke` for clients that never send two at once",
            ),
            (
                // SimpleJWT's tables know no sessions whose life could end.
                self.rotate_refresh_tokens && self.session_lifetime.is_none() && self.store == StoreKind::Native,
                "session_lifetime",
                "a session that is refreshed in time never ends",
                "write `30d`, or how long a login may last with you",
            ),
            (
                self.revocation_sync_interval > seconds(60),
                "revocation_sync_interval",
                "other nodes go on accepting access tokens for more than a minute after a logout",
                "write `2s`: a node asks with one small query",
            ),
            (
                issues && !self.login_throttle,
                "login_throttle",
                "whoever guesses passwords is not made to wait",
                "switch it on, unless something before this service counts failed logins by name and by address",
            ),
            (
                self.hashes_are_fast(),
                "password_hashers",
                "new password hashes are in `pbkdf2_sha1`, which is fast to try with graphics cards",
                "write another format before it, `argon2id` say; logins then renew the hashes of before",
            ),
            (
                self.cookies && !self.cookie_secure,
                "cookie_secure",
                "tokens travel in clear, and any other service on this host can put its own cookies in their place",
                "leave it out where anybody but you is served: it is for development on this machine",
            ),
            (
                self.cookie_same_site == SameSite::None,
                "cookie_same_site",
                "pages of other sites send the cookies, so all that is left against forgery is `allowed_origins` and the CSRF token",
                "serve page and API under one host or one site, and write `lax`",
            ),
        ];
        let warning =
            |(weak, name, reason, remedy): (bool, _, _, _)| weak.then_some(SettingsWarning { name, reason, remedy });
        let exposed = self.__more.exposed.iter().map(|name| SettingsWarning {
            name,
            reason: "everybody on this machine can read the key's file",
            remedy: "run `chmod o-r` on it, or `chmod 600`; where it is mounted, set the mode there (`defaultMode: 0440`)",
        });
        weak.into_iter().filter_map(warning).chain(exposed).collect()
    }

    #[cfg(feature = "password")]
    fn hashes_are_fast(&self) -> bool {
        self.password_hashers.first() == Some(&crate::password::HashFormat::Pbkdf2Sha1)
    }

    #[cfg(not(feature = "password"))]
    const fn hashes_are_fast(&self) -> bool {
        false
    }
}

impl fmt::Display for SettingsWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, reason, remedy } = self;
        write!(f, "`{name}`: {reason}; {remedy}")
    }
}

fn is_known(key: &Secret) -> bool {
    known_secret(key.expose().as_bytes()).is_some()
}

/// Of 32 random letters in base64 or hexadecimal digits, one text in two hundred has no digit, and none has so few different letters.
fn looks_like_words(secret: &str) -> bool {
    let mut letters: Vec<u8> = secret.bytes().collect();
    letters.sort_unstable();
    letters.dedup();
    letters.len() < 10 || !secret.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::looks_like_words;

    #[test]
    fn random_secrets_are_told_from_words() {
        for words in [
            "passwordpasswordpasswordpassword",
            "a secret of at least thirty-two bytes",
            "change-me-change-me-change-me-now",
            "1111111111111111111111111111111111",
        ] {
            assert!(looks_like_words(words), "{words}");
        }
        for random in [
            "RQUGtEJ3jgmHO4bVXS5xWPyGWFQkTGzFhw9yS1eSN1g",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        ] {
            assert!(!looks_like_words(random), "{random}");
        }
    }
}
