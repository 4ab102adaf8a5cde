//! Which tables refresh tokens are kept in.

/// Which tables refresh tokens are kept in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreKind {
    /// Sessions in tables of our own.
    #[default]
    Native,
    /// SimpleJWT's outstanding and blacklisted tokens, in Django's database. Needs the feature `django`; a build without it refuses this at the start.
    Django,
}
