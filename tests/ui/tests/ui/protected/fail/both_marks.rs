use jwt_auth::{protected, public};

#[protected]
#[public]
async fn handler() {}

fn main() {}
