use jwt_auth::protected;

#[protected(7)]
async fn handler() {}

fn main() {}
