#[jwt_auth::protected(fresh = 300)]
async fn transfer() {}

fn main() {}
