//! Why a rule could not say yes or no.

use crate::error::StoreError;
use std::error::Error as StdError;

/// Why a rule ended without a verdict. No combinator turns one into a grant: not `||`, and not `!`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RuleError {
    /// What the rule needed could not be loaded: 503 with `Retry-After`, never 403.
    #[error("what the rule needs cannot be loaded")]
    Unavailable(#[from] StoreError),
    /// The request is refused whatever else stands in the rule: 403.
    ///
    /// A permission claim that is neither a string nor an array ends so, because `!Perm::Suspended` must not pass on it.
    #[error("refused")]
    Refused,
    /// The rule asks for the user and none was loaded, because the state has no user type or the guard not the option
    /// `user`: 500, a fault of the program.
    #[error("the rule asks for the user, and none was loaded")]
    NoUsers,
    /// The rule is a `rule!(.., user)`, or one with another option, inside of another rule, where its options are not asked: 500,
    /// a fault of the program. Options belong to the outermost rule.
    #[error("a rule with options stands inside of another rule")]
    OptionsInside,
}

impl RuleError {
    /// A load that failed: [`Self::Unavailable`] with this source.
    pub fn unavailable(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Unavailable(StoreError::unavailable(source))
    }
}
