use jwt_auth::protected;

#[protected("orders:write")]
async fn handler() {}

fn main() {}
