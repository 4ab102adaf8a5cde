//! Which table and columns hold the users, and the statements over them.

/// Names of the table and its columns. [`Default`] is Django's `auth_user`.
#[derive(Clone, Debug)]
pub struct UserTable {
    table: &'static str,
    id: &'static str,
    username: &'static str,
}

impl UserTable {
    /// Django's user table.
    pub const AUTH_USER: Self = Self { table: "auth_user", id: "id", username: "username" };

    /// Another table of the same layout: a custom user model's `app_user`.
    ///
    /// # Panics
    /// At the start of a program, for a name that is no plain identifier: names come from code, never from input.
    #[must_use]
    pub const fn named(self, table: &'static str) -> Self {
        Self { table: identifier(table), ..self }
    }

    /// The column of the primary key.
    ///
    /// # Panics
    /// As [`named`](Self::named).
    #[must_use]
    pub const fn id(self, column: &'static str) -> Self {
        Self { id: identifier(column), ..self }
    }

    /// The column that users log in with: `email`, say.
    ///
    /// # Panics
    /// As [`named`](Self::named).
    #[must_use]
    pub const fn username(self, column: &'static str) -> Self {
        Self { username: identifier(column), ..self }
    }
}

impl Default for UserTable {
    fn default() -> Self {
        Self::AUTH_USER
    }
}

/// Every statement over the table, written once.
pub(super) struct Statements {
    pub(super) create_table: String,
    pub(super) insert: String,
    pub(super) by_id: String,
    pub(super) by_username: String,
    pub(super) set_password: String,
    pub(super) set_active: String,
    pub(super) record_login: String,
}

impl Statements {
    pub(super) fn of(names: &UserTable) -> Self {
        let UserTable { table, id, username } = names;
        let columns = format!(
            r#""{id}", "password", "is_superuser", "{username}", "first_name", "last_name", "email", "is_staff", "is_active""#
        );
        let select = format!(r#"SELECT {columns} FROM "{table}""#);
        Self {
            // Django 5.2's own statement for SQLite.
            create_table: format!(
                r#"CREATE TABLE IF NOT EXISTS "{table}" (
                    "{id}" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
                    "password" varchar(128) NOT NULL,
                    "last_login" datetime NULL,
                    "is_superuser" bool NOT NULL,
                    "{username}" varchar(150) NOT NULL UNIQUE,
                    "last_name" varchar(150) NOT NULL,
                    "email" varchar(254) NOT NULL,
                    "is_staff" bool NOT NULL,
                    "is_active" bool NOT NULL,
                    "date_joined" datetime NOT NULL,
                    "first_name" varchar(150) NOT NULL
                )"#
            ),
            insert: format!(
                r#"INSERT INTO "{table}"
                   ("password", "last_login", "is_superuser", "{username}", "first_name", "last_name", "email",
                    "is_staff", "is_active", "date_joined")
                   VALUES (?, NULL, ?, ?, '', '', ?, ?, ?, ?) RETURNING {columns}"#
            ),
            by_id: format!(r#"{select} WHERE "{id}" = ?"#),
            by_username: format!(r#"{select} WHERE "{username}" = ?"#),
            set_password: format!(r#"UPDATE "{table}" SET "password" = ? WHERE "{id}" = ?"#),
            set_active: format!(r#"UPDATE "{table}" SET "is_active" = ? WHERE "{id}" = ?"#),
            record_login: format!(r#"UPDATE "{table}" SET "last_login" = ? WHERE "{id}" = ?"#),
        }
    }
}

/// Names are pasted into statements, so they are letters, digits and underscores.
const fn identifier(name: &'static str) -> &'static str {
    let bytes = name.as_bytes();
    assert!(!bytes.is_empty(), "a name of a table or column is not empty");
    let mut index = 0;
    while index < bytes.len() {
        assert!(
            bytes[index].is_ascii_alphanumeric() || bytes[index] == b'_',
            "names of tables and columns have letters, digits and underscores only"
        );
        index += 1;
    }
    name
}
