use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::{JwtAuth, protected};

#[protected]
async fn list() {}

async fn create() {}

fn main() {
    let _: GuardedRouter<JwtAuth> = GuardedRouter::new().route("/", get(list).post(create));
}
