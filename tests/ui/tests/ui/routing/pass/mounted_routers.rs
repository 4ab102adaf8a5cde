//! Routers with their state, without one, and of any state.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use jwt_auth::routing::GuardedRouter;
use jwt_auth::{AuthState, IsAdminUser, JwtAuth, rule};

#[derive(Clone, AuthState)]
struct App {
    auth: JwtAuth,
    name: &'static str,
}

fn office() -> Router<App> {
    Router::new().route("/", get(async |State(app): State<App>| app.name))
}

fn generic<S: AuthState + Clone>() -> GuardedRouter<S> {
    GuardedRouter::new().mount_router("/any", IsAdminUser, Router::new()).mount("/given", IsAdminUser, Router::new())
}

fn main() {
    let router = GuardedRouter::<App>::new()
        .mount_router("/office", rule!(IsAdminUser || scope("office")), office())
        .mount_router("/inferred", IsAdminUser, Router::new().route("/", get(async |State(app): State<App>| app.name)))
        .mount("/here", IsAdminUser, Router::new().route("/", get(async || "in")))
        .mount("/unit", IsAdminUser, Router::<()>::new())
        .merge(generic());
    assert_eq!(router.access_table().rows().len(), 6);
}
