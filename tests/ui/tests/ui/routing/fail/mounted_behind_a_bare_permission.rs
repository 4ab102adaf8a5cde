use jwt_auth::routing::GuardedRouter;
use jwt_auth::{JwtAuth, Permissions};

#[derive(Permissions)]
enum Perm {
    Read,
    Suspended,
}

fn main() {
    let _ = GuardedRouter::<JwtAuth>::new().mount("/a", Perm::Read, axum::Router::new());
}
