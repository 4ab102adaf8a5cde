use jwt_auth::routing::GuardedRouter;
use jwt_auth::{AuthState, JwtAuth};

#[derive(AuthState)]
struct App {
    auth: JwtAuth,
}

fn main() {
    let _ = GuardedRouter::<App>::new();
}
