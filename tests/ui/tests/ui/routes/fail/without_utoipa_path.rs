use jwt_auth::JwtAuth;
use jwt_auth::routing::GuardedRouter;

#[jwt_auth::protected]
async fn list() {}

fn main() {
    let _: GuardedRouter<JwtAuth> = GuardedRouter::new().routes(jwt_auth::routes!(list));
}
