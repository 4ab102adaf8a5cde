use jwt_auth::protected;

#[protected(optional)]
async fn handler() {}

fn main() {}
