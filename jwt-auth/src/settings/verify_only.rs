//! Settings of a service that issues nothing.

use super::Settings;
use crate::keys::Algorithm;
use crate::secret::Secret;
use crate::tokens::TokenClass;

impl Settings {
    /// For the tokens of another issuer, of which only the public key is known: nothing is issued, there are no sessions,
    /// and what only our own tokens carry is not asked for.
    ///
    /// Differs from [`new`](Self::new) in this: no signing key, `user_id_claim` is `sub`, `token_type_claim` and `jti_claim`
    /// are unset, `auth_token_classes` is [`TokenClass::Untyped`], `rotate_refresh_tokens` is off. Set `issuer` and
    /// `audience` too: a provider signs for many services with one key.
    pub fn verify_only(algorithm: Algorithm, public_key: impl Into<Secret>) -> Self {
        Self {
            algorithm,
            signing_key: None,
            verifying_key: Some(public_key.into()),
            user_id_claim: "sub".to_owned(),
            token_type_claim: None,
            jti_claim: None,
            auth_token_classes: vec![TokenClass::Untyped],
            rotate_refresh_tokens: false,
            ..Self::new("")
        }
    }
}
