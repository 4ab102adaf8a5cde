//! Which values and combinations cannot stand.

use super::duration::{days, minutes, seconds};
use super::names::header_name;
use super::{Network, Settings, SettingsFault};
use crate::tokens::TokenClass;
use std::time::Duration;

impl Settings {
    /// Every fault of values and combinations; none means that these settings can be used, given keys that load.
    pub(crate) fn check(&self) -> Vec<SettingsFault> {
        let mut faults = Faults(Vec::new());
        for (name, remedy) in crate::django::without_deed(self) {
            faults.add(name, "it needs the feature `django`", remedy);
        }
        self.check_lifetimes(&mut faults);
        self.check_keys(&mut faults);
        for (name, reason, remedy) in self.faults_of_fetched_keys() {
            faults.add(name, reason, remedy);
        }
        self.check_transport(&mut faults);
        self.check_claims(&mut faults);
        self.check_sessions(&mut faults);
        for (name, reason, remedy) in self.faults_of_cookies() {
            faults.add(name, reason, remedy);
        }
        faults.0
    }

    fn check_lifetimes(&self, faults: &mut Faults) {
        let Self { access_token_lifetime: access, refresh_token_lifetime: refresh, leeway, .. } = *self;
        if !self.profile.rules().bounded_times {
            // Whatever SimpleJWT would run with, as far as times can be told.
            for (name, time) in
                [("access_token_lifetime", access), ("refresh_token_lifetime", refresh), ("leeway", leeway)]
            {
                if time > LONGEST {
                    faults.add(name, "it is over 100 years", "write a shorter time, such as `30d`");
                }
            }
            return;
        }
        for (name, lifetime) in [("access_token_lifetime", access), ("refresh_token_lifetime", refresh)] {
            if lifetime < seconds(1) {
                faults.add(
                    name,
                    "tokens would be over when issued: times in tokens are whole seconds",
                    "write at least `1s`",
                );
            } else if lifetime > LONGEST {
                faults.add(name, "it is over 100 years", "write a shorter time, such as `30d`");
            }
        }
        if refresh < access {
            faults.add(
                "refresh_token_lifetime",
                "it is shorter than `access_token_lifetime`, so there would be nothing to refresh with",
                "make it the longer one",
            );
        }
        if leeway > minutes(5) {
            faults.add(
                "leeway",
                "it is over 5 minutes, which keeps expired tokens alive",
                "write at most `5m`, and set the clocks",
            );
        }
    }

    fn check_keys(&self, faults: &mut Faults) {
        let Self { algorithm, signing_key, verifying_key, key_id, .. } = self;
        if signing_key.is_none() && algorithm.is_symmetric() {
            faults.add(
                "signing_key",
                format!("it is missing, and {algorithm} signs and verifies with it"),
                "set it, or `signing_key_file`, to a random secret such as `openssl rand -base64 64` makes",
            );
        } else if signing_key.is_none() && verifying_key.is_none() && !self.fetches_keys() {
            faults.add(
                "signing_key",
                format!("it is missing, and so is `verifying_key`; {algorithm} needs one of them"),
                "set it, or `signing_key_file`, to the private key as PEM; `verifying_key` to the public key of another issuer; or, to follow that one's published keys, `issuer` to its URL and `rotate_refresh_tokens` to false, as nothing is issued",
            );
        }
        if verifying_key.is_some() && algorithm.is_symmetric() {
            faults.add(
                "verifying_key",
                format!("{algorithm} verifies with `signing_key`, so this key would not be used"),
                "remove it, or set `algorithm` to the one of the key; older secrets go to `fallback_keys`",
            );
        }
        if signing_key.is_none() && !self.key_ring.is_empty() {
            faults.add(
                "key_ring",
                "it is there without a `signing_key`, which signs while none of its keys does",
                "set `signing_key` to one of its keys, and `algorithm` to that one's",
            );
        }
        if let Some(kid) = key_id
            && !(1..=256).contains(&kid.len())
        {
            faults.add("key_id", "a `kid` has 1 to 256 bytes", "write a short name, such as `2026-01`");
        }
        if key_id.as_ref().is_some_and(|kid| !kid.bytes().all(|byte| matches!(byte, b' '..=b'~'))) {
            faults.add("key_id", "it has characters outside printable ASCII", "write letters, digits and `-`");
        }
    }

    fn check_transport(&self, faults: &mut Faults) {
        let Self { auth_header_types, auth_header_name, max_token_bytes, token_cache_bytes, issuer, audience, .. } =
            self;
        if issuer.as_ref().is_some_and(String::is_empty) {
            faults.add("issuer", "it is empty", "write the issuer's URL, or leave it out");
        }
        if audience.iter().any(String::is_empty) {
            faults.add("audience", "it has an empty item", "write the name of this service, or leave it out");
        }
        if !(512..=65_536).contains(max_token_bytes) {
            faults.add(
                "max_token_bytes",
                "it is not from 512 to 65536",
                "write `8192`, or as much as your claims need",
            );
        }
        if *token_cache_bytes > 1 << 30 {
            faults.add("token_cache_bytes", "it is over 1 GiB", "write `4194304`, or `0` for none");
        }
        if self.max_token_lifetime.is_some() && self.signing_key.is_some() {
            faults.add(
                "max_token_lifetime",
                "it bounds the tokens of other issuers, and those of `signing_key` live as long as they were issued for",
                "remove it",
            );
        } else if let Some(longest) = self.max_token_lifetime {
            let remedy = "write how long one may live, such as `1h`, or `null`";
            if longest < seconds(1) {
                faults.add("max_token_lifetime", "no token lives so shortly", remedy);
            } else if longest > LONGEST {
                faults.add("max_token_lifetime", "it is over 100 years", remedy);
            }
        }
        if self.trusted_proxies.iter().any(Network::is_everything) {
            faults.add(
                "trusted_proxies",
                "it trusts every address, so each client could name itself",
                "write the addresses that your proxies connect from",
            );
        }
        if auth_header_types.is_empty() {
            faults.add("auth_header_types", "it is empty, so no header could carry a token", "write `[\"Bearer\"]`");
        }
        if !auth_header_types.iter().all(|scheme| is_token(scheme)) {
            faults.add(
                "auth_header_types",
                "a scheme is one word (RFC 9110, 11.1)",
                "write one such as `Bearer`, or a list such as `[\"Bearer\", \"JWT\"]`",
            );
        }
        if !is_token(auth_header_name) {
            faults.add(
                "auth_header_name",
                "it is no header name (RFC 9110, 5.1)",
                "write `Authorization` or `X-Access-Token`",
            );
        } else if auth_header_name.starts_with("HTTP_") {
            let name = header_name(auth_header_name);
            faults.add("auth_header_name", "it is a name of WSGI, which no request carries", format!("write `{name}`"));
        }
    }

    fn check_claims(&self, faults: &mut Faults) {
        let is_identifier =
            |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        for (setting, name) in [
            ("user_id_field", &self.user_id_field),
            ("user_table", &self.user_table),
            ("username_field", &self.username_field),
        ] {
            if !is_identifier(name) {
                faults.add(setting, "it is no name of a table or column", "write letters, digits and underscores");
            }
        }
        #[cfg(feature = "password")]
        if self.password_hashers.is_empty() {
            faults.add("password_hashers", "it is empty, so no password could be stored", "write `[\"argon2id\"]`");
        }
        #[cfg(feature = "password")]
        for format in &self.password_hashers {
            if let Some(feature) = format.missing_feature() {
                let remedy = "switch that feature of `jwt-auth` on, or remove it";
                faults.add("password_hashers", format!("`{format}` needs the feature `{feature}`"), remedy);
            }
        }
        if self.auth_token_classes.is_empty() {
            faults.add("auth_token_classes", "it is empty, so no token would be accepted", "write `[\"AccessToken\"]`");
        }
        if self.auth_token_classes.contains(&TokenClass::Ticket) {
            faults.add(
                "auth_token_classes",
                "tickets open only the handlers that say so, and once",
                "remove `TicketToken`, and write `#[protected(ticket)]` on those handlers",
            );
        }
        let claims = self.claim_names();
        if [&self.sliding_token_lifetime, &self.sliding_token_refresh_lifetime].into_iter().any(|time| *time > LONGEST)
        {
            faults.add("sliding_token_lifetime", "it is over 100 years", "write a shorter time, such as `30d`");
        }
        // Of another issuer: it may be the claim of the user as well.
        if self.audience_claim.is_empty() {
            faults.add("audience_claim", "a claim needs a name", "leave it out to have its default");
        } else if self.audience_claim != "aud" && RESERVED.contains(&self.audience_claim.as_str()) {
            let reason = format!("the claim `{}` has a meaning of its own", self.audience_claim);
            faults.add("audience_claim", reason, "write another name");
        } else if self.audience_claim != "aud" && self.signing_key.is_some() {
            faults.add(
                "audience_claim",
                "it is for tokens of other issuers, and those of `signing_key` name whom they are for in `aud`",
                "remove it",
            );
        }
        for (at, (setting, claim)) in claims.iter().enumerate() {
            if claim.is_empty() {
                faults.add(setting, "a claim needs a name", "leave it out to have its default");
            } else if RESERVED.contains(claim) {
                faults.add(setting, format!("the claim `{claim}` has a meaning of its own"), "write another name");
            } else if let Some((other, _)) = claims.iter().take(at).find(|(_, earlier)| earlier == claim) {
                faults.add(setting, format!("`{other}` is the same claim, `{claim}`"), "write another name");
            }
        }
    }

    /// The settings that name a claim, with the claim.
    fn claim_names(&self) -> Vec<(&'static str, &str)> {
        let named = [
            ("user_id_claim", Some(&self.user_id_claim)),
            ("token_type_claim", self.token_type_claim.as_ref()),
            ("jti_claim", self.jti_claim.as_ref()),
            ("permissions_claim", Some(&self.permissions_claim)),
            ("scope_claim", Some(&self.scope_claim)),
            ("roles_claim", Some(&self.roles_claim)),
            // Taken without the feature `django` as well: a claim's name must not become a fault because a feature is switched on.
            ("sliding_token_refresh_exp_claim", Some(&self.sliding_token_refresh_exp_claim)),
            ("revoke_token_claim", Some(&self.revoke_token_claim)),
        ];
        named.into_iter().filter_map(|(setting, claim)| Some((setting, claim?.as_str()))).collect()
    }

    fn check_sessions(&self, faults: &mut Faults) {
        if self.rotate_refresh_tokens && !self.blacklist_after_rotation && self.profile.rules().safe_rotation {
            faults.add(
                "blacklist_after_rotation",
                "it is off while `rotate_refresh_tokens` is on, so a stolen refresh token would live on beside its successor",
                "leave it on, or switch `rotate_refresh_tokens` off too",
            );
        }
        if self.refresh_reuse_grace > minutes(5) {
            faults.add(
                "refresh_reuse_grace",
                "it is over 5 minutes, which is that long for a thief as well",
                "write at most `5m`; `2m` covers lost and late answers",
            );
        }
        if self.refresh_recovery_window > LONGEST {
            faults.add("refresh_recovery_window", "it is over 100 years", "write a shorter time, such as `7d`");
        }
        if self.audit_table.is_some_and(|keep| keep < days(1)) {
            faults.add(
                "audit_table",
                "rows of less than a day tell nobody anything",
                "write `true` for 90 days, or `false`",
            );
        }
        match self.session_lifetime {
            // Without rotation there are no sessions whose life could end.
            Some(life)
                if self.rotate_refresh_tokens
                    && self.profile.rules().bounded_times
                    && life < self.refresh_token_lifetime =>
            {
                faults.add(
                    "session_lifetime",
                    "it is shorter than `refresh_token_lifetime`, so refresh tokens would promise more than they keep",
                    "make it the longer one, or `null` for no end",
                )
            }
            Some(life) if life > LONGEST => {
                faults.add("session_lifetime", "it is over 100 years", "write `null` for no end");
            }
            _ => {}
        }
        let may_stand = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if self.namespace.len() > 64 || !self.namespace.bytes().all(may_stand) {
            faults.add(
                "namespace",
                "it is a name of at most 64 letters, digits, `-`, `_` and `.`",
                "write one such as `shop`, or leave it out",
            );
        }
        if self.max_sessions_per_user == Some(0) {
            faults.add(
                "max_sessions_per_user",
                "with 0 nobody could log in",
                "write at least 1, or `null` for any number",
            );
        }
        if self.revocation_sync_interval.is_zero() {
            faults.add("revocation_sync_interval", "it is 0, which would ask the store without a pause", "write `2s`");
        }
        if self.revocation_max_staleness < self.revocation_sync_interval {
            faults.add(
                "revocation_max_staleness",
                "it is shorter than `revocation_sync_interval`, so every node would be stale between two looks",
                "make it several times that interval",
            );
        }
    }
}

/// The longest time that a setting may say: 100 years. Beyond it, times no longer fit where clients keep them.
const LONGEST: Duration = days(36_525);

/// Claims that this crate writes or judges by itself (RFC 7519 4.1, and those of sessions).
const RESERVED: [&str; 12] =
    ["exp", "iat", "nbf", "iss", "aud", "sid", "gen", "ep", "auth_time", "amr", "acr", "auth_gen"];

struct Faults(Vec<SettingsFault>);

impl Faults {
    fn add(&mut self, name: &str, reason: impl Into<String>, remedy: impl Into<String>) {
        let (name, origin) = (name.to_owned(), "code".to_owned());
        self.0.push(SettingsFault { name, origin, reason: reason.into(), remedy: remedy.into() });
    }
}

/// Whether the text is a `token` of RFC 9110, 5.6.2.
fn is_token(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(allowed)
}
