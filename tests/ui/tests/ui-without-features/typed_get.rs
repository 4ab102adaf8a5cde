// says: this needs the feature `typed-routing` of `jwt-auth`
use jwt_auth::routing::GuardedRouter;
use jwt_auth::{JwtAuth, protected};

#[protected]
async fn show() {}

fn main() {
    let _ = GuardedRouter::<JwtAuth>::new().typed_get(show);
}
