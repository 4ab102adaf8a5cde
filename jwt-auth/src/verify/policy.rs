//! How a token is judged, where profiles differ in it by more than a value.

use super::VerifiedToken;
use super::checks::{Checks, Judged, Occasion, Registered};
use super::header::Header;
use crate::error::{AuthError, TokenError};
use crate::json::Object;
use crate::settings::{Profile, Settings};
use std::borrow::Cow;
use std::fmt;

/// What a profile makes of tokens whose signature is good, or will be looked at. What is not overridden is strict.
pub(crate) trait Policy: fmt::Debug + Send + Sync {
    /// Reads a header that is not known yet: one JSON object, with its text.
    fn header(&self, object: &Object, text: &str) -> Result<Header, TokenError> {
        Header::strict(object, text)
    }

    /// Judges the claims that decide.
    fn claims<'p>(
        &self,
        checks: &Checks,
        _: (&Object, &'p str),
        found: &Registered<'p>,
        on: Occasion,
    ) -> Result<Judged<'p>, TokenError> {
        checks.strict(found, on)
    }

    /// Refuses a token that names nobody.
    fn names_somebody(&self, token: &VerifiedToken, _: &Settings) -> Result<(), AuthError> {
        token.user_id().map(drop).ok_or(AuthError::NoUserInToken)
    }

    /// The id to look the user up by.
    fn user_id<'t>(&self, token: &'t VerifiedToken, _: &Settings) -> Result<Cow<'t, str>, AuthError> {
        token.user_id().map(Cow::Borrowed).ok_or(AuthError::NoUserInToken)
    }
}

impl Profile {
    pub(crate) fn policy(self) -> &'static dyn Policy {
        match self {
            Self::Hardened => &Strict,
            Self::SimpleJwt | Self::SimpleJwt6 => crate::django::POLICY,
        }
    }
}

/// Every check of this crate.
#[derive(Debug)]
pub(crate) struct Strict;

impl Policy for Strict {}
