//! SimpleJWT's `TokenUser`: the user as the token tells it.

use crate::claims::ClaimError;
use crate::settings::Settings;
use crate::verify::VerifiedToken;
use serde::de::DeserializeOwned;
use std::fmt;

/// The user of a token, from its claims alone: no store is read.
///
/// What it says was true when the token was made. Whether the user still exists and is active only a store knows: take
/// [`CurrentUser`](crate::CurrentUser) or the option `user` where that matters.
///
/// ```
/// # #[cfg(feature = "macros")] {
/// use jwt_auth::{TokenUser, protected};
///
/// #[protected]
/// async fn whoami(user: TokenUser) -> String {
///     format!("user {}", user.id())
/// }
/// # }
/// ```
#[doc(alias = "JWTStatelessUserAuthentication")]
#[doc(alias = "JWTTokenUserAuthentication")]
#[doc(alias = "JwtClaims")]
#[derive(Clone)]
pub struct TokenUser {
    token: VerifiedToken,
    /// Which claims count as true.
    is_true: fn(&str) -> bool,
}

impl TokenUser {
    /// `None` for a token without a user id.
    pub(crate) fn new(token: VerifiedToken, settings: &Settings) -> Option<Self> {
        let rules = settings.profile.rules();
        if rules.any_user_id {
            token.raw_claim(&settings.user_id_claim)?;
        } else {
            token.user_id()?;
        }
        // Who is staff here is no other issuer's to say.
        let is_true = if token.is_further() { |_: &str| false } else { rules.is_true };
        Some(Self { token, is_true })
    }

    /// The user id, as text: a number in the token is given in its digits. Of a token of a
    /// [further issuer](crate::Builder::trust) it is that issuer, a space and the id. Empty for a claim that is neither, which only
    /// the profile `simple_jwt` lets pass.
    pub fn id(&self) -> &str {
        self.token.user_id().unwrap_or_default()
    }

    /// The claim `username`; empty when there is none, and of a token of a [further issuer](crate::Builder::trust), whose `admin` is not ours.
    pub fn username(&self) -> String {
        if self.token.is_further() {
            return String::new();
        }
        self.token.claim("username").ok().flatten().unwrap_or_default()
    }

    /// Whether the claim `is_staff` is `true`.
    ///
    /// SimpleJWT goes by Python's truth and lets the text `"false"` count as staff, and so does the profile `simple_jwt`;
    /// otherwise only the boolean counts.
    pub fn is_staff(&self) -> bool {
        self.is("is_staff")
    }

    /// Whether the claim `is_superuser` is `true`.
    pub fn is_superuser(&self) -> bool {
        self.is("is_superuser")
    }

    /// Any claim as a Rust value; `None` when there is no such claim.
    ///
    /// # Errors
    /// [`ClaimError`] when it is of another type.
    pub fn claim<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, ClaimError> {
        self.token.claim(name)
    }

    fn is(&self, name: &str) -> bool {
        self.token.raw_claim(name).is_some_and(self.is_true)
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
