use jwt_auth::{AuthState, JwtAuth};

#[derive(Clone)]
struct Account;

#[derive(Clone, AuthState)]
struct App {
    auth: JwtAuth<Account>,
}

fn main() {}
