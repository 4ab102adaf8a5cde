use jwt_auth::{IsAuthenticated, protected};

#[derive(jwt_auth::Permissions)]
enum Perm {
    Read,
    Write,
}

#[protected(Perm::Read && !IsAuthenticated)]
async fn handler() {}

fn main() {}
