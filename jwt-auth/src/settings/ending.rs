//! Which settings end what was issued, when they are changed.

use super::Settings;

impl Settings {
    /// The settings that end what was issued under another value of them, with what ends: on purpose, as nothing else can be meant by
    /// changing them. `jwt-auth check` says them. What becomes of the rest stands in docs/settings.md.
    pub fn changes_that_end_sessions() -> &'static [(&'static str, &'static str)] {
        ENDING
    }
}

const ENDING: &[(&str, &str)] = &[
    ("algorithm", "what the old one signed is refused, unless the old key is in `fallback_keys`"),
    ("signing_key", "what the old one signed is refused, unless it is in `fallback_keys`"),
    ("fallback_keys", "what a key signed that is dropped is refused"),
    ("audience", "access tokens of before are refused; sessions go on"),
    ("issuer", "access tokens of before are refused; sessions go on"),
    ("user_id_field", "tokens name users by the old field"),
    ("user_id_claim", "tokens name their user in the old claim"),
    ("auth_token_classes", "tokens of a class that is dropped open no routes; sessions go on"),
    ("token_type_claim", "tokens say their type in the old claim"),
    ("jti_claim", "tokens have their id in the old claim"),
    ("namespace", "sessions of the old one are not seen; access tokens open routes to their end"),
    ("check_revoke_token", "switched on: tokens of before have no digest of the password"),
    ("revoke_token_claim", "tokens have the digest in the old claim"),
];
