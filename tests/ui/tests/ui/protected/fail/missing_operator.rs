use jwt_auth::protected;

#[derive(jwt_auth::Permissions)]
enum Perm {
    Read,
    Write,
}

#[protected(Perm::Read Perm::Write)]
async fn handler() {}

fn main() {}
