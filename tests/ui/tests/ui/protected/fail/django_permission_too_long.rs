use jwt_auth::protected;

#[protected(DjangoPermission("orders.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"))]
async fn handler() {}

fn main() {}
