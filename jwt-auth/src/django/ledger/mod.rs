//! The flows of SimpleJWT's own serializers, token by token: what the profile `simple_jwt` does without a session store,
//! and what its tables make possible.

mod blacklist;
mod claims;
mod end;
mod open;
mod outstanding_token;
mod refresh;

pub(crate) use blacklist::AnyTokenBlacklist;
pub use blacklist::TokenBlacklist;
pub(crate) use claims::{SimpleToken, lifetime};
pub use outstanding_token::OutstandingToken;

use crate::auth::JwtAuth;
use crate::clock::Timestamp;
use crate::django::{pyjwt, python};
use crate::error::{AuthError, TokenError};
use crate::secret::Secret;
use crate::settings::Settings;
use crate::tokens::TokenClass;
use crate::verify::VerifiedToken;

impl<U: Send + Sync + 'static> JwtAuth<U> {
    /// Whether tokens stand for themselves, as in SimpleJWT, and not for a session.
    pub(crate) fn is_sessionless(&self) -> bool {
        let inner = self.parts();
        inner.store.is_none() && (inner.blacklist.is_some() || inner.settings.profile.is_simple_jwt())
    }

    /// `RefreshToken(raw)` and its like: PyJWT's checks, then the blacklist, then `exp`, id and type.
    pub(crate) async fn simple_token(
        &self,
        raw: &str,
        class: TokenClass,
        now: Timestamp,
    ) -> Result<VerifiedToken, AuthError> {
        let inner = self.parts();
        let token = inner.verifier.examine(raw, now).map_err(AuthError::InvalidToken)?;
        self.check_class(&token, class).await?.map_err(AuthError::InvalidToken)?;
        Ok(token)
    }

    /// Whether the token is of this class; those that SimpleJWT can blacklist are looked up first, as there.
    pub(crate) async fn check_class(
        &self,
        token: &VerifiedToken,
        class: TokenClass,
    ) -> Result<Result<(), TokenError>, AuthError> {
        let inner = self.parts();
        if let Some(blacklist) = inner.blacklist.as_ref().filter(|_| class.can_be_blacklisted()) {
            match token_id(token) {
                // What cannot be kept was never put there; a text that the database cannot even be asked about is a 500 there.
                Ok(jti) if jti.contains('\0') => return Ok(Err(TokenError::BadClaim)),
                Ok(jti) if OutstandingToken::fits(jti) && blacklist.is_blacklisted(jti).await? => {
                    return Ok(Err(TokenError::Blacklisted));
                }
                Ok(_) => {}
                Err(error) => return Ok(Err(error)),
            }
        }
        Ok(class.check(token, &inner.settings))
    }

    /// The blacklist, when the settings ask refresh tokens to be spent by their use. SimpleJWT's verify view asks it only
    /// then; the hardened profile takes no token for good that is in it.
    pub(crate) fn spending(&self) -> Option<&AnyTokenBlacklist> {
        let inner = self.parts();
        let asks = inner.settings.blacklist_after_rotation || !inner.settings.profile.is_simple_jwt();
        inner.blacklist.as_ref().filter(|_| asks)
    }

    /// A verified token as the tables keep it.
    pub(crate) fn outstanding(
        &self,
        token: &VerifiedToken,
        raw: &str,
        now: Timestamp,
    ) -> Result<OutstandingToken, AuthError> {
        let user = self.user_in(token);
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
            Ok(issuer) => SimpleToken::of(issuer, token.claims()).sign(),
            // Who only verifies keeps what came.
            Err(_) => Ok(Secret::new(raw)),
        }
    }

    /// PyJWT writes no issuer but a text, and SimpleJWT writes every claim anew.
    pub(crate) fn can_be_written(&self, token: &VerifiedToken) -> bool {
        self.settings().issuer.is_some() || token.raw_claim("iss").is_none_or(|raw| raw.starts_with('"'))
    }

    /// Whom a token names, as Django's `get(id=..)` would read it.
    pub(crate) fn user_in(&self, token: &VerifiedToken) -> NamedUser {
        let settings: &Settings = &self.parts().settings;
        let Some(raw) = token.raw_claim(&settings.user_id_claim) else { return NamedUser::Nobody };
        let text = || token.user_id().map(str::to_owned);
        // The usual primary key is a number, or a UUID; other fields compare texts.
        let id = match raw.as_bytes().first() {
            Some(b'n') => return NamedUser::Null,
            Some(b'"') if settings.user_id_field != "id" => text(),
            Some(b't') if settings.user_id_field != "id" => Some("True".to_owned()),
            Some(b'f') if settings.user_id_field != "id" => Some("False".to_owned()),
            Some(b'-' | b'0'..=b'9') if settings.user_id_field != "id" => python::number_text(raw).map(Into::into),
            _ => python::int(raw).map(|id| id.to_string()).or_else(|| text().filter(|text| is_uuid(text))),
        };
        match id {
            Some(id) => NamedUser::Id { id, is_true: python::truth(raw) },
            None => NamedUser::Unreadable { is_true: python::truth(raw) },
        }
    }
}

/// What the user id claim of a token says.
pub(crate) enum NamedUser {
    /// It is not there.
    Nobody,
    /// `null`.
    Null,
    /// An id to look up, and whether Python takes the claim for true.
    Id { id: String, is_true: bool },
    /// A list, an object: what SimpleJWT answers with 500.
    Unreadable { is_true: bool },
}

impl NamedUser {
    /// The id to look up, if any.
    pub(crate) fn id(self) -> Option<String> {
        match self {
            Self::Id { id, .. } => Some(id),
            _ => None,
        }
    }

    /// Whether `if user_id` is true in Python: SimpleJWT looks nobody up otherwise.
    fn is_true(&self) -> bool {
        matches!(self, Self::Id { is_true: true, .. } | Self::Unreadable { is_true: true })
    }
}

/// The id that the tables know a token by.
fn token_id(token: &VerifiedToken) -> Result<&str, TokenError> {
    // A number as id passes PyJWT under another name than `jti`; no SimpleJWT wrote it.
    token.jti().ok_or(TokenError::MissingId)
}

/// 32 hexadecimal digits, hyphens left out.
fn is_uuid(text: &str) -> bool {
    let digits = text.bytes().filter(|byte| *byte != b'-');
    text.len() <= 36 && digits.clone().count() == 32 && digits.into_iter().all(|byte| byte.is_ascii_hexdigit())
}
