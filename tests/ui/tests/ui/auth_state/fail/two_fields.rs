use jwt_auth::{AuthState, JwtAuth};

#[derive(Clone, AuthState)]
struct App {
    staff: JwtAuth,
    customers: JwtAuth,
}

fn main() {}
