use jwt_auth::routing::GuardedRouter;
use jwt_auth::user::{Identity, User};
use jwt_auth::{JwtAuth, token_routes};

#[derive(Clone)]
struct Account;

impl User for Account {
    fn identity(&self) -> Identity<'_> {
        unreachable!()
    }
}

#[token_routes("/api/token")]
fn urls(auth: JwtAuth<Account>) -> axum::Router {
    GuardedRouter::new().with_state(auth)
}

fn main() {}
