use jwt_auth::protected;

#[derive(jwt_auth::Permissions)]
enum Perm {
    Read,
    Write,
}

#[protected(Perm::Write || !Perm::Read)]
async fn handler() {}

fn main() {}
