//! The one path from a raw token to a verified one, and from there to its user.

use super::issuers::TrustedIssuer;
use super::seen::Unseen;
use crate::auth::JwtAuth;
use crate::clock::Timestamp;
use crate::django::Ledger;
use crate::error::{AuthError, ClassError, TokenError};
use crate::user::{User, password_mark};
use crate::verify::{Occasion, VerifiedToken};

impl<U: Send + Sync + 'static> JwtAuth<U> {
    /// Checks a token as a guarded route does: signature, times, class and revocation. The signature of one that passed before is not checked
    /// again, but all that can change is. Reads no store, but once for a token that lives longer than any in use, and for classes that SimpleJWT's blacklist knows: sliding tokens and refresh tokens, where they open
    /// routes.
    ///
    /// # Errors
    /// [`AuthError::TokenNotValid`] with what each class of `auth_token_classes` said,
    /// [`AuthError::KeysUnavailable`] when it may be of an issuer whose keys cannot be fetched,
    /// [`AuthError::RevocationStale`] when this node is out of touch and set to fail closed, or
    /// [`AuthError::NoUserInToken`] for a token that names nobody, which opens nothing, whatever the rule; under `simple_jwt`
    /// [`AuthError::UserNotFound`] where it names `null` or the empty text.
    pub async fn authenticate(&self, text: &str) -> Result<VerifiedToken, AuthError> {
        let inner = self.parts();
        let now = self.now();
        let (issuer, token, unseen) = match self.seen_token(text.as_bytes(), || now) {
            Ok((issuer, token)) => (issuer, token, None),
            Err(unseen) => {
                let issuer = inner.issuers.of(text);
                let on = Occasion { now, ..Occasion::default() };
                let verified = issuer.verify(text, on).await;
                let (token, keys) =
                    verified.map_err(|unverified| unverified.for_classes(&issuer.settings.auth_token_classes))?;
                (issuer, token, Some((unseen, keys)))
            }
        };
        let (settings, classes) = (&*issuer.settings, &issuer.settings.auth_token_classes);
        let mut refusals = Vec::new();
        for class in classes {
            let objection = match Ledger::knows(*class) {
                true => inner.ledger.objection(&token, *class).await?,
                false => None,
            };
            let Err(error) = objection.map_or_else(|| class.check(&token, settings), Err) else {
                self.check_staleness(false)?;
                if self.is_revoked(&token).await? {
                    return Err(AuthError::TokenNotValid(vec![ClassError::of(*class, TokenError::Revoked)]));
                }
                self.check_names_somebody(&token)?;
                if let Some((unseen, keys)) = unseen {
                    inner.seen.keep(unseen, text, &token, || issuer.seen(&token, keys));
                }
                return Ok(token);
            };
            refusals.push(ClassError::of(*class, error));
        }
        Err(AuthError::TokenNotValid(refusals))
    }

    /// The token of this text, if it passed before and nobody has to be asked whether it still does: most requests bring such a one. `None` says
    /// nothing of a token; [`authenticate`](Self::authenticate) does.
    ///
    /// Class and user are of the text and the settings alone, so they were judged when it passed.
    pub(crate) fn authenticate_seen(&self, text: &[u8]) -> Option<VerifiedToken> {
        let (issuer, token) = self.seen_token(text, || self.now()).ok()?;
        let asks_ledger = issuer.settings.auth_token_classes.iter().any(|class| Ledger::knows(*class));
        let passes = !asks_ledger && self.check_staleness(false).is_ok() && self.revoked_here(&token) == Some(false);
        passes.then_some(token)
    }

    /// The token of this text, if it passed before, and its issuer. Where keys can no longer be had it is verified anew, which says so.
    fn seen_token(&self, text: &[u8], now: impl Fn() -> Timestamp) -> Result<(&TrustedIssuer, VerifiedToken), Unseen> {
        let inner = self.parts();
        let token = inner.seen.find(text, now)?;
        let issuer = inner.issuers.issuer_of(&token);
        if issuer.is_without_keys() { Err(inner.seen.unseen(text)) } else { Ok((issuer, token)) }
    }

    /// A token that names nobody is nobody's: no claim, `null` or an empty text; in the hardened profile whatever else is neither a text nor
    /// a number.
    pub(crate) fn check_names_somebody(&self, token: &VerifiedToken) -> Result<(), AuthError> {
        let settings = self.settings_of(token);
        settings.profile.policy().names_somebody(token, settings)
    }

    /// Whether the token was issued for the password that this is the claim of; always without `check_revoke_token`, and then the
    /// claim is not computed.
    pub(crate) fn is_of_password(&self, token: &VerifiedToken, ours: impl FnOnce() -> Option<String>) -> bool {
        let settings = self.settings();
        let theirs = || token.claim::<String>(&settings.revoke_token_claim);
        !settings.check_revoke_token
            || matches!(theirs(), Ok(Some(theirs)) if ours().is_some_and(|ours| ours == theirs))
    }
}

impl<U: User> JwtAuth<U> {
    /// The user of a verified token, found active.
    ///
    /// # Errors
    /// [`AuthError::NoUserInToken`], [`AuthError::UserNotFound`], [`AuthError::UserInactive`], or
    /// [`AuthError::Unavailable`] when the user store cannot be asked.
    pub async fn load_user(&self, token: &VerifiedToken) -> Result<U, AuthError> {
        let inner = self.parts();
        let users = inner.users.as_deref().ok_or(NO_USERS)?;
        if token.is_further() {
            return self.load_further_user(token).await;
        }
        let id = inner.settings.profile.policy().user_id(token, &inner.settings)?;
        let user = users.find_by_id(&id).await?.ok_or(AuthError::UserNotFound)?;
        if inner.settings.check_user_is_active && !user.identity().is_active {
            return Err(AuthError::UserInactive);
        }
        if !self.is_of_password(token, || password_mark(user.identity().password_hash)) {
            return Err(AuthError::PasswordChanged);
        }
        Ok(user)
    }

    /// The user of ours whom another issuer's token means, if the store knows one: never the one who happens to have the same id.
    async fn load_further_user(&self, token: &VerifiedToken) -> Result<U, AuthError> {
        let inner = self.parts();
        let users = inner.users.as_deref().ok_or(NO_USERS)?;
        let issuer = self.settings_of(token).issuer.as_deref().unwrap_or_default();
        let named = token.user_id().and_then(|name| name.strip_prefix(issuer)?.strip_prefix(' '));
        let id = named.ok_or(AuthError::NoUserInToken)?;
        let user = users.find_by_foreign_id(issuer, id).await?.ok_or(AuthError::UserNotFound)?;
        if inner.settings.check_user_is_active && !user.identity().is_active {
            return Err(AuthError::UserInactive);
        }
        Ok(user)
    }
}

pub(crate) const NO_USERS: AuthError =
    AuthError::Misconfigured("loading a user needs a user store: call `.users(..)` on the builder");
