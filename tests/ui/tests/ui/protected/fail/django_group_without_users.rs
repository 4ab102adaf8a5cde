use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::{JwtAuth, protected};

#[protected(DjangoGroup("editors"))]
async fn handler() {}

fn main() {
    let _ = GuardedRouter::<JwtAuth>::new().route("/", get(handler));
}
