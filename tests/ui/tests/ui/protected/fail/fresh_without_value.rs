#[jwt_auth::protected(fresh)]
async fn transfer() {}

fn main() {}
