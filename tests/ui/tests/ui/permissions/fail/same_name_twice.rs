use jwt_auth::Permissions;

#[derive(Permissions)]
enum Perm {
    OrdersWrite,
    #[permission("orders:write")]
    Write,
}

fn main() {}
