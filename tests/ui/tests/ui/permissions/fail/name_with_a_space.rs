use jwt_auth::Permissions;

#[derive(Permissions)]
enum Perm {
    #[permission("all orders")]
    Orders,
}

fn main() {}
