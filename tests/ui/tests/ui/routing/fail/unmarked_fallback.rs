use jwt_auth::JwtAuth;
use jwt_auth::routing::GuardedRouter;

async fn naked() {}

fn main() {
    let _: GuardedRouter<JwtAuth> = GuardedRouter::new().fallback(naked);
}
