use jwt_auth::AuthState;

#[derive(Clone, AuthState)]
struct App {
    name: String,
}

fn main() {}
