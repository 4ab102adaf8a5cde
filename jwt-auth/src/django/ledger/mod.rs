//! The flows of SimpleJWT's own serializers, token by token: what the profile `simple_jwt` does without a session store,
//! and what its tables make possible.

mod blacklist;
mod claims;
mod end;
mod open;
mod outstanding_token;
mod refresh;
mod tables;

pub use blacklist::TokenBlacklist;
pub(crate) use claims::{SimpleToken, lifetime};
pub use outstanding_token::OutstandingToken;
pub(crate) use tables::Tables;

use crate::auth::JwtAuth;
use crate::clock::Timestamp;
use crate::django::named_user::NamedUser;
use crate::django::pyjwt;
use crate::error::{AuthError, StoreError, TokenError};
use crate::revocation::ClockCheck;
use crate::secret::Secret;
use crate::settings::{Profile, Settings};
use crate::tokens::TokenClass;
use crate::verify::VerifiedToken;
use blacklist::AnyTokenBlacklist;

/// Tokens noted and blacklisted one by one: in place of sessions, or beside them.
pub(crate) struct Ledger {
    blacklist: Option<AnyTokenBlacklist>,
    is_alone: bool,
    /// What an access token says is copied from its refresh token, and nobody is asked anew: SimpleJWT's way.
    copies: bool,
    /// A refresh asks whether the token's password is still the user's (`check_revoke_token`), and that of a sliding token whether its
    /// user is there and active: SimpleJWT's way from 6.0 on.
    pub(crate) asks_again: bool,
}

impl Ledger {
    pub(crate) fn new(tables: Tables, settings: &Settings, has_store: bool) -> Self {
        let copies = settings.profile.rules().copies_claims;
        Self {
            is_alone: !has_store && (tables.are_given() || copies),
            blacklist: tables.into_inner(),
            copies,
            asks_again: settings.profile == Profile::SimpleJwt6,
        }
    }

    /// Itself, when tokens stand for themselves, as in SimpleJWT, and not for a session.
    pub(crate) fn alone(&self) -> Option<&Self> {
        self.is_alone.then_some(self)
    }

    /// What it has against a token of this class: those that SimpleJWT can blacklist are looked up.
    pub(crate) async fn objection(
        &self,
        token: &VerifiedToken,
        class: TokenClass,
    ) -> Result<Option<TokenError>, StoreError> {
        let Some(blacklist) = self.blacklist.as_ref().filter(|_| Self::knows(class)) else { return Ok(None) };
        match token_id(token) {
            // What cannot be kept was never put there; a text that the database cannot even be asked about is a 500 there.
            Ok(jti) if jti.contains('\0') => Ok(Some(TokenError::BadClaim)),
            Ok(jti) if OutstandingToken::fits(jti) && blacklist.is_blacklisted(jti).await? => {
                Ok(Some(TokenError::Blacklisted))
            }
            Ok(_) => Ok(None),
            Err(error) => Ok(Some(error)),
        }
    }

    /// Whether such tokens can be blacklisted.
    pub(crate) const fn knows(class: TokenClass) -> bool {
        matches!(class, TokenClass::Refresh | TokenClass::Sliding)
    }

    /// Whether the tables answer, and where nothing follows a store, whether their time is ours.
    pub(crate) async fn health(&self, clock_check: &ClockCheck) -> Result<(), StoreError> {
        let Some(blacklist) = &self.blacklist else { return Ok(()) };
        blacklist.health().await?;
        if self.is_alone { clock_check.compare(blacklist.time()).await } else { Ok(()) }
    }
}

impl<U: Send + Sync + 'static> JwtAuth<U> {
    /// `RefreshToken(raw)` and its like: PyJWT's checks, then the blacklist, then `exp`, id and type.
    pub(crate) async fn simple_token(
        &self,
        raw: &str,
        class: TokenClass,
        now: Timestamp,
    ) -> Result<VerifiedToken, AuthError> {
        let inner = self.parts();
        let token = inner.verifier.verify(raw, now).map_err(AuthError::InvalidToken)?;
        if let Some(error) = inner.ledger.objection(&token, class).await? {
            return Err(AuthError::InvalidToken(error));
        }
        class.check(&token, &inner.settings).map_err(AuthError::InvalidToken)?;
        Ok(token)
    }

    /// The blacklist, when the settings ask refresh tokens to be spent by their use. SimpleJWT's verify view asks it only
    /// then; the hardened profile takes no token for good that is in it.
    fn spending(&self) -> Option<&AnyTokenBlacklist> {
        let inner = self.parts();
        let asks = inner.settings.blacklist_after_rotation || !inner.ledger.copies;
        inner.ledger.blacklist.as_ref().filter(|_| asks)
    }

    /// A verified token as the tables keep it.
    fn outstanding(&self, token: &VerifiedToken, raw: &str, now: Timestamp) -> Result<OutstandingToken, AuthError> {
        let user = NamedUser::of(token, self.settings());
        if matches!(user, NamedUser::Unreadable { .. }) || !self.can_be_written(token) {
            return Err(AuthError::InvalidToken(TokenError::BadClaim));
        }
        let jti = token_id(token).map_err(AuthError::InvalidToken)?;
        if !OutstandingToken::fits(jti) {
            return Err(AuthError::InvalidToken(TokenError::BadClaim));
        }
        Ok(OutstandingToken {
            jti: jti.to_owned(),
            user_id: user.id(),
            token: self.written_anew(token, raw)?,
            created_at: now,
            expires_at: token.raw_claim("exp").and_then(pyjwt::moment).unwrap_or_else(|| token.expires_at()),
        })
    }

    /// SimpleJWT writes a token down as it would issue it, whatever header and spelling it came with.
    fn written_anew(&self, token: &VerifiedToken, raw: &str) -> Result<Secret, AuthError> {
        match self.issuer() {
            Ok(issuer) => SimpleToken::of(issuer, token.claims()).written(),
            // Who only verifies keeps what came.
            Err(_) => Ok(Secret::new(raw)),
        }
    }

    /// PyJWT writes no issuer but a text, and SimpleJWT writes every claim anew.
    pub(crate) fn can_be_written(&self, token: &VerifiedToken) -> bool {
        self.settings().issuer.is_some() || token.raw_claim("iss").is_none_or(|raw| raw.starts_with('"'))
    }
}

/// The id that the tables know a token by.
fn token_id(token: &VerifiedToken) -> Result<&str, TokenError> {
    // A number as id passes PyJWT under another name than `jti`; no SimpleJWT wrote it.
    token.jti().ok_or(TokenError::MissingId)
}
