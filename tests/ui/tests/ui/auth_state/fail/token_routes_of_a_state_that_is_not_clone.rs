use jwt_auth::routing::GuardedRouter;
use jwt_auth::user::{Identity, User};
use jwt_auth::{AuthState, JwtAuth, token_routes};

#[derive(Clone)]
struct Account;

impl User for Account {
    fn identity(&self) -> Identity<'_> {
        unreachable!()
    }
}

#[derive(AuthState)]
struct App {
    auth: JwtAuth<Account>,
}

#[token_routes("/api/token")]
fn urls() -> GuardedRouter<App> {
    GuardedRouter::new()
}

fn main() {}
