//! Tokens as SimpleJWT makes them: a list of claims that is filled, copied and renewed.

use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::error::{AuthError, IssueFault};
use crate::secret::Secret;
use crate::settings::Settings;
use crate::tokens::issuer::{not_issued, random_id};
use crate::tokens::{Issuer, TokenClass};
use std::time::Duration;

/// The claims of a token that is being made. Python keeps the order of insertion, and so does this.
pub(crate) struct SimpleToken<'a> {
    issuer: &'a Issuer,
    claims: Claims,
    /// Made here, and not read: only then is a claim that is switched off the one that Python calls `None`.
    is_new: bool,
}

impl<'a> SimpleToken<'a> {
    /// `Token()`: type, `exp`, `iat` and `jti`.
    pub(crate) fn new(issuer: &'a Issuer, class: TokenClass, now: Timestamp) -> Result<Self, AuthError> {
        let mut token = Self { issuer, claims: Claims::new(), is_new: true };
        let settings = issuer.settings();
        token.set(name_of(settings.token_type_claim.as_deref()), class.token_type())?;
        token.renew_times(class, now)?;
        token.renew_id()?;
        if class == TokenClass::Sliding {
            let end = now.after(settings.sliding_token_refresh_lifetime);
            token.set(&settings.sliding_token_refresh_exp_claim, end.seconds())?;
        }
        Ok(token)
    }

    /// `Token(raw)`: the claims of one that was verified.
    pub(crate) fn of(issuer: &'a Issuer, claims: Claims) -> Self {
        Self { issuer, claims, is_new: false }
    }

    /// `RefreshToken.access_token`: all claims but those that every token has of its own.
    pub(crate) fn access_token(&self, now: Timestamp) -> Result<Self, AuthError> {
        let settings = self.issuer.settings();
        let mut access = Self::new(self.issuer, TokenClass::Access, now)?;
        let named = |claim: &'a Option<String>| match claim.as_deref() {
            None if self.is_new => Some(name_of(None)),
            claim => claim,
        };
        let own = [named(&settings.token_type_claim), named(&settings.jti_claim)];
        for (name, value) in self.claims.members() {
            if !own.contains(&Some(name)) && !["exp", "iat", "jti"].contains(&name) {
                access.claims.insert_raw(name, value.to_owned());
            }
        }
        Ok(access)
    }

    /// A new `jti` in the place of the old one.
    pub(crate) fn renew_id(&mut self) -> Result<(), AuthError> {
        let id = random_id()?;
        self.set(name_of(self.issuer.settings().jti_claim.as_deref()), id)
    }

    /// New `exp` and `iat` in the places of the old ones.
    pub(crate) fn renew_times(&mut self, class: TokenClass, now: Timestamp) -> Result<(), AuthError> {
        self.set("exp", now.after(lifetime(class, self.issuer.settings())).seconds())?;
        self.set("iat", now.seconds())
    }

    pub(crate) fn set(&mut self, name: &str, value: impl serde::Serialize) -> Result<(), AuthError> {
        const UNWRITABLE: AuthError = AuthError::Misconfigured("a claim could not be written as JSON");
        self.claims.insert(name, value).map_err(|_| UNWRITABLE)
    }

    /// Adds claims of the application to a token of this user. They cannot take the place of those that are there, and are not dropped in
    /// silence. Only with SimpleJWT can they be ones that this crate gives a meaning, `acr` say.
    pub(crate) fn extend(&mut self, user_id: &str, more: &Claims) -> Result<(), AuthError> {
        let settings = self.issuer.settings();
        if !settings.profile.rules().copies_claims {
            self.issuer.check_own(user_id, more)?;
        }
        let is_written_last =
            |name: &str| name == "aud" && !settings.audience.is_empty() || name == "iss" && settings.issuer.is_some();
        for (name, value) in more.members() {
            match self.claims.raw(name) {
                None if !is_written_last(name) => self.claims.insert_raw(name, value.to_owned()),
                Some(known) if known == value.get() => {}
                _ => return Err(not_issued(user_id.to_owned(), IssueFault::ReservedClaim(name.to_owned()))),
            }
        }
        Ok(())
    }

    /// The `jti`, when there is one.
    pub(crate) fn jti(&self) -> Option<String> {
        let name = self.issuer.settings().jti_claim.as_deref()?;
        self.claims.get(name).ok().flatten()
    }

    /// The signed token.
    pub(crate) fn sign(&self) -> Result<Secret, AuthError> {
        self.issuer.sign(&self.addressed()?)
    }

    /// The same to be kept in a table: nobody gets it, so it may say what this service would refuse.
    pub(crate) fn written(&self) -> Result<Secret, AuthError> {
        self.issuer.sign_text(&self.addressed()?.to_json())
    }

    /// The claims with `aud` and `iss` in their places, or at the end.
    fn addressed(&self) -> Result<Claims, AuthError> {
        let mut claims = self.claims.clone();
        self.issuer.audience_and_issuer(&mut claims)?;
        Ok(claims)
    }
}

/// How long a token of this class lives.
pub(crate) fn lifetime(class: TokenClass, settings: &Settings) -> Duration {
    match class {
        TokenClass::Access => settings.access_token_lifetime,
        TokenClass::Refresh => settings.refresh_token_lifetime,
        TokenClass::Sliding => settings.sliding_token_lifetime,
        TokenClass::Untyped | TokenClass::Ticket => Duration::ZERO,
    }
}

/// A claim that is switched off has the name `None` in Python, which JSON spells so.
fn name_of(claim: Option<&str>) -> &str {
    claim.unwrap_or("null")
}
