use jwt_auth::JwtAuth;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::{public, routes};

#[utoipa::path(get, path = "/", responses((status = 200, description = "Done")))]
#[public]
async fn list() {}

fn main() {
    let router: GuardedRouter<JwtAuth> = GuardedRouter::new().route("/list", get(list));
    router.routes(routes!("/orders", list, get(list), create = list, try::list));
}
