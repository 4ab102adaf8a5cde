#[jwt_auth::protected(acr = " ")]
async fn transfer() {}

fn main() {}
