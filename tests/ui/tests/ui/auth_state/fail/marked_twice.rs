use jwt_auth::{AuthState, JwtAuth};

#[derive(Clone, AuthState)]
struct App {
    #[auth]
    staff: JwtAuth,
    #[auth]
    customers: JwtAuth,
}

fn main() {}
