//! The seam to the core: what every user store does.

use super::pool::{changes_on_pool, on_pool, sole};
use super::statements::Kind;
use super::{AuthUser, SqlUserStore, can_be_text};
use crate::clock::Timestamp;
use crate::error::StoreError;
use crate::sql::naive_utc;
use crate::user::UserStore;
use sqlx::AssertSqlSafe;

impl UserStore for SqlUserStore {
    type User = AuthUser;

    /// By the primary key, or the column of [`UserTable::user_id_field`](super::UserTable::user_id_field). Where that holds integers, `id` is one as it is
    /// written into tokens: other spellings (`"+1"`, `"01"`) are nobody's, so that each user has one name.
    async fn find_by_id(&self, id: &str) -> Result<Option<AuthUser>, StoreError> {
        let sql = self.statements().await?;
        let select = AssertSqlSafe(sql.by_id.clone());
        if sql.user_id_kind == Kind::Integer {
            let Some(id) = id.parse().ok().filter(|number: &i64| number.to_string() == id) else { return Ok(None) };
            if sql.user_id_is_key {
                // Asking for one wakes nobody again to hear that there are no more.
                return on_pool!(&self.pool, db => sqlx::query_as(select).bind(id).fetch_optional(db)).await;
            }
            return on_pool!(&self.pool, db => sqlx::query_as(select).bind(id).fetch_all(db)).await.map(sole);
        }
        if !can_be_text(id) || (sql.user_id_kind != Kind::Text && !is_uuid(id)) {
            return Ok(None);
        }
        let digits: String;
        let id = match sql.user_id_kind {
            Kind::UuidDigits => {
                digits = id.replace('-', "").to_ascii_lowercase();
                &digits
            }
            _ => id,
        };
        on_pool!(&self.pool, db => sqlx::query_as(select).bind(id).fetch_all(db)).await.map(sole)
    }

    async fn disable(&self, user: &AuthUser) -> Result<bool, StoreError> {
        // Of one who is gone there is nothing to switch off.
        self.set_active(user.id, false).await?;
        Ok(true)
    }

    async fn find_by_username(&self, username: &str) -> Result<Option<AuthUser>, StoreError> {
        self.find(username).await
    }

    fn user_id_field(&self) -> &str {
        self.over.table.user_id_column()
    }

    async fn update_password(&self, user: &AuthUser, old_hash: &str, new_hash: &str) -> Result<(), StoreError> {
        let update = AssertSqlSafe(self.statements().await?.update_password.clone());
        changes_on_pool!(&self.pool, sqlx::query(update).bind(new_hash).bind(user.id).bind(old_hash)).await?;
        Ok(())
    }

    fn __described(&self) -> String {
        let table = &self.over.table;
        let mut columns = vec![table.id_column(), "password", table.username_column()];
        columns.extend(Some(table.user_id_column()).filter(|column| !columns.contains(column)));
        format!("the table `{}` with the columns `{}`", table.table_name(), columns.join("`, `"))
    }

    async fn __unreadable_hash(&self, beginnings: &[String]) -> Result<Option<String>, StoreError> {
        let table = self.over.table.table_name();
        // The beginnings are this crate's own words. Each statement stops at its first row.
        let listed: Vec<_> =
            beginnings.iter().map(|begin| format!(r#"substr("password", 1, {}) = '{begin}'"#, begin.len())).collect();
        let first = async |condition: &str| {
            let sql = format!(r#"SELECT "password" FROM "{table}" WHERE {condition} LIMIT 1"#);
            let found = on_pool!(&self.pool, db => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_optional(db)).await;
            found.map(|hash: Option<String>| hash)
        };
        if listed.is_empty() || first(&listed.join(" OR ")).await?.is_some() {
            return Ok(None);
        }
        // Django marks users who cannot log in by `!`.
        first(r#""password" LIKE '%$%' AND substr("password", 1, 1) <> '!'"#).await
    }

    /// As Django's `has_perm("app_label.codename")` does by its `ModelBackend`. One query, except for superusers.
    async fn has_perm(&self, user: &AuthUser, permission: &str) -> Result<bool, StoreError> {
        if !user.is_active || user.is_superuser {
            return Ok(user.is_active);
        }
        if !can_be_text(permission) {
            return Ok(false);
        }
        self.permission_statements().await?.has_perm(&self.pool, user, permission).await
    }

    /// By name. Inactive users are in no group; superusers are in those that they were put into.
    async fn in_group(&self, user: &AuthUser, group: &str) -> Result<bool, StoreError> {
        if !user.is_active || !can_be_text(group) {
            return Ok(false);
        }
        self.permission_statements().await?.in_group(&self.pool, user, group).await
    }

    async fn record_login(&self, user: &AuthUser, at: Timestamp) -> Result<(), StoreError> {
        let sql = self.statements().await?;
        if sql.record_login.is_empty() {
            return Ok(());
        }
        let update = AssertSqlSafe(sql.record_login.clone());
        changes_on_pool!(&self.pool, sqlx::query(update).bind(naive_utc(at)).bind(user.id)).await?;
        Ok(())
    }
}

/// With its dashes or without: what PostgreSQL and Python both read.
fn is_uuid(text: &str) -> bool {
    let dashes: Vec<usize> = text.match_indices('-').map(|(at, _)| at).collect();
    let digits = text.bytes().filter(u8::is_ascii_hexdigit).count();
    digits == 32 && text.len() == 32 + dashes.len() && (dashes.is_empty() || dashes == [8, 13, 18, 23])
}
