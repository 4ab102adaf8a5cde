#[jwt_auth::protected(ticket = "30s")]
async fn events() {}

fn main() {}
