//! What happens when a spent refresh token comes back late.

/// What happens when the parent of the current refresh token comes back after the grace time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReusePolicy {
    /// The session moves on and what was issued meanwhile is orphaned: a lost answer logs nobody out.
    #[default]
    Recover,
    /// The session ends at once.
    Revoke,
}
