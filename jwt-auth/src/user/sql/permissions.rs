//! Groups and permissions in Django's tables.

use super::AuthUser;
use super::catalogue::Memberships;
use super::pool::{Pool, on_pool};
use crate::error::StoreError;
use sqlx::AssertSqlSafe;

/// The statements over Django's tables of groups and permissions.
pub(super) struct PermissionStatements {
    has_perm: String,
    in_group: String,
}

impl PermissionStatements {
    pub(super) fn of(tables: &Memberships) -> Self {
        let Memberships { groups, groups_user, permissions, permissions_user } = tables;
        Self {
            // As Django's `ModelBackend`: permissions of the user and of the user's groups.
            has_perm: format!(
                r#"SELECT EXISTS (
                    SELECT 1 FROM auth_permission p JOIN django_content_type c ON c.id = p.content_type_id
                    WHERE c.app_label = $1 AND p.codename = $2 AND (
                        EXISTS (SELECT 1 FROM "{permissions}" u WHERE u.permission_id = p.id AND u."{permissions_user}" = $3)
                        OR EXISTS (
                            SELECT 1 FROM "{groups}" m JOIN auth_group_permissions g ON g.group_id = m.group_id
                            WHERE g.permission_id = p.id AND m."{groups_user}" = $3
                        )
                    )
                )"#
            ),
            in_group: format!(
                r#"SELECT EXISTS (
                    SELECT 1 FROM auth_group g JOIN "{groups}" m ON m.group_id = g.id
                    WHERE g.name = $1 AND m."{groups_user}" = $2
                )"#
            ),
        }
    }

    /// `app_label.codename`; no other text is a permission.
    pub(super) async fn has_perm(&self, pool: &Pool, user: &AuthUser, permission: &str) -> Result<bool, StoreError> {
        let Some((app, codename)) = permission.split_once('.') else { return Ok(false) };
        let select = || AssertSqlSafe(self.has_perm.clone());
        on_pool!(pool, db => sqlx::query_scalar(select()).bind(app).bind(codename).bind(user.id).fetch_one(db)).await
    }

    pub(super) async fn in_group(&self, pool: &Pool, user: &AuthUser, group: &str) -> Result<bool, StoreError> {
        let select = || AssertSqlSafe(self.in_group.clone());
        on_pool!(pool, db => sqlx::query_scalar(select()).bind(group).bind(user.id).fetch_one(db)).await
    }
}
