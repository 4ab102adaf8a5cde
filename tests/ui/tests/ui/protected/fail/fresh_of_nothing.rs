#[jwt_auth::protected(fresh = "0s")]
async fn transfer() {}

fn main() {}
