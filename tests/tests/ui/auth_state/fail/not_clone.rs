use jwt_auth::{AuthState, JwtAuth};

#[derive(AuthState)]
struct App {
    auth: JwtAuth,
}

fn main() {}
