//! What a login hands out.

use crate::secret::Secret;

/// A refresh token and an access token made from it.
#[derive(Clone, Debug)]
pub struct TokenPair {
    /// The long-lived one, for the refresh view only.
    pub refresh: Secret,
    /// The short-lived one, for guarded routes.
    pub access: Secret,
}
