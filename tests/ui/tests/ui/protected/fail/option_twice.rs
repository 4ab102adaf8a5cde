use jwt_auth::protected;

#[protected(user, user)]
async fn handler() {}

fn main() {}
