// says: this needs the feature `password` of `jwt-auth`
use jwt_auth::routing::GuardedRouter;
use jwt_auth::{JwtAuth, User, token_routes, user::Identity};

#[derive(Clone)]
struct Account;
impl User for Account {
    fn identity(&self) -> Identity<'_> {
        unreachable!()
    }
}

#[token_routes("/api/token", only(obtain, refresh))]
fn urls() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new()
}

fn main() {}
