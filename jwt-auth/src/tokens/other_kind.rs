//! What an issuer writes for other purposes, under the same keys as its access tokens.

use crate::json;
use crate::verify::VerifiedToken;

/// Whether a token of another issuer shows that it is no access token. An ID token whose client is the API's audience too, as small applications
/// have it, passes every other check.
pub(super) fn is_of_another_kind(token: &VerifiedToken) -> bool {
    let says = |name: &str, word: &str| {
        let text = token.raw_claim(name).and_then(json::as_string);
        text.is_some_and(|text| json::same_text(text, word))
    };
    let has = |name: &str| token.raw_claim(name).is_some();
    // Keycloak's words, which are no types of RFC 7519, and Cognito's.
    let is_called_otherwise =
        || ["ID", "Refresh", "Offline", "Logout"].iter().any(|word| says("typ", word)) || says("token_use", "id");
    // Of what came beside an ID token (OpenID Connect Core 3.1.3.6, 3.3.2.11), and what a logout token tells (Back-Channel Logout 2.4, RFC 8417 2.2).
    let is_bound = || ["at_hash", "c_hash", "s_hash", "events"].into_iter().any(has);
    // Core 2. Until version 24 Keycloak copied it into access tokens, which it calls by their name.
    let answers_a_login = || has("nonce") && !says("typ", "Bearer");
    is_called_otherwise() || is_bound() || answers_a_login()
}
