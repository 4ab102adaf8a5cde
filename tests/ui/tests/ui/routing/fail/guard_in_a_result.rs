use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::{Guard, IsAdminUser, JwtAuth, Rejection};

async fn lenient(_: Result<Guard<IsAdminUser>, Rejection>) {}

fn main() {
    let _ = GuardedRouter::<JwtAuth>::new().route("/", get(lenient));
}
