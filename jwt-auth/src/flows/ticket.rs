//! Tickets: a way in for what cannot send headers.

use crate::auth::JwtAuth;
use crate::error::{AuthError, ClassError, TokenError};
use crate::secret::Secret;
use crate::store::TokenStore;
use crate::tokens::TokenClass;
use crate::verify::VerifiedToken;

impl<U: Send + Sync + 'static> JwtAuth<U> {
    /// A ticket made from a verified token, for a browser's `WebSocket` or `EventSource`, which cannot send headers.
    ///
    /// It is a token of its own type that says what the other one says, lives 30 seconds and opens a handler with the option
    /// `ticket` once. It opens nothing else.
    ///
    /// # Errors
    /// [`AuthError::NotAvailable`] without a signing key and for a token of a further issuer, [`AuthError::Misconfigured`] when `token_type_claim` or `jti_claim`
    /// is switched off.
    pub fn ticket_for(&self, token: &VerifiedToken) -> Result<Secret, AuthError> {
        if token.is_further() {
            // It would be a token of ours that says what another issuer says.
            return Err(AuthError::NotAvailable);
        }
        self.parts().issuer.as_ref().ok_or(AuthError::NotAvailable)?.ticket(token, self.now())
    }

    /// Checks a ticket as [`authenticate`](Self::authenticate) checks a token, and uses it up: of any number of calls with one
    /// ticket, on all nodes that share a store, one succeeds. Without a store that holds for this `JwtAuth` alone.
    ///
    /// # Errors
    /// [`AuthError::TokenNotValid`] for a bad or used ticket and for any other token, [`AuthError::NoUserInToken`] for one that names nobody; [`AuthError::Unavailable`] when the store
    /// cannot be asked; [`AuthError::RevocationStale`] when this node is out of touch and set to fail closed.
    pub async fn authenticate_ticket(&self, ticket: &str) -> Result<VerifiedToken, AuthError> {
        let (inner, now) = (self.parts(), self.now());
        let refuse = |error| AuthError::TokenNotValid(vec![ClassError::of(TokenClass::Ticket, error)]);
        let ticket = inner.verifier.verify(ticket, now).map_err(refuse)?;
        TokenClass::Ticket.check(&ticket, &inner.settings).map_err(refuse)?;
        self.check_names_somebody(&ticket)?;
        self.check_staleness(false)?;
        if self.is_revoked(&ticket).await? {
            return Err(refuse(TokenError::Revoked));
        }
        let id = ticket.jti().ok_or_else(|| refuse(TokenError::MissingId))?;
        let drop_after = self.remember_until(ticket.expires_at());
        if inner.spent.spend(id, drop_after, now).await? { Ok(ticket) } else { Err(refuse(TokenError::Blacklisted)) }
    }
}
