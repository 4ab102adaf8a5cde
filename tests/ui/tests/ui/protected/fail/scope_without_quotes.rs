use jwt_auth::protected;

#[protected(scope(orders))]
async fn handler() {}

fn main() {}
