//! The profiles.

/// A set of defaults and the strictness that goes with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Profile {
    /// Every check of this crate: the default.
    #[default]
    Hardened,
    /// SimpleJWT 5.5.1 to the letter, with PyJWT's checks: for the move from a Django service.
    #[cfg(feature = "django")]
    SimpleJwt,
}

impl Profile {
    /// Whether this is the profile of SimpleJWT's own behaviour; never without the feature `django`.
    pub(crate) const fn is_simple_jwt(self) -> bool {
        match self {
            Self::Hardened => false,
            #[cfg(feature = "django")]
            Self::SimpleJwt => true,
        }
    }
}
