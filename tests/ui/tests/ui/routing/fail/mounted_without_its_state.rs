use jwt_auth::routing::GuardedRouter;
use jwt_auth::{IsAdminUser, JwtAuth};

fn office() -> axum::Router<JwtAuth> {
    axum::Router::new()
}

fn main() {
    let _ = GuardedRouter::<JwtAuth>::new().mount("/office", IsAdminUser, office());
}
