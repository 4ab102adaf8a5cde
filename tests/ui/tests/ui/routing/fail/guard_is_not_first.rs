use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::{Guard, IsAdminUser, JwtAuth};

async fn late(_: axum::http::Method, _: Guard<IsAdminUser>) {}

fn main() {
    let _: GuardedRouter<JwtAuth> = GuardedRouter::new().route("/", get(late));
}
