//! Typed paths for every method.

use axum::http::StatusCode;
use axum_extra::routing::TypedPath;
use jwt_auth::routing::GuardedRouter;
use jwt_auth::{JwtAuth, TokenUser, protected, public};
use serde::Deserialize;

#[derive(TypedPath, Deserialize)]
#[typed_path("/orders/{id}")]
struct Order {
    id: u64,
}

#[derive(TypedPath)]
#[typed_path("/orders")]
struct Orders;

#[public]
async fn list(_: Orders) {}

#[protected]
async fn show(Order { id }: Order, _: TokenUser, body: String) -> String {
    format!("{id} {body}")
}

#[protected(scope("orders"), user)]
async fn change(order: Order) -> StatusCode {
    if order.id == 0 { StatusCode::CONFLICT } else { StatusCode::OK }
}

#[derive(Clone)]
struct Account;

impl jwt_auth::User for Account {
    fn identity(&self) -> jwt_auth::user::Identity<'_> {
        unreachable!()
    }
}

fn main() {
    let router = GuardedRouter::<JwtAuth<Account>>::new()
        .typed_get(list)
        .typed_options(list)
        .typed_trace(list)
        .typed_connect(list)
        .typed_post(show)
        .typed_put(show)
        .typed_head(show)
        .typed_patch(change)
        .typed_delete(change);
    assert_eq!(router.access_table().rows().len(), 9);
}
