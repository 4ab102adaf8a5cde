//! Handing out tokens to a user whose identity is proven.

use super::{Client, Deed, NameMark};
use crate::auth::{JwtAuth, NO_USERS};
use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::error::{AuthError, EndReason};
use crate::permissions::claim_path;
use crate::secret::Secret;
use crate::settings::PermissionsSource;
use crate::store::{Ending, NewSession, Session, SessionId, SessionLimit, TokenStore};
use crate::tokens::{Stamp, TokenClass, TokenPair};
use crate::user::{User, UserFacts, password_mark};

/// What a login adds to its tokens.
#[derive(Clone, Debug, Default)]
pub struct Login {
    /// Claims that stay with the login and are copied into every token of it: a tenant, a device, granted scopes.
    ///
    /// Claims that this crate sets fail the login ([`AuthError::NotIssued`]). The user's own rights are left out: permissions,
    /// `is_staff` and `is_superuser` are what the user store says at each refresh.
    pub claims: Claims,
    /// The device.
    pub client: Client,
    /// How the user has proven who they are: authentication methods by their names of RFC 8176 (`pwd`, `otp`). The
    /// claim `amr` of every token of the session. A login by `JwtAuth::obtain` says `pwd`.
    pub amr: Vec<String>,
    /// How strongly: the authentication context class that was reached (`mfa`), for `#[protected(acr = "mfa")]`. The claim
    /// `acr` of every token of the session.
    pub acr: Option<String>,
}

/// The name of the method in RFC 8176.
pub(crate) const PASSWORD: &str = "pwd";

impl<U: User> JwtAuth<U> {
    /// A token pair for a user, as SimpleJWT's `RefreshToken.for_user`: the caller has proven who it is.
    ///
    /// With a store this opens a session; without one the tokens are stateless and live until they expire. With
    /// `update_last_login` the user store is told.
    ///
    /// # Errors
    /// [`AuthError::UserInactive`] for a user who is switched off, in hand or in the store, [`AuthError::NoActiveAccount`] for one who
    /// [may not log in](User::may_log_in) or whose sessions were ended this very moment, [`AuthError::Unavailable`] when a store is,
    /// [`AuthError::NotIssued`] when this service would refuse the tokens itself.
    pub async fn for_user(&self, user: &U, login: Login) -> Result<TokenPair, AuthError> {
        let client = login.client.clone();
        let outcome = self.tokens_for(user, login).await;
        self.tell_login(outcome.as_ref().map(|pair| &pair.refresh), "", client);
        outcome
    }

    async fn tokens_for(&self, user: &U, login: Login) -> Result<TokenPair, AuthError> {
        let now = self.now();
        let users = self.parts().users.as_deref().ok_or(NO_USERS)?;
        let user_id = user.identity().id;
        let epoch = self.epoch_of(&user_id).await?;
        // Who holds a user while a second factor is awaited, or has just set a password, has the one of before.
        let stored = users.find_by_id(&user_id).await?;
        for known in std::iter::once(user).chain(&stored) {
            if self.settings().check_user_is_active && !known.identity().is_active {
                return Err(AuthError::UserInactive);
            }
            if !known.may_log_in() {
                return Err(AuthError::NoActiveAccount);
            }
        }
        let password_hash = stored.as_ref().unwrap_or(user).identity().password_hash;
        let pair = self.open_session(user, password_hash, login, now, epoch, None).await?;
        self.note_login(user, now).await?;
        Ok(pair)
    }

    pub(crate) async fn note_login(&self, user: &U, now: Timestamp) -> Result<(), AuthError> {
        let inner = self.parts();
        if let Some(users) = inner.users.as_ref().filter(|_| inner.settings.update_last_login) {
            users.record_login(user, now).await?;
        }
        Ok(())
    }

    /// `password_hash`: the one that is stored now. `name`: that of the login, where one was typed. `epoch`: the user's epoch when the proof of identity began. A session that was born after it had moved on (a
    /// changed password, a switched off user) is ended at once.
    pub(crate) async fn open_session(
        &self,
        user: &U,
        password_hash: &str,
        mut login: Login,
        now: Timestamp,
        epoch: Option<u64>,
        name: Option<NameMark>,
    ) -> Result<TokenPair, AuthError> {
        let inner = self.parts();
        if login.client.ip.is_none() {
            inner.hints.login_without_an_address();
        }
        let rights = [inner.settings.permissions_claim.as_str(), "is_staff", "is_superuser"];
        login.claims.retain(|name| !rights.iter().any(|right| claim_path::leads_to(name, right)));
        let issuer = self.issuer()?;
        if inner.store.is_some() || !inner.settings.profile.rules().copies_claims {
            issuer.check_given(&user.identity().id, &login.claims)?;
        }
        if inner.settings.check_revoke_token
            && let Some(mark) = password_mark(password_hash)
        {
            login.claims.insert(&inner.settings.revoke_token_claim, mark)?;
        }
        if let Some(ledger) = inner.ledger.alone() {
            return ledger.open(self, user, &login.claims, now).await;
        }
        let user_id = user.identity().id;
        let user_claims = self.user_claims(user).await?;
        let Some(store) = &inner.store else {
            let stamp = Stamp { issued_at: now, expires_at: now.after(inner.settings.refresh_token_lifetime) };
            return Ok(TokenPair {
                refresh: issuer.stateless(TokenClass::Refresh, &user_id, &login.claims, stamp)?,
                access: self.stateless_access(&user_id, &login.claims, &user_claims, now)?,
            });
        };
        let expires_at = self.session_end(now);
        let sid = SessionId::random()?;
        self.note_login_mark(sid, name, &login.client, &mut login.claims)?;
        let recorded = if inner.settings.record_client { login.client } else { Client::default() };
        let limit = inner.settings.max_sessions_per_user;
        let limit = limit.map(|max| SessionLimit { max, drop_after: self.drop_after(now) });
        let idle_expires_at = now.after(inner.settings.refresh_token_lifetime).min(expires_at);
        self.watched(password_hash).mark(sid, &mut login.claims)?;
        let new = NewSession {
            sid,
            user_id,
            created_at: now,
            idle_expires_at,
            expires_at,
            auth_time: now,
            amr: login.amr,
            acr: login.acr,
            claims: login.claims,
            ip: recorded.ip.clone(),
            user_agent: recorded.user_agent.clone(),
            // As long as the last access token of it may open something, it can be ended.
            keep_until: idle_expires_at.after(self.drop_after(now).since(now)),
        };
        // Before another session makes room for one that nobody gets.
        issuer.rehearse(&new.clone().into_session(epoch.unwrap_or_default()), &user_claims, now)?;
        let deed = Deed::new("login.succeeded", &recorded);
        let session = self.audited(store, deed).create(new, limit).await?;
        if epoch.is_some_and(|epoch| epoch != session.epoch) {
            let ending = Ending { reason: EndReason::SessionRevoked, now, drop_after: self.drop_after(now) };
            let deed = Deed::revoked_because("ended_meanwhile");
            self.audited(store, deed).end(session.sid, ending).await?;
            return Err(AuthError::NoActiveAccount);
        }
        issuer.pair(&session, &user_claims, now)
    }
}

impl<U: Send + Sync + 'static> JwtAuth<U> {
    /// A single access token that belongs to no session: for a service, a test, a tool.
    ///
    /// It cannot be revoked; it ends `access_token_lifetime` from now.
    ///
    /// # Errors
    /// [`AuthError::Misconfigured`] without a signing key, [`AuthError::NotIssued`] for claims that this crate sets itself, and for a
    /// token that this service would refuse.
    pub fn access_token_for(&self, user_id: &str, claims: &Claims) -> Result<Secret, AuthError> {
        self.issuer()?.check_own(user_id, claims)?;
        self.stateless_access(user_id, claims, &Claims::new(), self.now())
    }

    /// As [`access_token_for`](Self::access_token_for), a refresh token that belongs to no session. With a store it becomes
    /// one on first use.
    ///
    /// # Errors
    /// As [`access_token_for`](Self::access_token_for).
    pub fn refresh_token_for(&self, user_id: &str, claims: &Claims) -> Result<Secret, AuthError> {
        let now = self.now();
        let stamp = Stamp { issued_at: now, expires_at: now.after(self.settings().refresh_token_lifetime) };
        self.issuer()?.check_own(user_id, claims)?;
        self.issuer()?.stateless(TokenClass::Refresh, user_id, claims, stamp)
    }

    /// What the user store says of the user, for the access token.
    pub(crate) async fn user_claims(&self, user: &U) -> Result<Claims, AuthError> {
        let users = self.parts().users.as_deref().ok_or(NO_USERS)?;
        self.claims_of(&users.facts(user).await?)
    }

    /// `is_staff` and `is_superuser` only when true: most users are neither, and their tokens stay short.
    pub(crate) fn claims_of(&self, facts: &UserFacts) -> Result<Claims, AuthError> {
        let (settings, mut claims) = (self.settings(), Claims::new());
        for (name, holds) in [("is_staff", facts.is_staff), ("is_superuser", facts.is_superuser)] {
            if holds {
                claims.insert(name, true)?;
            }
        }
        claims.extend(&facts.claims);
        if let Some(issuer) = &self.parts().issuer {
            issuer.check_user(&facts.user_id, &claims, &facts.permissions)?;
        }
        if settings.permissions_source == PermissionsSource::Claims && !facts.permissions.is_empty() {
            claims.insert(&settings.permissions_claim, &facts.permissions)?;
        }
        Ok(claims)
    }

    pub(crate) fn stateless_access(
        &self,
        user_id: &str,
        own: &Claims,
        user: &Claims,
        now: Timestamp,
    ) -> Result<Secret, AuthError> {
        let stamp = Stamp { issued_at: now, expires_at: now.after(self.settings().access_token_lifetime) };
        // The user's present claims win over what was copied from an older token.
        let mut claims = own.clone();
        claims.extend(user);
        self.issuer()?.stateless(TokenClass::Access, user_id, &claims, stamp)
    }

    /// The end of the absolute life of a session that begins at this moment.
    pub(crate) fn session_end(&self, begin: Timestamp) -> Timestamp {
        match self.settings().session_lifetime {
            Some(lifetime) => begin.after(lifetime),
            None => Session::LAST_MOMENT,
        }
    }
}
