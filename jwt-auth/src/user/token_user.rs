//! SimpleJWT's `TokenUser`: the user as the token tells it.

use crate::claims::ClaimError;
use crate::verify::VerifiedToken;
use serde::de::DeserializeOwned;
use std::fmt;

/// The user of a token, from its claims alone: no store is read.
///
/// What it says was true when the token was made. Whether the user still exists and is active only a store knows: take
/// [`CurrentUser`](crate::CurrentUser) or the option `user` where that matters.
#[derive(Clone)]
pub struct TokenUser {
    token: VerifiedToken,
}

impl TokenUser {
    /// `None` for a token without a user id.
    pub(crate) fn new(token: VerifiedToken) -> Option<Self> {
        token.user_id()?;
        Some(Self { token })
    }

    /// The user id, as text: a number in the token is given in its digits.
    pub fn id(&self) -> &str {
        // `new` has seen that there is one.
        self.token.user_id().unwrap_or_default()
    }

    /// The claim `username`; empty when there is none.
    pub fn username(&self) -> String {
        self.token.claim("username").ok().flatten().unwrap_or_default()
    }

    /// Whether the claim `is_staff` is `true`.
    ///
    /// SimpleJWT goes by Python's truth and lets the text `"false"` count as staff; here only the boolean counts.
    pub fn is_staff(&self) -> bool {
        self.token.raw_claim("is_staff") == Some("true")
    }

    /// Whether the claim `is_superuser` is `true`.
    pub fn is_superuser(&self) -> bool {
        self.token.raw_claim("is_superuser") == Some("true")
    }

    /// Any claim as a Rust value; `None` when there is no such claim.
    ///
    /// # Errors
    /// [`ClaimError`] when it is of another type.
    pub fn claim<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, ClaimError> {
        self.token.claim(name)
    }

    /// The token.
    pub const fn token(&self) -> &VerifiedToken {
        &self.token
    }
}

impl fmt::Debug for TokenUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenUser").field("id", &self.id()).finish_non_exhaustive()
    }
}
