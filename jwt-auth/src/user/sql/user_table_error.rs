//! Why names cannot be those of a user table.

/// Why a text cannot be the name of a table or column.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UserTableError {
    /// No name at all.
    #[error("the name of a table or column is empty")]
    Empty,
    /// Names are pasted into statements, so nothing else is let in.
    #[error("`{0}` is no name of a table or column: letters, digits and underscores only")]
    NotPlain(String),
    /// PostgreSQL cuts longer ones off, and would then mean another table.
    #[error("`{0}` is too long for a name of a table or column: 63 characters is the most")]
    TooLong(String),
}
