use jwt_auth::{IsAuthenticated, protected};

#[derive(jwt_auth::Permissions)]
enum Perm {
    Read,
    Write,
}

#[protected(IsAuthenticated && !Perm::Read)]
async fn handler() {}

fn main() {}
