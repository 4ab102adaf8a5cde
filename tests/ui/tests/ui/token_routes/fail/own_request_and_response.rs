use jwt_auth::routing::GuardedRouter;
use jwt_auth::views::ObtainView;
use jwt_auth::{JwtAuth, User, token_routes};

#[derive(Clone)]
struct Account;

impl User for Account {
    fn identity(&self) -> jwt_auth::user::Identity<'_> {
        unreachable!()
    }
}

struct MyRequest;

struct MyResponse;

struct MyView;

impl ObtainView<JwtAuth<Account>> for MyView {
    type Request = MyRequest;
    type Response = MyResponse;
}

#[token_routes("/api/token", obtain = MyView)]
fn urls() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new()
}

fn main() {}
