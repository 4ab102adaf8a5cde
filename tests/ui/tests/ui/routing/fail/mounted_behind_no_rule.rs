use jwt_auth::JwtAuth;
use jwt_auth::routing::GuardedRouter;

struct Colour;

fn main() {
    let _ = GuardedRouter::<JwtAuth>::new().mount("/admin", Colour, axum::Router::new());
}
