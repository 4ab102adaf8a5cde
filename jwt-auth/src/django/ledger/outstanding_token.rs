//! A token as SimpleJWT's tables know it.

use crate::clock::Timestamp;
use crate::secret::Secret;

/// A refresh or sliding token as SimpleJWT's tables know it.
#[derive(Clone, Debug)]
pub struct OutstandingToken {
    /// The value of the token id claim; at most 255 characters, see [`fits`](Self::fits).
    pub jti: String,
    /// The value of the user id claim, if there is one. The row's `user_id` is the key of the user whom it names: NULL
    /// when there is none.
    pub user_id: Option<String>,
    /// The token itself, signature and all: SimpleJWT keeps it in clear.
    pub token: Secret,
    /// When it was issued, or, for a token that is written down as it is blacklisted, that moment: what SimpleJWT writes.
    pub created_at: Timestamp,
    /// The token's `exp`.
    pub expires_at: Timestamp,
}

impl OutstandingToken {
    /// Whether the tables can hold a token of this id: at most 255 characters, and no NUL, which PostgreSQL has no place
    /// for. SQLite would take any; one rule for both is easier to rely on.
    ///
    /// A token that does not fit can never be blacklisted, so it must be refused wherever the blacklist counts.
    pub fn fits(jti: &str) -> bool {
        jti.chars().count() <= 255 && !jti.contains('\0')
    }
}
