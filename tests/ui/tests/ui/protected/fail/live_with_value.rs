#[jwt_auth::protected(live = true)]
async fn transfer() {}

fn main() {}
