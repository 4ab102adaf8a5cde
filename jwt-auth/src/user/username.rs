//! Which names a user can log in with.

use crate::char_field::{CharFault, MAX_CREDENTIAL, Trim, read};

/// Why nobody could log in under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UsernameError {
    /// Nothing, or white space alone.
    #[error("the name is empty")]
    Empty,
    /// White space, or a control character that counts as such, at either end: a login cuts it off and looks for another name.
    #[error("the name begins or ends with white space, which a login cuts off")]
    Cut,
    /// More than 1,024 characters.
    #[error("the name is longer than the 1,024 characters that a login takes")]
    TooLong,
    /// A null character, which no login takes and PostgreSQL cannot keep.
    #[error("the name holds a null character")]
    Null,
}

/// Whether a user of this name could log in through the obtain view, in either profile: ask it where users register or change
/// their name. It runs what the view runs. `SqlUserStore` and [`MemoryUsers`](super::MemoryUsers) ask it themselves.
///
/// Whether the name is taken, or looks like another one, is the store's to say.
///
/// ```
/// use jwt_auth::user::{UsernameError, check_username};
///
/// assert_eq!(check_username("ada@example.org"), Ok(()));
/// assert_eq!(check_username("ada "), Err(UsernameError::Cut));
/// ```
///
/// # Errors
/// [`UsernameError`].
pub fn check_username(name: &str) -> Result<(), UsernameError> {
    for trim in [Trim::WhiteSpace, Trim::AsPython] {
        let (seen, faults) = read(name, trim, Some(MAX_CREDENTIAL));
        match faults.first() {
            Some(CharFault::Blank) => return Err(UsernameError::Empty),
            Some(CharFault::TooLong) => return Err(UsernameError::TooLong),
            Some(CharFault::Null) => return Err(UsernameError::Null),
            None if seen != name => return Err(UsernameError::Cut),
            None => {}
        }
    }
    Ok(())
}
