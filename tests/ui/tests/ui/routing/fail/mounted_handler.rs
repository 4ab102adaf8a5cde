use jwt_auth::routing::GuardedRouter;
use jwt_auth::{IsAdminUser, JwtAuth};

async fn naked() {}

fn main() {
    let _ = GuardedRouter::<JwtAuth>::new().mount("/admin", IsAdminUser, naked);
}
