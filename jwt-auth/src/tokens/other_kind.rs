//! What an issuer writes for other purposes, under the same keys as its access tokens.

use crate::json;
use crate::verify::VerifiedToken;

/// Whether a token whose type no claim tells shows that it is no access token. An ID token whose client is the API's audience too, as small
/// applications have it, passes every other check.
pub(super) fn is_of_another_kind(token: &VerifiedToken) -> bool {
    let text = |name: &str| token.raw_claim(name).and_then(json::as_string).filter(|text| !text.is_empty());
    let says = |name: &str, words: &[&str]| {
        text(name).is_some_and(|text| words.iter().any(|word| json::same_text(text, word)))
    };
    // Keycloak's words, Cognito's, and our own.
    let is_called_otherwise = || {
        says("typ", &["ID", "Refresh", "Offline", "Logout"])
            || says("token_use", &["id"])
            || says("token_type", &["refresh", "ticket"])
    };
    // Of what came beside an ID token: OpenID Connect Core 3.1.3.6, 3.3.2.11.
    let is_bound = || ["at_hash", "c_hash", "s_hash"].into_iter().any(|name| text(name).is_some());
    // What a logout token tells: Back-Channel Logout 2.4, RFC 8417 2.2.
    let tells_events = || token.raw_claim("events").is_some_and(|events| events.starts_with('{'));
    // Core 2; but Keycloak before 25 and Azure AD B2C copy it into access tokens, which have a scope or say so.
    let answers_a_login = || {
        let is_list = |name: &str| token.raw_claim(name).is_some_and(|value| value.starts_with('['));
        let has_scope = || ["scope", "scp"].into_iter().any(|name| text(name).is_some() || is_list(name));
        text("nonce").is_some() && !says("typ", &["Bearer", "DPoP"]) && !has_scope()
    };
    is_called_otherwise() || is_bound() || tells_events() || answers_a_login()
}
