//! What the macros write into an application trips none of the lints that strict applications turn on. This file needs only to
//! compile; `cargo clippy --all-targets` is what looks at it.

#![deny(warnings, clippy::all, clippy::pedantic, clippy::nursery)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::as_conversions)]
#![deny(missing_docs, unreachable_pub, unused_qualifications, unused_results, unused_lifetimes, let_underscore_drop)]
#![deny(missing_debug_implementations, missing_copy_implementations, trivial_casts, trivial_numeric_casts)]
#![forbid(unsafe_code)]

use axum::Json;
use axum::extract::State;
use axum_extra::routing::TypedPath;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::{
    AuthState, CurrentUser, IsAdminUser, JwtAuth, Permissions, TokenUser, protected, public, rule, token_routes,
};
use jwt_auth_tests::Account;
use serde::Deserialize;

/// Permissions.
#[derive(Clone, Copy, Debug, Permissions)]
pub enum Perm {
    /// May read.
    OrdersRead,
    /// May write.
    OrdersWrite,
    /// May not.
    #[permission("suspended")]
    Suspended,
}

/// The state.
#[derive(Clone, Debug, AuthState)]
pub struct App {
    #[auth]
    auth: JwtAuth<Account>,
    name: &'static str,
}

/// A path.
#[derive(Clone, Copy, Debug, TypedPath, Deserialize)]
#[typed_path("/orders/{id}")]
pub struct Order {
    id: u32,
}

/// Anybody.
#[protected]
pub async fn name(State(app): State<App>) -> &'static str {
    std::future::ready(app.name).await
}

/// Some.
///
/// # Errors
/// None.
#[protected((Perm::OrdersRead || Perm::OrdersWrite) && !Perm::Suspended && scope("orders") || IsAdminUser, user)]
pub async fn order(Order { id }: Order, CurrentUser(user): CurrentUser<Account>) -> Result<Json<u64>, String> {
    std::future::ready(Ok(Json(user.id + u64::from(id)))).await
}

/// Everybody.
#[public]
pub async fn open(user: Option<TokenUser>) -> String {
    std::future::ready(user.map_or_else(String::new, |user| user.id().to_owned())).await
}

/// The routes.
#[token_routes("/api/token", only(refresh, verify))]
#[must_use]
pub fn urls() -> GuardedRouter<App> {
    let below = axum::Router::new();
    GuardedRouter::new().route("/name", get(name).post(open)).typed_get(order).mount(
        "/below",
        rule!(Perm::OrdersRead || role("support"), user),
        below,
    )
}

#[test]
fn every_macro_is_looked_at() {
    assert_eq!(urls().access_table().rows().len(), 6);
}
