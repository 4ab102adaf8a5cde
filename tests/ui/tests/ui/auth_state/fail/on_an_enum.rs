use jwt_auth::AuthState;

#[derive(Clone, AuthState)]
enum App {
    One,
}

fn main() {}
