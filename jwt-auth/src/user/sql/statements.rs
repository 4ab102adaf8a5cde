//! The statements over a user table, in words that both databases know.

use super::UserTable;
use super::catalogue::Column;
use crate::error::StoreError;

/// Every statement over the table, written once it is known which columns are there.
pub(super) struct Statements {
    pub(super) insert: String,
    /// Whether the address is a value of its own in `insert`, its last.
    pub(super) inserts_email: bool,
    pub(super) by_id: String,
    pub(super) by_username: String,
    pub(super) set_password: String,
    pub(super) set_username: String,
    pub(super) update_password: String,
    pub(super) set_active: String,
    pub(super) record_login: String,
    pub(super) user_id_kind: Kind,
    /// Tokens name users by the primary key.
    pub(super) user_id_is_key: bool,
}

/// What values of the user id's column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Integer,
    Text,
    Uuid,
    /// 32 small hexadecimal digits: how Django keeps UUIDs in SQLite.
    UuidDigits,
}

impl Statements {
    pub(super) fn of(names: &UserTable, columns: &[Column]) -> Result<Self, StoreError> {
        let (table, id, username) = (names.table_name(), names.id_column(), names.username_column());
        let user_id = names.user_id_column();
        // SQLite does not tell capitals from small letters. To PostgreSQL the other spelling is an error later on, which
        // is better than a column of who is active that is overlooked.
        let find = |name: &str| columns.iter().find(|column| column.name.eq_ignore_ascii_case(name));
        for needed in [id, "password", username, user_id] {
            if find(needed).is_none() {
                return Err(StoreError::corrupt(NoColumn { table: table.to_owned(), column: needed.to_owned() }));
            }
        }
        let kind = |name: &str| find(name).map_or(Kind::Text, |column| kind_of(&column.kind));
        if kind(id) != Kind::Integer {
            return Err(StoreError::corrupt(KeyIsNoInteger { table: table.to_owned(), column: id.to_owned() }));
        }
        let user_id_kind = kind(user_id);
        let user_id_text = match user_id_kind {
            // With the dashes, as Python writes it into tokens.
            Kind::UuidDigits => {
                let part = |from: u8, length: u8| format!(r#"substr("{user_id}", {from}, {length})"#);
                [part(1, 8), part(9, 4), part(13, 4), part(17, 4), part(21, 12)].join(" || '-' || ")
            }
            _ => format!(r#"CAST("{user_id}" AS text)"#),
        };
        // A custom user model has the columns that it was given, and Django's values for the rest.
        let or = |name: &str, instead: &str| match find(name) {
            Some(_) => format!(r#""{name}""#),
            None => instead.to_owned(),
        };
        let (first, last, email) = (or("first_name", "''"), or("last_name", "''"), or("email", "''"));
        let (staff, superuser, active) = (or("is_staff", NO), or("is_superuser", NO), or("is_active", YES));
        let selected = format!(
            r#"CAST("{id}" AS bigint), {user_id_text}, "password", {superuser}, "{username}", {first}, {last},
               {email}, {staff}, {active}"#
        );
        let select = format!(r#"SELECT {selected} FROM "{table}""#);
        let given_id = if user_id_kind == Kind::Uuid { "CAST($1 AS uuid)" } else { "$1" };
        let record_login = match find("last_login") {
            Some(column) => {
                let moment = moment("$1", column);
                format!(r#"UPDATE "{table}" SET "last_login" = {moment} WHERE "{id}" = $2"#)
            }
            None => String::new(),
        };
        let joined = find("date_joined").map_or_else(|| "$6".to_owned(), |column| moment("$6", column));
        let (mut more, mut values) = (String::new(), String::new());
        for name in ["first_name", "last_name"].into_iter().filter(|name| find(name).is_some()) {
            more.push_str(&format!(r#", "{name}""#));
            values.push_str(", ''");
        }
        let inserts_email = username != "email" && find("email").is_some();
        if inserts_email {
            more.push_str(r#", "email""#);
            values.push_str(", $7");
        }
        Ok(Self {
            insert: format!(
                r#"INSERT INTO "{table}"
                   ("password", "is_superuser", "{username}", "is_staff", "is_active", "date_joined"{more})
                   VALUES ($1, $2, $3, $4, $5, {joined}{values}) RETURNING {selected}"#
            ),
            inserts_email,
            by_id: format!(r#"{select} WHERE "{user_id}" = {given_id} LIMIT 2"#),
            by_username: format!(r#"{select} WHERE "{username}" = $1 LIMIT 2"#),
            set_password: format!(r#"UPDATE "{table}" SET "password" = $1 WHERE "{id}" = $2"#),
            set_username: format!(r#"UPDATE "{table}" SET "{username}" = $1 WHERE "{id}" = $2"#),
            update_password: format!(r#"UPDATE "{table}" SET "password" = $1 WHERE "{id}" = $2 AND "password" = $3"#),
            set_active: format!(r#"UPDATE "{table}" SET "is_active" = $1 WHERE "{id}" = $2"#),
            record_login,
            user_id_kind,
            user_id_is_key: user_id == id,
        })
    }
}

/// The user table has no such column.
#[derive(Debug, thiserror::Error)]
#[error(
    "the user table `{table}` has no column `{column}`: name its own with `UserTable`, or the settings `username_field` and \
     `user_id_field`"
)]
struct NoColumn {
    table: String,
    column: String,
}

/// Users are loaded with an integer as their key, which Django's tables of groups and permissions refer to.
#[derive(Debug, thiserror::Error)]
#[error(
    "the primary key `{column}` of the user table `{table}` is no integer: write a `UserStore` of your own over it"
)]
struct KeyIsNoInteger {
    table: String,
    column: String,
}

const YES: &str = "TRUE";
const NO: &str = "FALSE";

/// A moment, bound as text of naive UTC: what Django writes into SQLite, and what PostgreSQL reads without rounding.
fn moment(given: &str, column: &Column) -> String {
    match column.kind.as_str() {
        "timestamp with time zone" => format!("CAST(CAST({given} AS text) AS timestamp) AT TIME ZONE 'UTC'"),
        "timestamp without time zone" => format!("CAST(CAST({given} AS text) AS timestamp)"),
        _ => given.to_owned(),
    }
}

/// By the words of the catalogue: `integer`, `bigint`, `character varying(150)`, `uuid`; in SQLite Django's own.
fn kind_of(column: &str) -> Kind {
    let word = column.to_ascii_lowercase();
    match word.as_str() {
        "uuid" => Kind::Uuid,
        "char(32)" => Kind::UuidDigits,
        word if word.contains("int") => Kind::Integer,
        _ => Kind::Text,
    }
}
