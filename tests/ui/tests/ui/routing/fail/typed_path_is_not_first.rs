use axum_extra::routing::TypedPath;
use jwt_auth::routing::GuardedRouter;
use jwt_auth::{JwtAuth, TokenUser, protected};

#[derive(TypedPath)]
#[typed_path("/orders")]
struct Orders;

#[protected]
async fn list(_: TokenUser, _: Orders) {}

fn main() {
    let _ = GuardedRouter::<JwtAuth>::new().typed_post(list);
}
