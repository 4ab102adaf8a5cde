use jwt_auth::protected;

#[protected(DjangoPermission("shop.orders.change_order"))]
async fn handler() {}

fn main() {}
