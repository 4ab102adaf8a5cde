use jwt_auth::{Permissions, protected};

#[derive(Permissions, Clone, Copy)]
enum Perm {
    #[permission("orders:read")]
    OrdersRead,
}

#[protected(Perm::OrdersRead<u8>)]
async fn behind() {}

#[protected(Perm<u8>::OrdersRead || Perm::OrdersRead)]
async fn before() {}

fn main() {
    let _ = (behind, before);
}
