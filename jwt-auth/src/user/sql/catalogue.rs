//! What the database says of its tables.

use super::UserTable;
use super::pool::{Pool, on_pool};
use crate::error::StoreError;

/// A column of a table.
pub(super) struct Column {
    pub(super) name: String,
    /// In the database's own words: `integer`, `varchar(150)`, `timestamp with time zone`.
    pub(super) kind: String,
}

/// The tables that join users to groups and permissions, and in each the column of the user.
pub(super) struct Memberships {
    pub(super) groups: String,
    pub(super) groups_user: String,
    pub(super) permissions: String,
    pub(super) permissions_user: String,
}

/// There is no such table.
#[derive(Debug, thiserror::Error)]
#[error("the database has no table `{table}`: {remedy}")]
struct NoTable {
    table: String,
    remedy: &'static str,
}

/// The columns of the user table.
pub(super) async fn user_columns(pool: &Pool, names: &UserTable) -> Result<Vec<Column>, StoreError> {
    let remedy =
        "name that of the users with `UserTable` or the setting `user_table`, or make one with `SqlUserStore::migrate`";
    columns(pool, names.table_name(), remedy).await
}

/// Django names both tables after the user's, and the column in them after the user's model.
pub(super) async fn memberships(pool: &Pool, names: &UserTable) -> Result<Memberships, StoreError> {
    let groups = format!("{}_groups", names.table_name());
    let permissions = format!("{}_user_permissions", names.table_name());
    Ok(Memberships {
        groups_user: user_column(pool, &groups, "group_id").await?,
        permissions_user: user_column(pool, &permissions, "permission_id").await?,
        groups,
        permissions,
    })
}

async fn user_column(pool: &Pool, table: &str, other: &str) -> Result<String, StoreError> {
    let remedy = "Django's `migrate` makes it";
    let columns = columns(pool, table, remedy).await?;
    let mut left = columns.into_iter().map(|column| column.name).filter(|name| name != "id" && name != other);
    match (left.next(), left.next()) {
        // It goes into statements between quotes.
        (Some(column), None) if !column.contains('"') => Ok(column),
        _ => Err(StoreError::corrupt(NotAJoin { table: table.to_owned() })),
    }
}

/// The table is not one that Django makes for a many-to-many field.
#[derive(Debug, thiserror::Error)]
#[error("the table `{table}` has not the columns of Django's")]
struct NotAJoin {
    table: String,
}

async fn columns(pool: &Pool, table: &str, remedy: &'static str) -> Result<Vec<Column>, StoreError> {
    let sql = match pool {
        #[cfg(feature = "sqlite")]
        Pool::Sqlite(_) => "SELECT name, type AS kind FROM pragma_table_info($1)",
        #[cfg(feature = "postgres")]
        Pool::Postgres(_) => {
            "SELECT attname::text AS name, format_type(atttypid, NULL) AS kind FROM pg_attribute
             WHERE attrelid = to_regclass(quote_ident($1)) AND attnum > 0 AND NOT attisdropped"
        }
    };
    let rows: Vec<(String, String)> = on_pool!(pool, db => sqlx::query_as(sql).bind(table).fetch_all(db)).await?;
    let columns: Vec<Column> = rows.into_iter().map(|(name, kind)| Column { name, kind }).collect();
    if columns.is_empty() {
        return Err(StoreError::corrupt(NoTable { table: table.to_owned(), remedy }));
    }
    Ok(columns)
}
