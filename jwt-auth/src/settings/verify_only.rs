//! Settings of a service that issues nothing.

use super::Settings;
use crate::keys::Algorithm;
use crate::secret::Secret;

impl Settings {
    /// For the tokens of another issuer, of which only the public key is known: nothing is issued, there are no sessions,
    /// and what only our own tokens carry is not asked for.
    ///
    /// Differs from [`new`](Self::new) in this: no signing key, `user_id_claim` is `sub`, `token_type_claim` and `jti_claim`
    /// are unset, `rotate_refresh_tokens` is off. Set `issuer` and `audience` too: a provider signs for many services with one key.
    pub fn verify_only(algorithm: Algorithm, public_key: impl Into<Secret>) -> Self {
        Self {
            algorithm,
            signing_key: None,
            verifying_key: Some(public_key.into()),
            user_id_claim: "sub".to_owned(),
            token_type_claim: None,
            jti_claim: None,
            rotate_refresh_tokens: false,
            ..Self::new("")
        }
    }

    /// For the tokens of another issuer that publishes its keys, as Auth0, Keycloak, Entra and Cognito do: they are found by its name,
    /// fetched, and followed when they change.
    ///
    /// As [`verify_only`](Self::verify_only), with this `issuer`, letter by letter as its tokens have it in `iss`, and RS256, which all of
    /// those sign with unless they are told otherwise. Set `audience` too, and `jwk_url` for an issuer that publishes no document about itself.
    ///
    /// ```
    /// use jwt_auth::Settings;
    ///
    /// let settings = Settings {
    ///     audience: "https://api.example".into(),
    ///     ..Settings::of_issuer("https://tenant.eu.auth0.com/")
    /// };
    /// # let _ = settings;
    /// ```
    #[doc(alias = "from_oidc_issuer_location")]
    #[doc(alias = "Authority")]
    pub fn of_issuer(issuer: impl Into<String>) -> Self {
        Self { issuer: Some(issuer.into()), verifying_key: None, ..Self::verify_only(Algorithm::RS256, "") }
    }

    /// What fetched keys may sign with, the one that counts where a key says nothing first.
    pub(crate) fn fetched_algorithms(&self) -> Vec<Algorithm> {
        [&[self.algorithm], &self.jwk_algorithms[..]].concat()
    }

    /// Whether the keys are another issuer's, to be fetched.
    pub(crate) fn fetches_keys(&self) -> bool {
        let has_none = self.signing_key.is_none()
            && self.verifying_key.is_none()
            && self.key_ring.is_empty()
            && self.fallback_keys.is_empty();
        // A service that issues tokens has lost its key, and must not start as another one's resource server.
        let issues_nothing = !self.rotate_refresh_tokens && !self.algorithm.is_symmetric();
        let is_found = || self.issuer.as_deref().is_some_and(|issuer| issuer.contains("://"));
        self.jwk_url.is_some() || (has_none && issues_nothing && is_found())
    }
}
