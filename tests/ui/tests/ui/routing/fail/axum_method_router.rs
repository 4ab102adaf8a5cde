use axum::routing::get;
use jwt_auth::routing::GuardedRouter;
use jwt_auth::{JwtAuth, protected};

#[protected]
async fn me() {}

fn main() {
    let _: GuardedRouter<JwtAuth> = GuardedRouter::new().route("/", get(me));
}
