use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::{IsAuthenticated as Anyone, JwtAuth, Permissions, protected};

#[derive(Permissions)]
enum Perm {
    Read,
    Suspended,
}

#[protected(Anyone && !Perm::Suspended)]
async fn handler() {}

fn main() {
    let _ = GuardedRouter::<JwtAuth>::new().route("/", get(handler));
}
