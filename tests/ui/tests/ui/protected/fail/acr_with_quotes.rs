#[jwt_auth::protected(acr = "a\"b")]
async fn transfer() {}

fn main() {}
