use jwt_auth::routing::GuardedRouter;
use jwt_auth::{JwtAuth, User, token_routes};

#[derive(Clone)]
struct Account;

impl User for Account {
    fn identity(&self) -> jwt_auth::user::Identity<'_> {
        unreachable!()
    }
}

#[token_routes("/api/token", only(obtain, obtain))]
fn urls() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new()
}

fn main() {}
