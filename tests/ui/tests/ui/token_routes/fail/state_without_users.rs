use jwt_auth::routing::GuardedRouter;
use jwt_auth::{JwtAuth, token_routes};

#[token_routes("/api/token")]
fn urls() -> GuardedRouter<JwtAuth> {
    GuardedRouter::new()
}

fn main() {}
