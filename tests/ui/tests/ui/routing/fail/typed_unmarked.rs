use axum_extra::routing::TypedPath;
use jwt_auth::JwtAuth;
use jwt_auth::routing::GuardedRouter;

#[derive(TypedPath)]
#[typed_path("/orders")]
struct Orders;

async fn naked(_: Orders) {}

fn main() {
    let _ = GuardedRouter::<JwtAuth>::new().typed_get(naked);
}
