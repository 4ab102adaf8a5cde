use jwt_auth::protected;

#[protected(crate)]
async fn handler() {}

fn main() {}
