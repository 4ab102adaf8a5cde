use jwt_auth::protected;

#[protected(scope("orders:read orders:write"))]
async fn handler() {}

fn main() {}
