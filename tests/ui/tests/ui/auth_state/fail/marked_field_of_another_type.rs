use jwt_auth::AuthState;

#[derive(Clone, AuthState)]
struct App {
    #[auth]
    name: String,
}

fn main() {}
