use jwt_auth::protected;

#[derive(jwt_auth::Permissions)]
enum Perm {
    Read,
    Write,
}

#[protected(Perm::Wriet)]
async fn handler() {}

fn main() {}
