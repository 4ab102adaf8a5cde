//! Which table and columns hold the users.

use super::UserTableError;
use std::fmt;

/// Names of the table and its columns. [`Default`] is Django's `auth_user`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserTable {
    table: Name,
    id: Name,
    username: Name,
    user_id_field: Option<Name>,
}

impl UserTable {
    /// Django's user table.
    pub const AUTH_USER: Self =
        Self { table: Name::of("auth_user"), id: Name::of("id"), username: Name::of("username"), user_id_field: None };

    /// A table with the primary key `id`, from names that are known at run time only: the table, the column that users log
    /// in with, and the column that tokens name users by (SimpleJWT's `USER_ID_FIELD`), `id` for most.
    ///
    /// # Errors
    /// [`UserTableError`] for a name that is no plain identifier.
    pub fn from_names(table: &str, username: &str, user_id_field: &str) -> Result<Self, UserTableError> {
        let id = Name::of("id");
        Ok(Self {
            table: Name::new(table)?,
            id,
            username: Name::new(username)?,
            user_id_field: Some(Name::new(user_id_field)?).filter(|field| *field != id),
        })
    }

    /// Another table of the same layout: a custom user model's `app_user`.
    ///
    /// # Panics
    /// At the start of a program, for a name that is no plain identifier: these names come from code.
    /// [`from_names`](Self::from_names) takes others.
    #[must_use]
    pub const fn named(self, table: &'static str) -> Self {
        Self { table: Name::of(table), ..self }
    }

    /// The column of the primary key, an integer.
    ///
    /// # Panics
    /// As [`named`](Self::named).
    #[must_use]
    pub const fn id(self, column: &'static str) -> Self {
        Self { id: Name::of(column), ..self }
    }

    /// The column that users log in with: `email`, say.
    ///
    /// # Panics
    /// As [`named`](Self::named).
    #[must_use]
    pub const fn username(self, column: &'static str) -> Self {
        Self { username: Name::of(column), ..self }
    }

    /// The column that tokens name users by, where it is not the primary key: another one that is unique and not null, of
    /// text, integers or UUIDs as Django keeps them. SimpleJWT's `USER_ID_FIELD`.
    ///
    /// # Panics
    /// As [`named`](Self::named).
    #[must_use]
    pub const fn user_id_field(self, column: &'static str) -> Self {
        Self { user_id_field: Some(Name::of(column)), ..self }
    }

    pub(super) fn table_name(&self) -> &str {
        self.table.as_str()
    }

    pub(super) fn id_column(&self) -> &str {
        self.id.as_str()
    }

    pub(super) fn username_column(&self) -> &str {
        self.username.as_str()
    }

    pub(super) fn user_id_column(&self) -> &str {
        self.user_id_field.as_ref().unwrap_or(&self.id).as_str()
    }
}

impl Default for UserTable {
    fn default() -> Self {
        Self::AUTH_USER
    }
}

/// A name that is pasted into statements: letters, digits and underscores. It holds as many as PostgreSQL knows apart, and
/// is made of bytes so that names can be constants.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Name {
    bytes: [u8; MOST],
    len: usize,
}

const MOST: usize = 63;

impl Name {
    fn new(name: &str) -> Result<Self, UserTableError> {
        match Self::read(name) {
            Some(read) => Ok(read),
            None if name.is_empty() => Err(UserTableError::Empty),
            None if name.len() > MOST => Err(UserTableError::TooLong(name.to_owned())),
            None => Err(UserTableError::NotPlain(name.to_owned())),
        }
    }

    const fn of(name: &'static str) -> Self {
        match Self::read(name) {
            Some(name) => name,
            None => panic!("names of tables and columns are 1 to 63 letters, digits and underscores"),
        }
    }

    const fn read(name: &str) -> Option<Self> {
        let from = name.as_bytes();
        let len = from.len();
        if len == 0 || len > MOST {
            return None;
        }
        let mut bytes = [0; MOST];
        let mut index = 0;
        while index < len {
            if !from[index].is_ascii_alphanumeric() && from[index] != b'_' {
                return None;
            }
            bytes[index] = from[index];
            index += 1;
        }
        Some(Self { bytes, len })
    }

    fn as_str(&self) -> &str {
        // ASCII, as `read` has seen.
        self.bytes.get(..self.len).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
