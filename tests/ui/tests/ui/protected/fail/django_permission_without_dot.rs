use jwt_auth::protected;

#[protected(DjangoPermission("change_order"))]
async fn handler() {}

fn main() {}
