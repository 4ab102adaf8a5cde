use jwt_auth::JwtAuth;
use jwt_auth::routing::{GuardedRouter, get};

fn main() {
    let _: GuardedRouter<JwtAuth> = GuardedRouter::new().route("/", get("hello"));
}
