//! x
#![allow(missing_docs)]
use jwt_auth::routing::{GuardedRouter, get, post};
use jwt_auth::{
    AuthState, IsAdminUser, JwtAuth, Permissions, User, protected, public, rule, token_routes,
};

#[derive(Clone)]
struct Account;
impl User for Account {
    fn id(&self) -> String {
        String::new()
    }
}

#[derive(Clone, AuthState)]
struct App {
    auth: JwtAuth<Account>,
    #[allow(dead_code)]
    n: u32,
}

#[derive(Permissions)]
enum Perm {
    OrdersRead,
    OrdersWrite,
    #[permission("admin")]
    Admin,
}

#[protected]
async fn me() -> &'static str {
    "x"
}
#[protected((Perm::OrdersWrite || Perm::Admin) && !scope("a:b") || Perm::OrdersRead, user)]
async fn w(_b: String) -> &'static str {
    "x"
}
#[public]
async fn p() -> &'static str {
    "x"
}

#[token_routes("/api/token", only(obtain, refresh))]
fn urls() -> GuardedRouter<App> {
    GuardedRouter::new()
        .route("/me", get(me))
        .route("/w", post(w).get(p))
        .mount("/admin", IsAdminUser, axum::Router::new())
        .mount("/y", rule!(Perm::Admin), axum::Router::new())
}

#[test]
fn t() {
    println!("{}", urls().access_table());
}
