//! What can go wrong.

mod csrf_failure;
mod not_issued;

pub use csrf_failure::{CsrfFailure, CsrfReason};
pub use not_issued::{IssueFault, NotIssued};

use crate::claims::ClaimError;
use crate::tokens::TokenClass;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

/// Why a token was refused.
///
/// Clients see only [`message`](Self::message), which is SimpleJWT's wording; the variant is for logs and tests.
/// No variant holds a byte of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenError {
    /// Longer than `max_token_bytes`.
    TooLong,
    /// Not three base64url parts without padding, separated by dots (RFC 7515 7.1).
    Malformed,
    /// The header is not one JSON object, or names a member twice or of the wrong type.
    BadHeader,
    /// The header has a member that changes what the token means: `crit`, `b64`, `zip`, `enc`, `jwk`, `jku`, `x5c`, `x5u`.
    ForbiddenHeader,
    /// The header's `typ` is not the one configured.
    WrongMediaType,
    /// `alg` is not the algorithm of a key that could have signed it.
    AlgorithmNotAllowed,
    /// No key has this `kid`.
    UnknownKey,
    /// The signature does not fit.
    BadSignature,
    /// The payload is not one JSON object in UTF-8 without repeated names, at most 32 levels deep.
    BadPayload,
    /// A registered claim is of the wrong type: `exp` not a number, `jti` not a string.
    BadClaim,
    /// `exp` has passed (RFC 7519 4.1.4: on or after).
    Expired,
    /// `nbf` lies ahead.
    NotYetValid,
    /// `iat` lies ahead.
    IssuedInFuture,
    /// `exp` lies further after `iat`, or without one further ahead, than `max_token_lifetime` lets tokens of another issuer live.
    LivesTooLong,
    /// `iss` is not the configured issuer.
    WrongIssuer,
    /// `aud` holds none of the configured audiences, or names somebody where none is configured.
    WrongAudience,
    /// No `exp`.
    MissingExpiry,
    /// No `jti`.
    MissingId,
    /// No `iat`, which the hardened profile demands of tokens of our own.
    MissingIssuedAt,
    /// No token type.
    MissingType,
    /// Another type of token than asked for: a refresh token as access token, say.
    WrongType,
    /// No user in the token.
    MissingUserId,
    /// A sliding token without the claim that says how long it can be refreshed.
    MissingRefreshExpiry,
    /// A sliding token whose time to be refreshed is over.
    RefreshExpired,
    /// Blacklisted: logged out, or a ticket that was used.
    Blacklisted,
    /// The session it belongs to has ended, or its user's epoch has moved on.
    Revoked,
}

impl TokenError {
    /// SimpleJWT's words for it: what a client reads.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Expired => "Token is expired",
            Self::MissingExpiry => "Token has no 'exp' claim",
            Self::MissingId => "Token has no id",
            Self::MissingType => "Token has no type",
            Self::WrongType => "Token has wrong type",
            Self::Blacklisted | Self::Revoked => "Token is blacklisted",
            Self::MissingUserId => "Token contained no recognizable user identification",
            Self::MissingRefreshExpiry => "Token has no 'refresh_exp' claim",
            Self::RefreshExpired => "Token 'refresh_exp' claim has expired",
            _ => "Token is invalid",
        }
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl StdError for TokenError {}

/// Why a store could not do what it was asked.
///
/// None of these decides access: a request that needed the answer gets 503 with `Retry-After`, never 401 and never a grant.
///
/// Debug prints what Display does, and the causes: it is what a `main` that returns an error shows.
#[non_exhaustive]
pub enum StoreError {
    /// The database cannot be reached, is locked, full, or out of connections: trying again may help.
    Unavailable(Box<dyn StdError + Send + Sync>),
    /// What stands in the database is not what this crate wrote, or its tables are missing: an operator must look.
    Corrupt(Box<dyn StdError + Send + Sync>),
}

impl StoreError {
    /// A failure that may pass by itself.
    pub fn unavailable(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Unavailable(source.into())
    }

    /// A failure that somebody has to mend.
    pub fn corrupt(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Corrupt(source.into())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unavailable(_) => "the store cannot be reached",
            Self::Corrupt(_) => "the store holds something unexpected",
        })
    }
}

impl fmt::Debug for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut last = self.to_string();
        f.write_str(&last)?;
        let mut cause = self.source();
        while let Some(error) = cause {
            let text = error.to_string();
            // Some errors end with the text of their cause.
            if !last.ends_with(&text) {
                write!(f, ": {text}")?;
            }
            last = text;
            cause = error.source();
        }
        Ok(())
    }
}

impl StdError for StoreError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let (Self::Unavailable(source) | Self::Corrupt(source)) = self;
        Some(&**source)
    }
}

/// A task is over without which there is no answer: it ended with the Tokio runtime on which the store or the `JwtAuth` was started, or by a panic.
///
/// A source of [`StoreError::Unavailable`], so 503. Each `#[tokio::test]` has a runtime of its own, which ends with it: an application that
/// several tests share outlives its tasks. Start one in each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a task that it needs has ended with the Tokio runtime on which it was started (each `#[tokio::test]` has one of its own: start one in each), or by a panic"
)]
pub struct TaskEnded;

/// Why a request was refused: what flows return and views and guards answer with.
///
/// It is an answer, so a handler returns `Result<_, AuthError>`: the status below, SimpleJWT's body, the challenge of RFC 6750.
#[derive(Debug)]
#[non_exhaustive]
pub enum AuthError {
    /// No credentials where they are needed: 401, a challenge without an error code (RFC 6750 3.1).
    NotAuthenticated,
    /// The authorization header has the right scheme and the wrong number of parts: 401.
    BadAuthorizationHeader,
    /// A token presented to a guarded route was refused by every accepted token class: 401.
    TokenNotValid(Vec<ClassError>),
    /// A token presented to a token view was refused: 401.
    InvalidToken(TokenError),
    /// A refresh session that is over: 401, and logging in again is the only way on.
    SessionEnded(EndReason),
    /// The token is good and names no user: 401.
    NoUserInToken,
    /// The token is good and its user does not exist: 401.
    UserNotFound,
    /// The user exists and is switched off: 401.
    UserInactive,
    /// Wrong name, wrong password or switched off, all in one: 401.
    NoActiveAccount,
    /// The refresh token is good and its user is gone or switched off, under `simple_jwt`: 401.
    NoActiveAccountForToken,
    /// The token was issued before its user's password was changed, with `check_revoke_token`: 401.
    PasswordChanged,
    /// The same of a refresh token or a sliding token that is refreshed, under `simple_jwt_6`: 401, in the words of that view.
    PasswordChangedForToken,
    /// The verify view was asked about a blacklisted token, under `simple_jwt`: 400, as SimpleJWT answers.
    BlacklistedToken,
    /// The caller is known and has to prove once more, or more strongly, who they are: 401 with the challenge of RFC 9470.
    InsufficientUserAuthentication(StepUp),
    /// The caller is known and the rule says no: 403.
    PermissionDenied(Denial),
    /// The token came in a cookie, and it is not shown that a page of the application sent the request: 403.
    CsrfFailed(CsrfFailure),
    /// The thing is not there, or not for this caller, who shall not learn which: 404.
    NotFound,
    /// Somebody else moved the session a moment ago; a newer token exists: 409 with `Retry-After: 1`.
    RefreshConflict,
    /// A store could not be asked: 503 with `Retry-After`.
    Unavailable(StoreError),
    /// This node has not heard of revocations for too long and is set to fail closed: 503 with `Retry-After`.
    RevocationStale,
    /// The token may be of an issuer whose keys cannot be fetched, so nobody can tell whether it is good: 503 with `Retry-After`.
    KeysUnavailable,
    /// More passwords are waiting to be checked than the queue holds: 503 with `Retry-After`.
    Busy {
        /// When it is worth trying again.
        retry_after: Duration,
    },
    /// Too many logins of this name, or from this address, have failed, with `login_throttle`: 429 with `Retry-After`.
    Throttled {
        /// When it is worth trying again.
        retry_after: Duration,
    },
    /// There is no store, so there is nothing to log out of or to refresh in it: 404.
    NotAvailable,
    /// A token was not handed out, because this service would refuse it itself: 500.
    ///
    /// A fault of what the application says of its users, reported in the log with user, reason and remedy.
    NotIssued(NotIssued),
    /// This `JwtAuth` was assembled without what the request needs (no user store, no password hasher): 500.
    ///
    /// A fault of the program, reported in the log with its remedy; the macros and [`start`](crate::Builder::start) rule it out.
    Misconfigured(&'static str),
}

/// What one accepted token class said of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClassError {
    /// SimpleJWT's name of the class: `AccessToken`.
    pub token_class: &'static str,
    /// The type it accepts: `access`.
    pub token_type: Option<&'static str>,
    /// Why it refused.
    pub error: TokenError,
}

impl ClassError {
    /// The same refusal by every class: the token is no token at all.
    pub(crate) fn for_each(classes: &[TokenClass], error: TokenError) -> Vec<Self> {
        classes.iter().map(|class| Self::of(*class, error)).collect()
    }

    /// A refusal by one class.
    pub(crate) const fn of(class: TokenClass, error: TokenError) -> Self {
        let token_type = match class {
            // What SimpleJWT's class calls itself, though it asks for no type.
            TokenClass::Untyped => Some("untyped"),
            class => class.token_type(),
        };
        Self { token_class: class.name(), token_type, error }
    }
}

/// What a route asks of the caller's last proof of identity (RFC 9470 3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepUp {
    /// How long ago it may be at most, in seconds: `max_age` of the challenge.
    pub max_age: Option<u64>,
    /// The authentication context classes that will do, separated by spaces: `acr_values` of the challenge.
    pub acr_values: Option<&'static str>,
}

/// Which rule said no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// The rule as it was written: `(orders:write || admin)`.
    pub rule: String,
    /// Scopes that would have satisfied it, for `insufficient_scope` (RFC 6750 3.1).
    pub scope: Option<String>,
}

/// Why a refresh session is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EndReason {
    /// A spent refresh token came back: somebody else holds the session's tokens.
    TokenReused,
    /// Logged out, or ended by an administrator.
    SessionRevoked,
    /// Its idle or absolute life is over.
    SessionExpired,
    /// Its user is gone or switched off.
    UserDisabled,
    /// No such session: it was cleared away after its end, or belongs to another store.
    Unknown,
}

impl EndReason {
    /// The `reason` member of the answer.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TokenReused => "token_reused",
            Self::SessionRevoked => "session_revoked",
            Self::SessionExpired | Self::Unknown => "session_expired",
            Self::UserDisabled => "user_disabled",
        }
    }

    /// The token error that stands for it where SimpleJWT's shape has no room for more.
    pub const fn token_error(self) -> TokenError {
        match self {
            Self::SessionExpired | Self::Unknown => TokenError::Expired,
            _ => TokenError::Blacklisted,
        }
    }
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAuthenticated => "Authentication credentials were not provided.",
            Self::BadAuthorizationHeader => "Authorization header must contain two space-delimited values",
            Self::TokenNotValid(_) => "Given token not valid for any token type",
            Self::InvalidToken(error) => error.message(),
            Self::SessionEnded(EndReason::UserDisabled) => "No active account found with the given credentials",
            Self::SessionEnded(reason) => reason.token_error().message(),
            Self::NoUserInToken => TokenError::MissingUserId.message(),
            Self::UserNotFound => "User not found",
            Self::UserInactive => "User is inactive",
            Self::NoActiveAccount => "No active account found with the given credentials",
            Self::NoActiveAccountForToken => "No active account found for the given token.",
            Self::PasswordChanged | Self::PasswordChangedForToken => "The user's password has been changed.",
            Self::BlacklistedToken => TokenError::Blacklisted.message(),
            Self::InsufficientUserAuthentication(StepUp { acr_values: None, .. }) => {
                "A more recent authentication is required."
            }
            Self::InsufficientUserAuthentication(StepUp { max_age: None, .. }) => {
                "A different authentication level is required."
            }
            Self::InsufficientUserAuthentication(_) => "A more recent or different authentication is required.",
            // DRF's words.
            Self::Throttled { retry_after } => {
                let (seconds, s) = (retry_after.as_secs(), if retry_after.as_secs() == 1 { "" } else { "s" });
                return write!(f, "Request was throttled. Expected available in {seconds} second{s}.");
            }
            Self::CsrfFailed(failure) => return failure.reason.fmt(f),
            Self::PermissionDenied(_) => "You do not have permission to perform this action.",
            Self::RefreshConflict => "The session was refreshed elsewhere; use the newer token.",
            Self::Unavailable(_) | Self::RevocationStale | Self::KeysUnavailable | Self::Busy { .. } => {
                "Service temporarily unavailable, try again later."
            }
            Self::NotAvailable | Self::NotFound => "Not found.",
            Self::NotIssued(_) | Self::Misconfigured(_) => "A server error occurred.",
        })
    }
}

impl StdError for AuthError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Unavailable(source) => Some(source),
            Self::InvalidToken(source) => Some(source),
            Self::NotIssued(source) => Some(source),
            _ => None,
        }
    }
}

impl From<ClaimError> for AuthError {
    fn from(_: ClaimError) -> Self {
        Self::Misconfigured("a claim cannot be written as JSON, or is of another type than was asked for")
    }
}

impl From<StoreError> for AuthError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(error)
    }
}
