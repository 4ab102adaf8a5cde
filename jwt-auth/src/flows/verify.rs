//! Is this token good?

use super::standing::Standing;
use super::{Client, Deed};
use crate::auth::JwtAuth;
use crate::error::{AuthError, EndReason, TokenError};
use crate::settings::Settings;
use crate::store::{Decision, Ending, Presentation, Revoked, TokenStore};
use crate::tokens::TokenClass;
use crate::verify::{Occasion, VerifiedToken};

impl<U: Send + Sync + 'static> JwtAuth<U> {
    /// Checks a token, and hands out and moves nothing.
    ///
    /// It is an access token (one of `auth_token_classes`) or a refresh token; under `simple_jwt` of any type, as there. An ID token of the same
    /// key is neither, and whoever asks here for somebody else would let it in (RFC 8725 3.12).
    ///
    /// An access token must not be revoked. A refresh token is good unless a [`refresh`](Self::refresh) with it would be refused
    /// for good, 401; a conflict is not. Where a refresh would find that it was stolen, the session ends here too: could
    /// a thief ask for nothing, the token before the present one would tell of every move of the owner.
    ///
    /// Who asks is not known here; whether the session was stolen is judged as if it were the client that made the last move. A view knows:
    /// [`verify_for`](Self::verify_for).
    ///
    /// # Errors
    /// [`AuthError::InvalidToken`], or [`AuthError::Unavailable`] when a store cannot be asked.
    pub async fn verify(&self, token: &str) -> Result<(), AuthError> {
        self.verify_by(token, None).await
    }

    /// [`verify`](Self::verify) for this client: what its refresh would be answered.
    ///
    /// # Errors
    /// As `verify`.
    pub async fn verify_for(&self, token: &str, client: &Client) -> Result<(), AuthError> {
        self.verify_by(token, Some(client)).await
    }

    async fn verify_by(&self, token: &str, client: Option<&Client>) -> Result<(), AuthError> {
        let inner = self.parts();
        if let Some(ledger) = inner.ledger.alone() {
            return ledger.verify(self, token).await;
        }
        let now = self.now();
        let on = Occasion { now, by_row: inner.store.is_some(), ..Occasion::default() };
        let (token, _) = inner.issuers.first.verify(token, on).await?;
        check_type(&token, &inner.settings).map_err(AuthError::InvalidToken)?;
        self.check_staleness(false)?;
        let is_refresh =
            TokenClass::Refresh.check(&token, &inner.settings).is_ok() && inner.settings.token_type_claim.is_some();
        let Some(store) = inner.store.as_ref().filter(|_| is_refresh) else {
            inner.verifier.check_addressed(&token).map_err(AuthError::InvalidToken)?;
            let is_revoked = self.is_revoked(&token).await?;
            return if is_revoked { Err(AuthError::InvalidToken(TokenError::Revoked)) } else { Ok(()) };
        };
        // Of a refresh token the row says all there is to say: a session that was kept when the others were ended goes on, though the
        // token be of the epoch before.
        self.check_addressed(store, &token).await?;
        let over = Err(AuthError::InvalidToken(TokenError::Blacklisted));
        let located = self.locate(&token)?;
        let user = match self.current_standing(&token).await {
            // No reason to log in anew: a refresh would be answered 500, and is good when what the user says is.
            Err(AuthError::NotIssued(_)) => Ok(Standing::default()),
            user => user?,
        };
        let adopted = self.adopt(store, &token, located, user.as_ref().ok(), now).await?;
        let located = self.settle(store, adopted, now).await?;
        let Some(session) = store.find(located.sid).await? else { return over };
        let presentation = self.presentation(&located, client.unwrap_or(&Client::default()), None, now);
        let is_welcome = match &user {
            Ok(user) => self.is_of_their_password(&session, user).await?,
            Err(_) => false,
        };
        let presentation = match client {
            Some(_) if presentation.client.is_some() => presentation,
            // Nobody is taken for a thief because we do not know them.
            _ => Presentation { client: session.moved_by, ..presentation },
        };
        match presentation.decide(&session) {
            Decision::Rotate | Decision::Replay | Decision::Recover | Decision::Conflict if is_welcome => Ok(()),
            Decision::Theft => {
                let ending = Ending { reason: EndReason::TokenReused, now, drop_after: presentation.drop_after };
                let client = client.cloned().unwrap_or_default();
                let store = self.audited(store, Deed::new("token.reuse_detected", &client));
                if store.end(located.sid, ending).await? {
                    self.tell_theft(&session, located.generation, client);
                    inner.revocations.revoke(Revoked::Session(session.sid), presentation.drop_after);
                }
                over
            }
            Decision::Ended(EndReason::Unknown) => {
                presentation.raise_alarm(&session);
                over
            }
            _ => over,
        }
    }
}

/// That it opens something here.
fn check_type(token: &VerifiedToken, settings: &Settings) -> Result<(), TokenError> {
    TokenClass::Untyped.check(token, settings)?;
    let is_of = |class: &TokenClass| class.check(token, settings).is_ok();
    if settings.profile.rules().verifies_any_type || settings.auth_token_classes.iter().any(is_of) {
        return Ok(());
    }
    TokenClass::Refresh.check(token, settings)
}
