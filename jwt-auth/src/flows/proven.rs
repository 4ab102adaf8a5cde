//! What a login checks once the user has proven who they are, before it hands out tokens.

use super::{Attempt, Login};
use crate::auth::JwtAuth;
use crate::auth::NO_USERS;
use crate::error::AuthError;
use crate::store::TokenStore;
use crate::tokens::TokenPair;
use crate::user::User;

/// A user whose identity is proven, as the user store has them after the proof.
pub(crate) struct Proven<U> {
    pub(crate) user: U,
    epoch: Option<u64>,
}

impl<U: User> JwtAuth<U> {
    /// Looks once more at a user who has proven who they are.
    ///
    /// While a password was being checked, or a second factor, the password may have been changed and the sessions ended. The
    /// epoch is read before the user: whatever happens after this is seen in one of the two.
    pub(crate) async fn confirm(&self, user: &U) -> Result<Proven<U>, AuthError> {
        let inner = self.parts();
        let users = inner.users.as_deref().ok_or(NO_USERS)?;
        let identity = user.identity();
        let epoch = self.epoch_of(&identity.id).await?;
        let same = |now: &U| {
            let now_is = now.identity();
            now_is.password_hash == identity.password_hash && now_is.is_active && now.may_log_in()
        };
        let user = users.find_by_id(&identity.id).await?.filter(same).ok_or(AuthError::NoActiveAccount)?;
        Ok(Proven { user, epoch })
    }

    /// The user's epoch, for [`open_session`](Self::open_session) to compare; to be read before the user.
    pub(super) async fn epoch_of(&self, user_id: &str) -> Result<Option<u64>, AuthError> {
        match &self.parts().store {
            Some(store) => Ok(Some(store.epoch(user_id).await?)),
            None => Ok(None),
        }
    }

    /// Hands out tokens.
    pub(crate) async fn log_in(
        &self,
        proven: &Proven<U>,
        attempt: &Attempt<U>,
        login: Login,
    ) -> Result<TokenPair, AuthError> {
        let now = self.now();
        let (user, name) = (&proven.user, attempt.name());
        let pair = self.open_session(user, user.identity().password_hash, login, now, proven.epoch, name).await?;
        self.note_login(&proven.user, now).await?;
        Ok(pair)
    }
}
