use jwt_auth::JwtAuth;
use jwt_auth::routing::GuardedRouter;

fn main() {
    let _ = GuardedRouter::<JwtAuth>::new().merge(axum::Router::new());
}
