use jwt_auth::Permissions;

#[derive(Permissions)]
enum Perm<T> {
    Read,
    Write(T),
}

fn main() {}
