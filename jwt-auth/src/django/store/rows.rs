//! What both databases can do with a statement. Their SQL is the same but for moments and ids.

use super::users::IdKind;
use crate::clock::Timestamp;
use std::future::Future;

/// A value for a placeholder. Without `Debug`: it may be a token.
pub(super) enum Value {
    Text(String),
    Integer(i64),
}

/// A row that a flush looks at.
pub(super) struct FlushRow {
    pub(super) id: i64,
    /// The stored token, when the row has expired.
    pub(super) token: Option<String>,
    /// Whether it expired so long ago that no token of any kind can be alive.
    pub(super) is_past_all: bool,
}

/// A connection to SQLite or PostgreSQL.
pub(super) trait Rows: Send {
    /// Finds a column's type: its placeholders are the table, quoted or not as the database wants it, and the column.
    const COLUMN_TYPE: &'static str;

    /// Asks the server's clock, in milliseconds since 1970; none where there is no server.
    const CLOCK: Option<&'static str>;

    /// Whether a text may hold NUL.
    const HOLDS_NUL: bool;

    /// A table's name as [`COLUMN_TYPE`](Self::COLUMN_TYPE) takes it.
    fn table_name(name: &str) -> String;

    /// What such a type can hold.
    fn kind_of_id(column_type: &str) -> IdKind;

    /// A placeholder for a moment.
    fn moment(place: u32) -> String;

    /// The value for it.
    fn moment_value(at: Timestamp) -> Value;

    /// A comparison of the column with a placeholder, and the value for it; none when no such id can be in the column.
    fn id_equals(kind: IdKind, column: &str, place: u32, claim: &str) -> Option<(String, Value)>;

    /// The first column of the first row, a number.
    fn number(&mut self, sql: String, values: Vec<Value>) -> impl Future<Output = sqlx::Result<Option<i64>>> + Send;

    /// The first column of the first row, a text.
    fn text(&mut self, sql: String, values: Vec<Value>) -> impl Future<Output = sqlx::Result<Option<String>>> + Send;

    /// Writes; the number of rows that were changed. The statement is not kept for another time when it has no values.
    fn write(&mut self, sql: String, values: Vec<Value>) -> impl Future<Output = sqlx::Result<u64>> + Send;

    /// Rows of id, token and whether past all.
    fn page(&mut self, sql: String, values: Vec<Value>) -> impl Future<Output = sqlx::Result<Vec<FlushRow>>> + Send;
}

/// The four methods that are word for word the same on both.
macro_rules! statements {
    ($database:ty) => {
        async fn number(&mut self, sql: String, values: Vec<Value>) -> sqlx::Result<Option<i64>> {
            let query = sqlx::query_scalar::<$database, i64>(AssertSqlSafe(sql));
            bound!(query, values).fetch_optional(&mut *self).await
        }

        async fn text(&mut self, sql: String, values: Vec<Value>) -> sqlx::Result<Option<String>> {
            let query = sqlx::query_scalar::<$database, String>(AssertSqlSafe(sql));
            bound!(query, values).fetch_optional(&mut *self).await
        }

        async fn write(&mut self, sql: String, values: Vec<Value>) -> sqlx::Result<u64> {
            let query = sqlx::query::<$database>(AssertSqlSafe(sql)).persistent(!values.is_empty());
            Ok(bound!(query, values).execute(&mut *self).await?.rows_affected())
        }

        async fn page(&mut self, sql: String, values: Vec<Value>) -> sqlx::Result<Vec<FlushRow>> {
            let query = sqlx::query_as::<$database, (i64, Option<String>, bool)>(AssertSqlSafe(sql));
            let rows = bound!(query, values).fetch_all(&mut *self).await?;
            Ok(rows.into_iter().map(|(id, token, is_past_all)| FlushRow { id, token, is_past_all }).collect())
        }
    };
}

macro_rules! bound {
    ($query:ident, $values:ident) => {
        $values.into_iter().fold($query, |query, value| match value {
            Value::Text(text) => query.bind(text),
            Value::Integer(number) => query.bind(number),
        })
    };
}

pub(super) use {bound, statements};
