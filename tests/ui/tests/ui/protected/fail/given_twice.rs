use jwt_auth::protected;

#[protected]
#[protected(scope("orders"))]
async fn handler() {}

fn main() {}
