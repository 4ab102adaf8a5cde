//! Which row of the user table a token's user id means.

use super::fault::Fault;
use super::rows::{Rows, Value};
use tokio::sync::OnceCell;

/// Names of Django's user table, its key and the column that tokens name users by.
pub(super) struct Users {
    table: String,
    id: String,
    user_id_field: String,
    /// Asked of the database once.
    kind: OnceCell<IdKind>,
}

/// What the column holds that tokens name users by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IdKind {
    Integer,
    Uuid,
    Text,
    /// Compared as PostgreSQL writes it.
    #[cfg(feature = "postgres")]
    Other,
}

impl Users {
    pub(super) fn new(table: &str, id: &str, user_id_field: &str) -> Self {
        Self {
            table: table.to_owned(),
            id: id.to_owned(),
            user_id_field: user_id_field.to_owned(),
            kind: OnceCell::new(),
        }
    }

    /// An SQL expression for the key of the user whom the claim means, and the value for its placeholder.
    pub(super) async fn key<C: Rows>(
        &self,
        connection: &mut C,
        claim: Option<&str>,
        place: u32,
    ) -> Result<(String, Option<Value>), Fault> {
        let nobody = ("NULL".to_owned(), None);
        let Some(claim) = claim else { return Ok(nobody) };
        let kind = self.kind(connection).await?;
        // With the table's name before it: to SQLite an unknown name in double quotes alone is a text.
        let column = format!("users.{}", quoted(&self.user_id_field));
        let Some((condition, value)) = C::id_equals(kind, &column, place, claim) else { return Ok(nobody) };
        let (table, id) = (quoted(&self.table), quoted(&self.id));
        Ok((format!("(SELECT users.{id} FROM {table} AS users WHERE {condition})"), Some(value)))
    }

    /// What the column holds; an error when there is none.
    pub(super) async fn kind<C: Rows>(&self, connection: &mut C) -> Result<IdKind, Fault> {
        let found = self.kind.get_or_try_init(async || {
            let values = vec![Value::Text(C::table_name(&self.table)), Value::Text(self.user_id_field.clone())];
            match connection.text(C::COLUMN_TYPE.to_owned(), values).await? {
                Some(column_type) => Ok(C::kind_of_id(&column_type)),
                None => Err(Fault::NoUserTable { table: self.table.clone(), column: self.user_id_field.clone() }),
            }
        });
        found.await.copied()
    }
}

/// Any text as a name in SQL.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The 32 hexadecimal digits of a UUID in small letters, however it is hyphenated.
pub(super) fn uuid_digits(text: &str) -> Option<String> {
    let digits = text.replace('-', "").to_ascii_lowercase();
    (digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_ids_are_read_as_they_are() {
        assert_eq!(quoted("auth_user"), "\"auth_user\"");
        assert_eq!(quoted("a\" OR 1"), "\"a\"\" OR 1\"");
        let digits = "00112233445566778899aabbccddeeff";
        assert_eq!(uuid_digits("00112233-4455-6677-8899-AABBCCDDEEFF").as_deref(), Some(digits));
        assert_eq!(uuid_digits("7"), None);
        assert_eq!(uuid_digits(&"g".repeat(32)), None);
    }
}
