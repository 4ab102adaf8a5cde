//! Tokens that are not handed out.

use super::TokenError;
use std::fmt;

/// A token that was not handed out, because this service would refuse it, or because it would say less than it was told to. The log has
/// the user, the reason and the remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotIssued {
    /// Whose it would have been: the value of the user id claim, as text.
    pub user: String,
    /// What is wrong with it.
    pub fault: IssueFault,
}

/// What is wrong with a token that was not handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IssueFault {
    /// The application gives a claim that this crate sets itself, and that would be dropped.
    ReservedClaim(String),
    /// It is longer than `max_token_bytes`.
    TooLong {
        /// How long it is.
        bytes: usize,
        /// How long it may be.
        most: usize,
        /// The claim that takes most of it.
        largest: String,
    },
    /// It is longer than a browser lets a cookie be, with the setting `cookies`.
    TooLongForCookie {
        /// How long it is.
        bytes: usize,
        /// How long it may be.
        most: usize,
        /// The claim that takes most of it.
        largest: String,
    },
    /// The checks of this service would refuse it.
    Refused {
        /// As what.
        error: TokenError,
        /// For a single claim: which.
        claim: Option<String>,
    },
}

impl NotIssued {
    pub(crate) const fn new(user: String, fault: IssueFault) -> Self {
        Self { user, fault }
    }
}

impl IssueFault {
    /// What to do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::ReservedClaim(claim) => match claim.as_str() {
                "aud" | "iss" => "leave it out and set `audience` or `issuer`, or give the claim another name",
                "acr" | "amr" | "auth_time" => {
                    "leave it out and say it at the login (`Login`, `Credentials`), or give the claim another name"
                }
                _ => "leave it out of `User::claims`, `UserStore::claims` and `Login::claims`, or give it another name",
            },
            Self::TooLong { .. } => {
                "say less in tokens (`permissions_source = \"user\"` keeps permissions out of them), or raise `max_token_bytes`, where proxies and servers let such headers pass"
            }
            Self::TooLongForCookie { .. } => {
                "say less in tokens: `permissions_source = \"user\"` keeps permissions out of them"
            }
            Self::Refused { claim: Some(claim), .. } if claim == "sub" => {
                "make `sub` a text (RFC 7519 4.1.2), or leave it out"
            }
            Self::Refused { error: TokenError::MissingUserId, .. } => {
                "return an id that is not empty from `User::identity`"
            }
            Self::Refused { error: TokenError::BadPayload, .. } => {
                "let claims have distinct names at every level, plain numbers, and at most 32 levels"
            }
            Self::Refused { .. } => {
                "change the claims that `User::claims`, `UserStore::claims` and `Login::claims` give"
            }
        }
    }
}

impl fmt::Display for NotIssued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no token for user {:?}: {}; {}", self.user, self.fault, self.fault.remedy())
    }
}

impl std::error::Error for NotIssued {}

impl fmt::Display for IssueFault {
    /// The reason, without a value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReservedClaim(claim) => {
                write!(f, "the claim `{claim}` is set by this service itself and would be dropped")
            }
            Self::TooLong { bytes, most, largest } => {
                write!(
                    f,
                    "it would have {bytes} bytes, over the {most} of `max_token_bytes`, most of them for the claim `{largest}`"
                )
            }
            Self::TooLongForCookie { bytes, most, largest } => {
                write!(
                    f,
                    "it would have {bytes} bytes, over the {most} that browsers take in a cookie, most of them for the claim `{largest}`"
                )
            }
            Self::Refused { error, claim: None } => write!(f, "this service would refuse it ({error:?})"),
            Self::Refused { error, claim: Some(claim) } => {
                write!(f, "this service would refuse it for the claim `{claim}` ({error:?})")
            }
        }
    }
}
