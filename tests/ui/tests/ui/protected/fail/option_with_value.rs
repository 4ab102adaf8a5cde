use jwt_auth::protected;

#[protected(user = true)]
async fn handler() {}

fn main() {}
