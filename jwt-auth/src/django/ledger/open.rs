//! `for_user`: tokens for a user whose identity is proven.

use super::{Ledger, OutstandingToken, SimpleToken, lifetime};
use crate::auth::JwtAuth;
use crate::auth::NO_USERS;
use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::django::revocation_claim::revocation_claim;
use crate::error::AuthError;
use crate::secret::Secret;
use crate::store::TokenStore;
use crate::tokens::issuer::check_somebody;
use crate::tokens::{TokenClass, TokenPair};
use crate::user::User;

impl Ledger {
    /// A refresh token and the access token that is copied from it.
    pub(crate) async fn open<U: User>(
        &self,
        auth: &JwtAuth<U>,
        user: &U,
        own: &Claims,
        now: Timestamp,
    ) -> Result<TokenPair, AuthError> {
        let refresh = auth.token_for(user, TokenClass::Refresh, own, now).await?;
        let access = if self.copies {
            refresh.access_token(now)?.sign()?
        } else {
            auth.stateless_access(&user.identity().id, own, &auth.user_claims(user).await?, now)?
        };
        let refresh = auth.note_issued(&refresh, TokenClass::Refresh, user, now).await?;
        Ok(TokenPair { refresh, access })
    }
}

impl<U: User> JwtAuth<U> {
    /// A sliding token.
    pub(crate) async fn simple_sliding(&self, user: &U, own: &Claims, now: Timestamp) -> Result<Secret, AuthError> {
        let mut token = self.token_for(user, TokenClass::Sliding, own, now).await?;
        // Without it the token would count as older than any "log out everywhere", one before its login included.
        if let Some(store) = &self.parts().store {
            self.note_hand_out_of_no_session(store, now).await?;
            token.set("ep", store.epoch(&user.identity().id).await?)?;
        }
        self.note_issued(&token, TokenClass::Sliding, user, now).await
    }

    async fn token_for(
        &self,
        user: &U,
        class: TokenClass,
        own: &Claims,
        now: Timestamp,
    ) -> Result<SimpleToken<'_>, AuthError> {
        let users = self.parts().users.as_deref().ok_or(NO_USERS)?;
        let settings = self.settings();
        let identity = user.identity();
        check_somebody(&identity.id)?;
        let mut token = SimpleToken::new(self.issuer()?, class, now)?;
        token.set(&settings.user_id_claim, &identity.id)?;
        if settings.check_revoke_token {
            token.set(&settings.revoke_token_claim, revocation_claim(identity.password_hash))?;
        }
        let mut claims = own.clone();
        // What a refresh token says of the user is copied for as long as it is rotated. Only SimpleJWT puts it there.
        if self.parts().ledger.copies || class == TokenClass::Sliding {
            claims.extend(&users.facts(user).await?.claims);
        }
        token.extend(&identity.id, &claims)?;
        Ok(token)
    }

    async fn note_issued(
        &self,
        token: &SimpleToken<'_>,
        class: TokenClass,
        user: &U,
        now: Timestamp,
    ) -> Result<Secret, AuthError> {
        let signed = token.sign()?;
        if let (Some(blacklist), Some(jti)) = (&self.parts().ledger.blacklist, token.jti()) {
            let expires_at = now.after(lifetime(class, self.settings()));
            let outstanding = OutstandingToken {
                jti,
                user_id: Some(user.identity().id),
                token: signed.clone(),
                created_at: now,
                expires_at: Timestamp::from_seconds(expires_at.seconds()),
            };
            blacklist.outstand(&outstanding).await?;
        }
        Ok(signed)
    }
}
