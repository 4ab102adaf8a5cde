//! Making tokens: which claims, in which order.

use super::{TokenClass, TokenPair};
use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::error::AuthError;
use crate::keys::SigningKey;
use crate::secret::Secret;
use crate::settings::{Audience, Settings};
use crate::store::{Session, SessionId};
use crate::verify::VerifiedToken;
use std::sync::Arc;

/// Signs the tokens of one configuration.
///
/// Claims stand in SimpleJWT's order: type, `exp`, `iat`, `jti`, user, the application's own, `aud`, `iss`; what a
/// session adds (`sid`, `gen`, `ep`, `auth_time`, `amr`, `acr`) comes last, so that a SimpleJWT reader meets nothing new before it.
#[derive(Debug)]
pub(crate) struct Issuer {
    settings: Arc<Settings>,
    key: SigningKey,
}

/// When a token was made and when it ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stamp {
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

impl Issuer {
    pub(crate) const fn new(settings: Arc<Settings>, key: SigningKey) -> Self {
        Self { settings, key }
    }

    #[cfg(feature = "testing")]
    pub(crate) const fn key(&self) -> &SigningKey {
        &self.key
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The pair that belongs to a session row: the refresh token is a function of the row, the access token is new.
    pub(crate) fn pair(&self, session: &Session, user: &Claims, now: Timestamp) -> Result<TokenPair, AuthError> {
        Ok(TokenPair { refresh: self.session_refresh(session)?, access: self.session_access(session, user, now)? })
    }

    /// The refresh token of a row's newest generation. Any node makes the same one.
    fn session_refresh(&self, session: &Session) -> Result<Secret, AuthError> {
        let stamp = Stamp { issued_at: session.moved_at, expires_at: session.idle_expires_at };
        let mut claims = self.base(TokenClass::Refresh, stamp, &session.refresh_jti(), &session.user_id)?;
        extend(&mut claims, &session.claims);
        self.audience_and_issuer(&mut claims)?;
        self.session_claims(&mut claims, session, true)?;
        self.sign(&claims)
    }

    /// A new access token of a session; it never outlives the session's absolute life.
    pub(crate) fn session_access(&self, session: &Session, user: &Claims, now: Timestamp) -> Result<Secret, AuthError> {
        let expires_at = now.after(self.settings.access_token_lifetime).min(session.expires_at);
        let stamp = Stamp { issued_at: now, expires_at };
        let mut claims = self.base(TokenClass::Access, stamp, &random_id()?, &session.user_id)?;
        // What the user store says now wins over what was set at login.
        let mut own = session.claims.clone();
        own.extend(user);
        extend(&mut claims, &own);
        self.audience_and_issuer(&mut claims)?;
        self.session_claims(&mut claims, session, false)?;
        self.sign(&claims)
    }

    /// A token that belongs to no session.
    pub(crate) fn stateless(
        &self,
        class: TokenClass,
        user_id: &str,
        own: &Claims,
        stamp: Stamp,
    ) -> Result<Secret, AuthError> {
        let mut claims = self.base(class, stamp, &random_id()?, user_id)?;
        extend(&mut claims, own);
        self.audience_and_issuer(&mut claims)?;
        self.sign(&claims)
    }

    fn base(&self, class: TokenClass, stamp: Stamp, jti: &str, user_id: &str) -> Result<Claims, AuthError> {
        let mut claims = Claims::new();
        if let (Some(name), Some(kind)) = (&self.settings.token_type_claim, class.token_type()) {
            set(&mut claims, name, kind)?;
        }
        set(&mut claims, "exp", stamp.expires_at.seconds())?;
        set(&mut claims, "iat", stamp.issued_at.seconds())?;
        if let Some(name) = &self.settings.jti_claim {
            set(&mut claims, name, jti)?;
        }
        set(&mut claims, &self.settings.user_id_claim, user_id)?;
        Ok(claims)
    }

    pub(crate) fn audience_and_issuer(&self, claims: &mut Claims) -> Result<(), AuthError> {
        match &self.settings.audience {
            Audience::One(name) => set(claims, "aud", name)?,
            Audience::List(names) if names.is_empty() => {}
            Audience::List(names) => set(claims, "aud", names)?,
        }
        match &self.settings.issuer {
            Some(issuer) => set(claims, "iss", issuer),
            None => Ok(()),
        }
    }

    fn session_claims(&self, claims: &mut Claims, session: &Session, refresh: bool) -> Result<(), AuthError> {
        set(claims, "sid", session.sid.to_string())?;
        if refresh {
            set(claims, "gen", session.generation)?;
        }
        set(claims, "ep", session.epoch)?;
        if session.auth_time > Timestamp::default() {
            set(claims, "auth_time", session.auth_time.seconds())?;
        }
        if !session.amr.is_empty() {
            set(claims, "amr", &session.amr)?;
        }
        if let Some(acr) = &session.acr {
            set(claims, "acr", acr)?;
        }
        Ok(())
    }

    pub(crate) fn sign(&self, claims: &Claims) -> Result<Secret, AuthError> {
        Ok(Secret::new(self.key.sign(&claims.to_json())))
    }
}

/// The application's own claims of a verified token: all but those that every token gets anew.
pub(crate) fn own_claims(token: &VerifiedToken, settings: &Settings) -> Claims {
    let Settings { token_type_claim, jti_claim, user_id_claim, .. } = settings;
    let named = [token_type_claim.as_deref(), jti_claim.as_deref(), Some(user_id_claim)];
    let mut claims = token.claims();
    claims.retain(|name| !RESERVED.contains(&name) && !named.contains(&Some(name)));
    claims
}

/// Claims that every token gets anew and that the application cannot set.
pub(crate) const RESERVED: [&str; 12] =
    ["exp", "iat", "nbf", "aud", "iss", "sid", "gen", "ep", "auth_time", "amr", "acr", "jti"];

/// 128 random bits in hex: what SimpleJWT's `uuid4().hex` looks like.
pub(crate) fn random_id() -> Result<String, AuthError> {
    Ok(SessionId::random()?.to_string())
}

/// Adds the application's own claims; what this crate says in a token cannot be said by others.
fn extend(claims: &mut Claims, more: &Claims) {
    for (name, value) in more.members() {
        if !RESERVED.contains(&name) && !claims.contains(name) {
            claims.insert_raw(name, value.to_owned());
        }
    }
}

fn set(claims: &mut Claims, name: &str, value: impl serde::Serialize) -> Result<(), AuthError> {
    claims.insert(name, value).map_err(|_| AuthError::Misconfigured("a registered claim could not be written as JSON"))
}
