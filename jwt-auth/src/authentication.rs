//! The one path from a raw token to a verified one, and from there to its user.

use crate::auth::JwtAuth;
use crate::error::{AuthError, ClassError, TokenError};
use crate::user::User;
use crate::verify::VerifiedToken;

impl<U: Send + Sync + 'static> JwtAuth<U> {
    /// Checks a token as a guarded route does: signature, times, class and revocation. Reads no store.
    ///
    /// # Errors
    /// [`AuthError::TokenNotValid`] with what each class of `auth_token_classes` said, or
    /// [`AuthError::RevocationStale`] when this node is out of touch and set to fail closed.
    pub fn authenticate(&self, token: &str) -> Result<VerifiedToken, AuthError> {
        let inner = self.parts();
        let classes = &inner.settings.auth_token_classes;
        let now = self.now();
        let token = inner
            .verifier
            .verify(token, now)
            .map_err(|error| AuthError::TokenNotValid(ClassError::for_each(classes, error)))?;
        let accepted = classes.iter().find(|class| class.check(&token, &inner.settings).is_ok());
        let Some(accepted) = accepted else {
            let refusals = classes.iter().filter_map(|class| {
                let error = class.check(&token, &inner.settings).err()?;
                Some(ClassError::of(*class, error))
            });
            return Err(AuthError::TokenNotValid(refusals.collect()));
        };
        self.check_staleness(false)?;
        if self.is_revoked(&token) {
            return Err(AuthError::TokenNotValid(vec![ClassError::of(*accepted, TokenError::Revoked)]));
        }
        Ok(token)
    }

    /// Whether a token of our own belongs to a session that was ended or to an epoch that has passed.
    pub(crate) fn is_revoked(&self, token: &VerifiedToken) -> bool {
        // Without a store there are none; with one, its sessions and users are those of the tokens accepted here.
        self.parts().revocations.is_revoked(token.session_id(), token.user_id(), token.epoch())
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
        let id = token.user_id().ok_or(AuthError::NoUserInToken)?;
        let user = users.find_by_id(id).await?.ok_or(AuthError::UserNotFound)?;
        if inner.settings.check_user_is_active && !user.identity().is_active {
            return Err(AuthError::UserInactive);
        }
        Ok(user)
    }
}

pub(crate) const NO_USERS: AuthError =
    AuthError::Misconfigured("loading a user needs a user store: call `.users(..)` on the builder");
