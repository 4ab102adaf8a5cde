use jwt_auth::Permissions;

#[derive(Permissions)]
enum Perm {
    Read = 1,
    Write = 2,
}

fn main() {}
