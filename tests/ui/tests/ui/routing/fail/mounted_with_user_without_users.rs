use jwt_auth::routing::GuardedRouter;
use jwt_auth::{IsAdminUser, JwtAuth, rule};

fn main() {
    let _ = GuardedRouter::<JwtAuth>::new().mount("/a", rule!(IsAdminUser, user), axum::Router::new());
}
