//! Passwords that users choose, and the old one before they do.

use crate::auth::{JwtAuth, NO_USERS};
use crate::char_field::{CharFault, MAX_CREDENTIAL, read, reading};
use crate::error::{AuthError, StoreError};
use crate::password::{NewPasswordError, PasswordError, PasswordFault};
use crate::secret::Secret;
use crate::user::User;

impl<U: Send + Sync + 'static> JwtAuth<U> {
    /// The hash of a new password for the user of this name (empty where there is none), at a registration or a change: judged by the
    /// [`PasswordPolicy`](crate::password::PasswordPolicy) of the builder, then hashed in the first of `password_hashers`, behind the same
    /// bounded queue as logins.
    ///
    /// Whatever the policy says, a password that the login view could not take is refused: one of more than 1,024 characters, with a null
    /// character, or under `simple_jwt` with white space at its ends.
    ///
    /// # Errors
    /// [`NewPasswordError::Refused`] with everything that is wrong with it; [`NewPasswordError::Auth`]: [`AuthError::Busy`] when too many
    /// passwords wait, [`AuthError::Unavailable`] when the policy cannot tell.
    pub async fn hash_password(&self, username: &str, password: Secret) -> Result<String, NewPasswordError> {
        let inner = self.parts();
        let mut faults = self.unreadable(password.expose());
        faults.extend(inner.password_policy.dyn_faults(username, &password).await?);
        if !faults.is_empty() {
            return Err(NewPasswordError::Refused(faults));
        }
        match inner.passwords.hash(password).await? {
            Ok(hash) => Ok(hash),
            Err(PasswordError::TooLong) => Err(NewPasswordError::Refused(vec![PasswordFault::TooLong])),
            Err(error) => Err(StoreError::unavailable(error).into()),
        }
    }

    /// Why a login could not send it.
    fn unreadable(&self, password: &str) -> Vec<PasswordFault> {
        let (trim, longest) = reading(self.settings().profile.rules().python_texts, false, MAX_CREDENTIAL);
        let (seen, faults) = read(password, trim, longest);
        let mut faults: Vec<_> = faults
            .into_iter()
            .map(|fault| match fault {
                CharFault::Blank => PasswordFault::Blank,
                CharFault::TooLong => PasswordFault::TooLong,
                CharFault::Null => PasswordFault::Null,
            })
            .collect();
        if seen != password {
            faults.push(PasswordFault::Cut);
        }
        faults
    }
}

impl<U: User> JwtAuth<U> {
    /// Whether this is the user's password, as it is stored now: "your old password, please". It hands out nothing, and costs one hash.
    /// Answer a wrong one by 400 or 403: at a 401 clients take their token for bad.
    ///
    /// # Errors
    /// [`AuthError::Busy`] when too many passwords wait to be checked, [`AuthError::Unavailable`] when the user store cannot be asked.
    pub async fn is_password_of(&self, user: &U, password: &Secret) -> Result<bool, AuthError> {
        let inner = self.parts();
        let users = inner.users.as_deref().ok_or(NO_USERS)?;
        let stored = users.find_by_id(&user.identity().id).await?;
        let hash = stored.as_ref().map(|user| user.identity().password_hash);
        inner.passwords.verify(password.clone(), hash).await
    }
}
