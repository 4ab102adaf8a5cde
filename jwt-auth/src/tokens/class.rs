//! SimpleJWT's token classes.

/// A kind of token: which `token_type` it carries and where it is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenClass {
    /// `AccessToken`, type `access`: what guarded routes accept.
    Access,
    /// `RefreshToken`, type `refresh`: what the refresh and blacklist views accept.
    Refresh,
    /// `UntypedToken`: any type, also none; the verify view.
    Untyped,
}

impl TokenClass {
    /// SimpleJWT's class name, as error bodies give it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Access => "AccessToken",
            Self::Refresh => "RefreshToken",
            Self::Untyped => "UntypedToken",
        }
    }

    /// The value of the type claim; `None` accepts every type.
    pub const fn token_type(self) -> Option<&'static str> {
        match self {
            Self::Access => Some("access"),
            Self::Refresh => Some("refresh"),
            Self::Untyped => None,
        }
    }
}
