use jwt_auth::Permissions;

#[derive(Permissions)]
struct Perm;

fn main() {}
