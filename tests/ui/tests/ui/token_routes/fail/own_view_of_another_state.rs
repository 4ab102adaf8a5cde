use jwt_auth::routing::GuardedRouter;
use jwt_auth::views::{ObtainView, TokenObtainPairRequest, TokenObtainPairResponse};
use jwt_auth::{AuthState, JwtAuth, User, token_routes};

#[derive(Clone)]
struct Account;

impl User for Account {
    fn identity(&self) -> jwt_auth::user::Identity<'_> {
        unreachable!()
    }
}

#[derive(Clone, AuthState)]
struct App {
    auth: JwtAuth<Account>,
}

struct MyView;

impl ObtainView<App> for MyView {
    type Request = TokenObtainPairRequest;
    type Response = TokenObtainPairResponse;
}

#[token_routes("/api/token", obtain = MyView)]
fn urls() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new()
}

fn main() {}
