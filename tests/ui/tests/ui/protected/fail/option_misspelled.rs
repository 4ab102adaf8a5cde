#[jwt_auth::protected(frehs = "5m")]
async fn transfer() {}

fn main() {}
