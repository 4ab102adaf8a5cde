//! Permissions and groups of Django, alone and among other leaves.

use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::user::Identity;
use jwt_auth::{IsAdminUser, JwtAuth, User, protected, rule};

#[derive(Clone)]
struct Account;

impl User for Account {
    fn identity(&self) -> Identity<'_> {
        unreachable!()
    }
}

#[protected(DjangoPermission("orders.change_order"))]
async fn alone() {}

#[protected((DjangoPermission("orders.add_order") || IsAdminUser) && !DjangoGroup("suspended"), user)]
async fn joined() {}

fn main() {
    let rule = rule!(DjangoGroup("Éditeurs en chef") && scope("orders"));
    let _: GuardedRouter<JwtAuth<Account>> = GuardedRouter::new()
        .route("/alone", get(alone))
        .route("/joined", get(joined))
        .mount("/below", rule, axum::Router::new());
}
