use jwt_auth::protected;

#[protected(usr)]
async fn handler() {}

fn main() {}
