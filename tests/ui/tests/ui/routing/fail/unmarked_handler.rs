use jwt_auth::JwtAuth;
use jwt_auth::routing::{GuardedRouter, get};

async fn naked() {}

fn main() {
    let _: GuardedRouter<JwtAuth> = GuardedRouter::new().route("/", get(naked));
}
