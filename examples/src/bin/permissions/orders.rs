//! The orders, each with the rule it is behind.

use super::{Account, App, Perm};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use jwt_auth::rule::{ObjectPermission, RuleError};
use jwt_auth::{CurrentUser, ObjectPermissions, Rejection, TokenUser, protected, public};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use utoipa::ToSchema;

#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct Order {
    id: usize,
    owner: String,
    item: String,
    refunded: bool,
}

#[derive(Deserialize, ToSchema)]
pub(crate) struct NewOrder {
    item: String,
}

/// An order's id is its place.
#[derive(Clone, Default)]
pub(crate) struct Orders(Arc<Mutex<Vec<Order>>>);

impl Orders {
    fn all(&self) -> MutexGuard<'_, Vec<Order>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What there is to order.
#[utoipa::path(get, path = "/catalogue", responses((status = 200, description = "All of it", body = [String])))]
#[public]
pub(crate) async fn catalogue() -> Json<[&'static str; 2]> {
    Json(["tea", "cake"])
}

/// The caller's orders. The token says who that is and what they may do: no user is loaded.
#[utoipa::path(get, path = "/orders", responses((status = 200, description = "Them", body = [Order])))]
#[protected(Perm::OrdersRead)]
pub(crate) async fn list(user: TokenUser, State(App { orders, .. }): State<App>) -> Json<Vec<Order>> {
    Json(orders.all().iter().filter(|order| order.owner == user.id()).cloned().collect())
}

/// Orders something.
#[utoipa::path(post, path = "/orders", request_body = NewOrder, responses(
    (status = 201, description = "The order", body = Order),
    (status = 400, description = "No JSON"), (status = 415, description = "No JSON"), (status = 422, description = "No order"),
))]
#[protected(Perm::OrdersWrite)]
pub(crate) async fn create(
    user: TokenUser,
    State(App { orders, .. }): State<App>,
    Json(NewOrder { item }): Json<NewOrder>,
) -> (StatusCode, Json<Order>) {
    let mut orders = orders.all();
    let order = Order { id: orders.len(), owner: user.id().to_owned(), item, refunded: false };
    orders.push(order.clone());
    (StatusCode::CREATED, Json(order))
}

/// One order, for its owner and administrators. Everybody else learns nothing of it: 404.
#[utoipa::path(get, path = "/orders/{id}", params(("id" = usize, Path, maximum = 2147483647)), responses(
    (status = 200, description = "The order", body = Order),
    (status = 400, description = "No number"), (status = 404, description = "Not there, or not yours"),
))]
#[protected]
pub(crate) async fn show(
    CurrentUser(user): CurrentUser<Account>,
    objects: ObjectPermissions,
    State(App { orders, .. }): State<App>,
    Path(id): Path<usize>,
) -> Result<Json<Order>, Rejection> {
    let order = orders.all().get(id).cloned();
    objects.get_or_404(OwnerOrAdmin, &user, order).await.map(Json)
}

struct OwnerOrAdmin;

impl ObjectPermission<Account, Order> for OwnerOrAdmin {
    async fn has_object_permission(&self, user: &Account, order: &Order) -> Result<bool, RuleError> {
        Ok(order.owner == user.name || user.may.contains(&Perm::Admin))
    }
}

/// Gives the money back. Whose last login is older than this proves their password anew, at `/api/token/reauthenticate`.
#[utoipa::path(post, path = "/orders/{id}/refund", params(("id" = usize, Path, maximum = 2147483647)), responses(
    (status = 200, description = "The refunded order", body = Order),
    (status = 400, description = "No number"), (status = 404, description = "Not there"),
))]
#[protected(Perm::Refund || Perm::Admin, fresh = "5m")]
pub(crate) async fn refund(
    State(App { orders, .. }): State<App>,
    Path(id): Path<usize>,
) -> Result<Json<Order>, StatusCode> {
    let mut orders = orders.all();
    let order = orders.get_mut(id).ok_or(StatusCode::NOT_FOUND)?;
    order.refunded = true;
    Ok(Json(order.clone()))
}
