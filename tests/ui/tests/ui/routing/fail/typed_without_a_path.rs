use jwt_auth::routing::GuardedRouter;
use jwt_auth::{JwtAuth, public};

#[public]
async fn list() {}

fn main() {
    let _ = GuardedRouter::<JwtAuth>::new().typed_get(list);
}
