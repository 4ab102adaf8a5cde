use jwt_auth::routing::GuardedRouter;
use jwt_auth::{AuthState, AuthUser, JwtAuth, token_routes};

#[derive(AuthState)]
struct App {
    auth: JwtAuth<AuthUser>,
}

#[token_routes("/api/token")]
fn urls() -> GuardedRouter<App> {
    GuardedRouter::new()
}

fn main() {}
