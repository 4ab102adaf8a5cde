#[jwt_auth::protected(acr = mfa)]
async fn transfer() {}

fn main() {}
