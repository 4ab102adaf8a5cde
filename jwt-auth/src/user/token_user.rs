//! SimpleJWT's `TokenUser`: the user as the token tells it.

use crate::claims::ClaimError;
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
    /// Claims are true when Python takes them for true.
    #[cfg(feature = "django")]
    pythonic: bool,
}

impl TokenUser {
    /// `None` for a token without a user id.
    pub(crate) fn new(token: VerifiedToken) -> Option<Self> {
        token.user_id()?;
        Some(Self {
            token,
            #[cfg(feature = "django")]
            pythonic: false,
        })
    }

    /// As SimpleJWT's: the claim must be there, whatever it is.
    #[cfg(feature = "django")]
    pub(crate) fn pythonic(token: VerifiedToken, user_id_claim: &str) -> Option<Self> {
        token.raw_claim(user_id_claim)?;
        Some(Self { token, pythonic: true })
    }

    /// The user id, as text: a number in the token is given in its digits. Empty for a claim that is neither, which only
    /// the profile `simple_jwt` lets pass.
    pub fn id(&self) -> &str {
        self.token.user_id().unwrap_or_default()
    }

    /// The claim `username`; empty when there is none.
    pub fn username(&self) -> String {
        self.token.claim("username").ok().flatten().unwrap_or_default()
    }

    /// Whether the claim `is_staff` is `true`.
    ///
    /// SimpleJWT goes by Python's truth and lets the text `"false"` count as staff, and so does the profile `simple_jwt`;
    /// otherwise only the boolean counts.
    pub fn is_staff(&self) -> bool {
        self.is("is_staff")
    }

    /// Whether the claim `is_superuser` is `true`, likewise.
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
        let claim = self.token.raw_claim(name);
        #[cfg(feature = "django")]
        if self.pythonic {
            return claim.is_some_and(crate::django::python::truth);
        }
        claim == Some("true")
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
