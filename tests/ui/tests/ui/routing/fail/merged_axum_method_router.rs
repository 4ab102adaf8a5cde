use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::{JwtAuth, protected};

#[protected]
async fn mine() {}

fn main() {
    let _ = GuardedRouter::<JwtAuth>::new().route("/", get(mine).merge(axum::routing::post(mine)));
}
