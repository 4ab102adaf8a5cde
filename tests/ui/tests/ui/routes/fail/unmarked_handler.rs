use jwt_auth::JwtAuth;
use jwt_auth::routing::GuardedRouter;

#[utoipa::path(get, path = "/", responses((status = 200, description = "Done")))]
async fn naked() {}

fn main() {
    let _: GuardedRouter<JwtAuth> = GuardedRouter::new().routes(jwt_auth::routes!(naked));
}
