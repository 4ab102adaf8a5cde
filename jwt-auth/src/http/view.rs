//! The token views by name.

/// A token view.
#[doc(alias = "TokenObtainPairView")]
#[doc(alias = "TokenRefreshView")]
#[doc(alias = "TokenVerifyView")]
#[doc(alias = "TokenBlacklistView")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum View {
    /// SimpleJWT's `TokenObtainPairView`, which needs the feature `password`, or the application's own.
    Obtain,
    /// SimpleJWT's `TokenRefreshView`, or the application's own.
    Refresh,
    /// SimpleJWT's `TokenVerifyView`.
    Verify,
    /// SimpleJWT's `TokenBlacklistView`.
    Blacklist,
    /// A user who is logged in proves anew who they are, for routes with `fresh` (RFC 9470); not among [`ALL`](Self::ALL),
    /// because only applications with such routes need it. Needs the feature `password`, and sessions: without a store it
    /// answers 404.
    #[cfg(feature = "password")]
    Reauthenticate,
    /// SimpleJWT's `TokenObtainSlidingView`; not among [`ALL`](Self::ALL), because who has sessions needs no sliding tokens.
    /// Needs the feature `django`.
    ObtainSliding,
    /// SimpleJWT's `TokenRefreshSlidingView`; not among [`ALL`](Self::ALL). Needs the feature `django`.
    RefreshSliding,
}

impl View {
    /// The four that every service has, whatever is compiled in.
    pub const ALL: &[Self] = &[Self::Obtain, Self::Refresh, Self::Verify, Self::Blacklist];

    /// Below the prefix; the first one is SimpleJWT's.
    pub(super) const fn paths(self) -> &'static [&'static str] {
        match self {
            Self::Obtain => &[""],
            Self::Refresh => &["/refresh"],
            Self::Verify => &["/verify"],
            // What it is to a page.
            Self::Blacklist => &["/blacklist", "/logout"],
            #[cfg(feature = "password")]
            Self::Reauthenticate => &["/reauthenticate"],
            Self::ObtainSliding => &["/sliding"],
            Self::RefreshSliding => &["/sliding/refresh"],
        }
    }
}
