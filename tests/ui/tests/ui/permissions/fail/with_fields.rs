use jwt_auth::Permissions;

#[derive(Permissions)]
enum Perm {
    Read(u8),
    Write { all: bool },
}

fn main() {}
