use jwt_auth::public;

#[public(scope("orders"))]
async fn handler() {}

fn main() {}
