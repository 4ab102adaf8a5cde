use jwt_auth::Permissions;

#[derive(Permissions)]
enum Perm {}

fn main() {}
