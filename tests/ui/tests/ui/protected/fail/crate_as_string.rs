use jwt_auth::protected;

#[protected(crate = "jwt_auth")]
async fn handler() {}

fn main() {}
