//! Tickets: what an access token says, to be shown once in a URL.

use super::TokenClass;
use super::issuer::{Issuer, random_id};
use crate::clock::Timestamp;
use crate::error::AuthError;
use crate::secret::Secret;
use crate::settings::Settings;
use crate::verify::VerifiedToken;
use std::time::Duration;

/// A client opens the stream right after it got the ticket; what lies in a log later must be of no use.
const LIFETIME: Duration = Duration::from_secs(30);

/// When the token ends that the ticket was made from, as `refresh_exp` in SimpleJWT's sliding tokens.
const ACCESS_EXP: &str = "access_exp";

impl Issuer {
    /// A ticket made from a token: the same claims in the same order, but for type, times and id.
    pub(crate) fn ticket(&self, token: &VerifiedToken, now: Timestamp) -> Result<Secret, AuthError> {
        let Settings { token_type_claim: Some(type_claim), jti_claim: Some(id_claim), .. } = self.settings() else {
            // Without a type it would be an access token, without an id it could be used twice.
            return Err(AuthError::Misconfigured("tickets need the settings `token_type_claim` and `jti_claim`"));
        };
        const UNWRITABLE: AuthError = AuthError::Misconfigured("a registered claim could not be written as JSON");
        let ends_at = access_end(token, self.settings());
        let mut claims = token.claims();
        claims.remove("nbf");
        let exp = now.after(LIFETIME).min(ends_at).seconds();
        claims.insert(type_claim, TokenClass::Ticket.token_type()).map_err(|_| UNWRITABLE)?;
        claims.insert("exp", exp).map_err(|_| UNWRITABLE)?;
        // Its age is told by epoch and proof, or else by the `iat` that it was made with: what revokes the token must find the ticket as old.
        if token.epoch().is_some() && token.auth_time().is_some() {
            claims.insert("iat", now.seconds()).map_err(|_| UNWRITABLE)?;
        }
        claims.insert(id_claim, random_id()?).map_err(|_| UNWRITABLE)?;
        claims.insert(ACCESS_EXP, ends_at.seconds()).map_err(|_| UNWRITABLE)?;
        self.sign(&claims)
    }
}

/// When the access ends that a token gives: its own end, and of a ticket that of the token it was made from.
pub(crate) fn access_end(token: &VerifiedToken, settings: &Settings) -> Timestamp {
    if TokenClass::Ticket.check(token, settings).is_ok()
        && let Ok(Some(seconds)) = token.claim(ACCESS_EXP)
    {
        return Timestamp::from_seconds(seconds);
    }
    token.expires_at()
}
