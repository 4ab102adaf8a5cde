//! A row of `auth_user`.

use crate::user::{Identity, User};
use serde::Serialize;
use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};
use std::fmt;

/// A user of Django's `auth_user` layout. Serializes without the password hash.
#[derive(Clone, Serialize)]
#[non_exhaustive]
pub struct AuthUser {
    /// The primary key.
    pub id: i64,
    /// The login name.
    pub username: String,
    /// The e-mail address, or nothing.
    pub email: String,
    /// First name, or nothing.
    pub first_name: String,
    /// Last name, or nothing.
    pub last_name: String,
    /// Whether the user may log in.
    pub is_active: bool,
    /// Whether `IsAdminUser` lets the user pass.
    pub is_staff: bool,
    /// Whether the user passes every Django permission.
    pub is_superuser: bool,
    #[serde(skip)]
    password: String,
    /// The value of the table's user id field.
    #[serde(skip)]
    user_id: String,
}

/// A user to be added: [`NewUser::new`], and what differs from it.
#[derive(Clone)]
pub struct NewUser {
    /// The login name, unique in the table.
    pub username: String,
    /// What [`PasswordHasher::hash`](crate::password) gave; `"!"` for a user who cannot log in with a password.
    pub password_hash: String,
    /// Defaults to nothing.
    pub email: String,
    /// Defaults to true.
    pub is_active: bool,
    /// Defaults to false.
    pub is_staff: bool,
    /// Defaults to false.
    pub is_superuser: bool,
}

impl NewUser {
    /// An active user without further rights.
    pub fn new(username: &str, password_hash: &str) -> Self {
        Self {
            username: username.to_owned(),
            password_hash: password_hash.to_owned(),
            email: String::new(),
            is_active: true,
            is_staff: false,
            is_superuser: false,
        }
    }
}

impl User for AuthUser {
    fn identity(&self) -> Identity<'_> {
        Identity { id: self.user_id.clone(), password_hash: &self.password, is_active: self.is_active }
    }

    fn is_staff(&self) -> bool {
        self.is_staff
    }

    fn is_superuser(&self) -> bool {
        self.is_superuser
    }
}

/// The columns in the order of the statements, for sqlx 0.9.
impl<'r, R> FromRow<'r, R> for AuthUser
where
    R: Row,
    usize: ColumnIndex<R>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    bool: Decode<'r, R::Database> + Type<R::Database>,
    String: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get(0)?,
            user_id: row.try_get(1)?,
            password: row.try_get(2)?,
            is_superuser: row.try_get(3)?,
            username: row.try_get(4)?,
            first_name: row.try_get(5)?,
            last_name: row.try_get(6)?,
            email: row.try_get(7)?,
            is_staff: row.try_get(8)?,
            is_active: row.try_get(9)?,
        })
    }
}

impl fmt::Debug for AuthUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthUser").field("id", &self.id).field("username", &self.username).finish_non_exhaustive()
    }
}

impl fmt::Debug for NewUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewUser").field("username", &self.username).finish_non_exhaustive()
    }
}
